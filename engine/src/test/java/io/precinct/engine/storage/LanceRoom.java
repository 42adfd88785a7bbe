package io.precinct.engine.storage;

import java.nio.file.Path;
import org.apache.arrow.memory.RootAllocator;

/** Memory and native threads for any number of real table stores, which their users close. */
public final class LanceRoom implements AutoCloseable {
    private final RootAllocator root = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    private final NativeResources resources =
            NativeResources.open("test", root, pool, new NativeResources.Limits(1L << 30, 16 << 20, 16 << 20));

    public TableStore tables(Path directory) {
        return LanceTableStore.open(new StoreLocation.Directory(directory, false), resources);
    }

    @Override
    public void close() {
        resources.close();
        pool.close();
        root.close();
    }
}
