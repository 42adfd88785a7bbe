package io.precinct.engine.storage;

import org.apache.arrow.memory.BufferAllocator;
import org.lance.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Native memory of one tenant: the library's session with its caches and the Arrow allocator that rows are charged to,
 * with the pool that the calls run on. Shared by all table stores of the tenant; close it after them. Thread-safe.
 */
public final class NativeResources implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeResources.class);

    private final Session session;
    private final BufferAllocator allocator;
    private final NativePool pool;

    /**
     * @param rowBytes most bytes of rows in memory at a time
     * @param indexCacheBytes limit of the session's index cache, not counted in {@code rowBytes}
     * @param metadataCacheBytes limit of the session's metadata cache, not counted in {@code rowBytes}
     */
    public record Limits(long rowBytes, long indexCacheBytes, long metadataCacheBytes) {
        public static final Limits DEFAULTS = new Limits(1L << 30, 128L << 20, 64L << 20);
    }

    private NativeResources(Session session, BufferAllocator allocator, NativePool pool) {
        this.session = session;
        this.allocator = allocator;
        this.pool = pool;
    }

    /**
     * @param tenant names the allocator in its messages
     * @param parent of the tenant's allocator; stays the caller's
     * @param pool stays the caller's
     * @throws IllegalStateException when the JVM or its environment can't run the native library
     */
    public static NativeResources open(String tenant, BufferAllocator parent, NativePool pool, Limits limits) {
        NativeRuntime.require();
        BufferAllocator allocator = parent.newChildAllocator(tenant, 0, limits.rowBytes());
        Session session = Session.create(limits.indexCacheBytes(), limits.metadataCacheBytes());
        return new NativeResources(session, allocator, pool);
    }

    Session session() {
        return session;
    }

    /** The tenant's allocator; batches and what is copied from them belong below it. */
    public BufferAllocator allocator() {
        return allocator;
    }

    NativePool pool() {
        return pool;
    }

    @Override
    public void close() {
        session.close();
        try {
            allocator.close();
        } catch (IllegalStateException e) {
            // A scan that met its byte limit leaves a few bytes charged inside the C data import.
            LOG.warn("native memory was still charged when a tenant's resources were closed", e);
        }
    }
}
