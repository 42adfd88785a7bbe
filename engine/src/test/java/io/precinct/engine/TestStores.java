package io.precinct.engine;

import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.Embedder;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A graph store on a local directory for whole-engine tests; closing it fails on leaked memory. */
final class TestStores implements AutoCloseable {
    static final Provenance TESTER = new Provenance("tester", "request", Optional.empty());
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private final BufferAllocator memory = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    final LanceGraphStore store;

    TestStores(Path root) {
        this(root, new MockEmbedder());
    }

    TestStores(Path root, Embedder embedder) {
        this(root, embedder, EngineLimits.DEFAULTS);
    }

    TestStores(Path root, Embedder embedder, EngineLimits limits) {
        this.store = LanceGraphStore.open(new LanceGraphStore.Settings(
                new StoreLocation.Directory(root, false),
                "test",
                memory,
                pool,
                NativeResources.Limits.DEFAULTS,
                512L << 20,
                ids(),
                Clock.systemUTC(),
                embedder,
                limits));
    }

    /** Unlike any other process's ids, ascending in this one. */
    static IdSource ids() {
        long start = (new SecureRandom().nextLong() >>> 8) & ((1L << 54) - 1);
        AtomicLong next = new AtomicLong(start);
        return () -> {
            StringBuilder id = new StringBuilder("01J8Z9M3QK7XG2");
            long value = next.getAndIncrement();
            for (int shift = 55; shift >= 0; shift -= 5) {
                id.append(DIGITS.charAt((int) (value >>> shift) & 31));
            }
            return id.toString();
        };
    }

    @Override
    public void close() {
        store.close();
        pool.close();
        memory.close();
    }
}
