package io.precinct.engine.reference;

import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.LanceGraphStore;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Graphs of the whole engine in a local directory, at a standing clock, with vectors that mean nothing. Thread-safe; closing fails on leaked memory. */
public final class LocalGraphs implements AutoCloseable {
    public static final Instant NOW = Instant.parse("2026-03-31T06:00:00.125Z");
    public static final Provenance TESTER = new Provenance("tester", "request", Optional.empty());

    private final BufferAllocator memory = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    private final AtomicInteger graphs = new AtomicInteger();
    private final LanceGraphStore store;

    public LocalGraphs(Path root) {
        AtomicLong ids = new AtomicLong();
        store = LanceGraphStore.open(new LanceGraphStore.Settings(
                new StoreLocation.Directory(root, false),
                "reference",
                memory,
                pool,
                NativeResources.Limits.DEFAULTS,
                256L << 20,
                () -> "%026d".formatted(ids.incrementAndGet()),
                InstantSource.fixed(NOW),
                new MockEmbedder()));
    }

    public Graph create(String schema) {
        return store.create(new GraphId("g" + graphs.incrementAndGet()), schema, TESTER);
    }

    /** A graph that this directory held before. */
    public Graph open(GraphId id) {
        return store.open(id);
    }

    public static Snapshot head(Graph graph) {
        return graph.snapshot(new Target.Branch(BranchName.MAIN));
    }

    public static WriteReceipt load(Graph graph, LoadMode mode, String lines, AccessGate gate) {
        return graph.load(
                BranchName.MAIN, mode, new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), gate, TESTER);
    }

    /** Every entity with its id, as lines. */
    public static String export(Graph graph, AccessGate gate) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            graph.export(head(graph), Set.of(), gate, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        store.close();
        pool.close();
        memory.close();
    }
}
