package io.precinct.engine.crash;

import io.precinct.engine.GraphId;
import io.precinct.engine.LanceGraphStore;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The graphs of a tenant in a local directory, forced to disk, as a server holds them. Closing it fails on leaked memory. */
final class TenantStore implements AutoCloseable {
    private final BufferAllocator memory = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    private final Path root;
    private final LanceGraphStore store;

    TenantStore(Path root) {
        this.root = root;
        store = LanceGraphStore.open(new LanceGraphStore.Settings(
                new StoreLocation.Directory(root, true),
                "crash",
                memory,
                pool,
                NativeResources.Limits.DEFAULTS,
                256L << 20,
                LocalEngine.ids(),
                Clock.systemUTC(),
                new MockEmbedder()));
    }

    SmallGraph create(String name) {
        return create(name, SmallGraph.SCHEMA);
    }

    SmallGraph create(String name, String schema) {
        return new SmallGraph(store.create(new GraphId(name), schema, LocalEngine.BY));
    }

    SmallGraph open(String name) {
        return new SmallGraph(store.open(new GraphId(name)));
    }

    Path folder(String name) {
        return root.resolve("graphs").resolve(name);
    }

    /** Outside the heap, as the store knows it. */
    long heldBytes() {
        return store.heldBytes() + memory.getAllocatedMemory();
    }

    @Override
    public void close() {
        store.close();
        pool.close();
        memory.close();
    }
}
