package io.precinct.platform.config;

import io.dropwizard.util.DataSize;
import io.precinct.engine.exec.QueryMemory;
import java.util.Optional;

/**
 * Bounds of single requests.
 *
 * @param body largest request body
 * @param load largest body of a load inside JSON
 * @param streamedLoad largest body of a load streamed as lines
 * @param query bytes on the heap that one query may hold; a quarter of the heap when not given
 * @param queries bytes on the heap that all queries of the node may hold; a third of the heap when not given
 */
public record LimitSettings(
        DataSize body, DataSize load, DataSize streamedLoad, Optional<DataSize> query, Optional<DataSize> queries) {
    public static final LimitSettings DEFAULTS = new LimitSettings(
            DataSize.mebibytes(1), DataSize.mebibytes(32), DataSize.gibibytes(64), Optional.empty(), Optional.empty());

    public LimitSettings {
        body = Optional.ofNullable(body).orElseGet(() -> DataSize.mebibytes(1));
        load = Optional.ofNullable(load).orElseGet(() -> DataSize.mebibytes(32));
        streamedLoad = Optional.ofNullable(streamedLoad).orElseGet(() -> DataSize.gibibytes(64));
        query = Optional.ofNullable(query).orElse(Optional.empty());
        queries = Optional.ofNullable(queries).orElse(Optional.empty());
        Check.that(query.map(DataSize::toBytes).orElse(1L << 20) >= 1 << 20, "limits.query", "must be at least 1MiB");
        Check.that(
                queries.map(DataSize::toBytes).orElse(1L << 20) >= 1 << 20, "limits.queries", "must be at least 1MiB");
        Check.that(body.toBytes() >= 1024, "limits.body", "must be at least 1KiB");
        Check.that(load.toBytes() >= body.toBytes(), "limits.load", "must not be smaller than limits.body");
        Check.that(
                streamedLoad.toBytes() >= load.toBytes(),
                "limits.streamedLoad",
                "must not be smaller than limits.load");
    }

    /** The memory of this node's queries, for a heap of the size this process has. */
    public QueryMemory queryMemory() {
        long heap = Runtime.getRuntime().maxMemory();
        long all = queries.map(DataSize::toBytes).orElse(heap / 3);
        return new QueryMemory(all, Math.min(all, query.map(DataSize::toBytes).orElse(heap / 4)));
    }
}
