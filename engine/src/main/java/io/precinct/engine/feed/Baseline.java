package io.precinct.engine.feed;

import io.precinct.engine.ChangesRequest;
import io.precinct.engine.EntityChange;
import io.precinct.engine.export.Exporter;
import io.precinct.engine.merge.CommitDiff;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.write.CallerAccess;
import io.precinct.engine.write.WriteTools;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a consumer of the feed begins with: the entities of one state as lines of an export, and after the last of them, and
 * only then, a line with the state's commit and the cursor that goes on from it. A stream without that line is a part.
 */
public final class Baseline {
    private Baseline() {}

    /** @throws IOException when the stream fails */
    public static void write(
            Exporter exporter, WriteTools tools, GraphView view, Feed.Request request, OutputStream out)
            throws IOException {
        AccessGate gate = request.gates()
                .apply(request.cut().branch())
                .orElseThrow(() -> new IllegalArgumentException("a baseline is for who may read the branch"));
        Set<String> types = types(view, request.feed().filter(), new CallerAccess(gate, tools.rules()));
        if (!types.isEmpty()) {
            exporter.export(new Exporter.Request(view, types, gate, request.cancelled()), out);
        }
        // Ids and cursors are of letters that JSON takes as they are.
        String last = "{\"baseline\":{\"snapshot_commit_id\":\"%s\",\"resume_cursor\":\"%s\"}}\n"
                .formatted(request.cut().head().id(), Feed.cursor(request));
        out.write(last.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Those that the feed tells of. */
    private static Set<String> types(GraphView view, ChangesRequest filter, CallerAccess access) {
        Set<String> types = new TreeSet<>();
        for (EntityType type : view.snapshot().schema().types()) {
            EntityChange.Kind kind = type instanceof EntityType.Edge ? EntityChange.Kind.EDGE : EntityChange.Kind.NODE;
            if ((filter.kinds().isEmpty() || filter.kinds().contains(kind))
                    && (filter.types().isEmpty() || filter.types().contains(type.name()))
                    && CommitDiff.shown(view.snapshot().schema(), access, type)) {
                types.add(type.name());
            }
        }
        return types;
    }
}
