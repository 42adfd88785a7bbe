package io.precinct.platform.config;

import io.dropwizard.util.DataSize;
import io.precinct.engine.EngineLimits;
import io.precinct.engine.exec.QueryMemory;
import io.precinct.engine.write.ExternalBlobs;
import io.precinct.engine.write.LoadLimits;
import io.precinct.engine.write.WriteLimits;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Bounds of single requests.
 *
 * @param body largest request body
 * @param load largest body of a load inside JSON
 * @param streamedLoad largest body of a load streamed as lines
 * @param query bytes on the heap that one query may hold; a quarter of the heap when not given
 * @param queries bytes on the heap that all queries of the node may hold; a third of the heap when not given
 * @param write bounds of writes to graphs
 */
public record LimitSettings(
        DataSize body,
        DataSize load,
        DataSize streamedLoad,
        Optional<DataSize> query,
        Optional<DataSize> queries,
        WriteSettings write) {
    /**
     * What one write to a graph may ask for.
     *
     * @param mutationRecords of one type that one mutation may write
     * @param mutationBytes of one type that one mutation may write
     * @param line of a load
     * @param structure characters of {@code {}[],:} in a line of a load
     * @param aliases ids of a lenient load that differ from their canonical form
     * @param open rows of a load that wait in memory to be staged
     * @param ids bytes on the heap for the ids of one write; a quarter of the heap when not given
     * @param externalBlobs addresses below which contents of Blobs may be kept elsewhere; each ends in '/'
     * @param preparations how often a write that others overtake is prepared before it fails
     */
    public record WriteSettings(
            int mutationRecords,
            DataSize mutationBytes,
            DataSize line,
            int structure,
            int aliases,
            DataSize open,
            Optional<DataSize> ids,
            List<URI> externalBlobs,
            int preparations) {
        public static final WriteSettings DEFAULTS =
                new WriteSettings(0, null, null, 0, 0, null, Optional.empty(), List.of(), 0);

        public WriteSettings {
            mutationRecords = mutationRecords == 0 ? 8_192 : mutationRecords;
            mutationBytes = Optional.ofNullable(mutationBytes).orElseGet(() -> DataSize.mebibytes(32));
            line = Optional.ofNullable(line).orElseGet(() -> DataSize.mebibytes(32));
            structure = structure == 0 ? 131_072 : structure;
            aliases = aliases == 0 ? 1_000_000 : aliases;
            open = Optional.ofNullable(open).orElseGet(() -> DataSize.mebibytes(128));
            ids = Optional.ofNullable(ids).orElse(Optional.empty());
            externalBlobs = externalBlobs == null ? List.of() : List.copyOf(externalBlobs);
            preparations = preparations == 0 ? 32 : preparations;
            Check.that(mutationRecords > 0, "limits.write.mutationRecords", "must be positive");
            Check.that(line.toBytes() <= 1 << 30, "limits.write.line", "must not be more than 1GiB");
            Check.that(structure > 0, "limits.write.structure", "must be positive");
            Check.that(aliases > 0, "limits.write.aliases", "must be positive");
            Check.that(preparations > 0, "limits.write.preparations", "must be positive");
            for (URI base : externalBlobs) {
                Check.that(
                        ExternalBlobs.isBase(base),
                        "limits.write.externalBlobs",
                        "holds '" + base + "', which is no address of http or https that ends in '/'");
            }
        }

        /** The same as the engine takes it, for a heap of the size this process has. */
        public EngineLimits engine() {
            return new EngineLimits(
                    new WriteLimits(mutationRecords, mutationBytes.toBytes()),
                    new LoadLimits(
                            (int) line.toBytes(),
                            structure,
                            aliases,
                            open.toBytes(),
                            ids.map(DataSize::toBytes)
                                    .orElse(Runtime.getRuntime().maxMemory() / 4)),
                    preparations,
                    new ExternalBlobs(externalBlobs, (int) line.toBytes()));
        }
    }

    public static final LimitSettings DEFAULTS = new LimitSettings(
            DataSize.mebibytes(1),
            DataSize.mebibytes(32),
            DataSize.gibibytes(64),
            Optional.empty(),
            Optional.empty(),
            WriteSettings.DEFAULTS);

    public LimitSettings {
        body = Optional.ofNullable(body).orElseGet(() -> DataSize.mebibytes(1));
        load = Optional.ofNullable(load).orElseGet(() -> DataSize.mebibytes(32));
        streamedLoad = Optional.ofNullable(streamedLoad).orElseGet(() -> DataSize.gibibytes(64));
        query = Optional.ofNullable(query).orElse(Optional.empty());
        queries = Optional.ofNullable(queries).orElse(Optional.empty());
        write = Optional.ofNullable(write).orElse(WriteSettings.DEFAULTS);
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
