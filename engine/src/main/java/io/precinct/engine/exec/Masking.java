package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.LogicalPlan.BoundMask;
import io.precinct.engine.view.TypeView;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a caller reads instead of a masked value, decided row by row. */
public final class Masking {
    private final BoundMask mask;
    private final Registers.Test shown;
    private final long seed;

    /** @param seed the graph's secret seed; keys the digests, so that equal values of one graph look equal */
    public Masking(BoundMask mask, TypeView view, Arguments arguments, long seed) {
        this.mask = mask;
        this.seed = seed;
        Registers single = new Registers(arguments);
        single.declare(BoundAccess.ROW, view);
        this.shown = single.test(mask.shownWhere());
    }

    /** The value as the caller reads it; null where it reads as null. */
    Object apply(int row, Object value) {
        if (value == null || shown.test(new int[] {row})) {
            return value;
        }
        return switch (mask.kind()) {
            case NULL -> null;
            case HASH -> digest(seed, (String) value);
        };
    }

    /** {@link #apply} for other packages. */
    public java.util.Optional<Object> read(int row, java.util.Optional<Object> value) {
        return java.util.Optional.ofNullable(apply(row, value.orElse(null)));
    }

    /** Stands for a text under a hashing mask: HMAC-SHA-256 keyed by the seed, in hex. */
    public static String digest(long seed, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(
                    java.nio.ByteBuffer.allocate(8).putLong(seed).array(), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", missing);
        }
    }
}
