package io.precinct.engine.feed;

import io.precinct.engine.ChangesRequest;
import io.precinct.engine.GraphId;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests in cursors, keyed by the graph's seed, so that nobody can find out a rule by trying digests of guesses. */
final class FeedBinding {
    private static final int BYTES = 16;

    private FeedBinding() {}

    /** Of graph, life of the branch and filter. */
    static String of(GraphId graph, Snapshot cut, ChangesRequest filter) {
        return digest(
                cut,
                graph + "|" + cut.stream() + "|" + new TreeSet<>(filter.kinds()) + "|" + new TreeSet<>(filter.types())
                        + "|" + new TreeSet<>(filter.operations()));
    }

    /** Of what the caller sees of the schema's types; what it may write doesn't matter. */
    static String access(Snapshot cut, Schema schema, AccessGate gate) {
        StringBuilder text = new StringBuilder();
        schema.types().stream()
                .map(EntityType::name)
                .sorted(Comparator.naturalOrder())
                .forEach(name -> {
                    RowAccess access = gate.access(name);
                    text.append(name).append('=');
                    if (access.granted()) {
                        text.append(access.rows())
                                .append(new TreeMap<>(access.masks()))
                                .append(new TreeSet<>(access.denied()));
                    }
                    text.append('\n');
                });
        return digest(cut, text.toString());
    }

    private static String digest(Snapshot of, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] key =
                    ByteBuffer.allocate(Long.BYTES).putLong(of.numbers().seed()).array();
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(Arrays.copyOf(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)), BYTES));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has HMAC-SHA256", impossible);
        }
    }
}
