package io.precinct.engine.view;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Decoded parts by what they were decoded from. A part is loaded once, however many ask at the same time; it is never
 * freed while somebody holds a lease of it; the least recently leased goes first when room is needed. Thread-safe.
 */
final class PartCache {
    /** One part of one immutable dataset version. */
    record Key(String dataset, long version, String part) {}

    /** A part that is kept until {@link #release}. */
    static final class Held {
        private final Key key;
        private final ReentrantLock loading = new ReentrantLock();
        private volatile Part part;
        private int leases;

        private Held(Key key) {
            this.key = key;
        }

        Part part() {
            return part;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Held> parts = new LinkedHashMap<>(64, 0.75f, true);
    private boolean closed;

    /** Leases the part, loading it if need be. A failed load leaves nothing behind. */
    Held lease(Key key, Supplier<Part> loader) {
        Held held;
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the views are closed");
            }
            held = parts.computeIfAbsent(key, Held::new);
            held.leases++;
        } finally {
            lock.unlock();
        }
        if (held.part == null) {
            load(held, loader);
        }
        return held;
    }

    private void load(Held held, Supplier<Part> loader) {
        try {
            held.loading.lockInterruptibly();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            release(held);
            throw new EngineException(new EngineFailure.Interrupted(false), interrupted);
        }
        boolean loaded = false;
        try {
            if (held.part == null) {
                held.part = loader.get();
            }
            loaded = true;
        } finally {
            held.loading.unlock();
            if (!loaded) {
                release(held);
            }
        }
    }

    void release(Held held) {
        lock.lock();
        try {
            held.leases--;
            if (held.leases == 0 && (held.part == null || closed)) {
                parts.remove(held.key);
                if (held.part != null) {
                    held.part.free();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Frees the least recently leased part that nobody holds. */
    boolean evictOne() {
        lock.lock();
        try {
            Iterator<Held> eldest = parts.values().iterator();
            while (eldest.hasNext()) {
                Held held = eldest.next();
                if (held.leases == 0) {
                    eldest.remove();
                    held.part.free();
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Frees what nobody holds; the rest goes with its last lease. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        while (evictOne()) {
            // each round frees one part
        }
    }

    int size() {
        lock.lock();
        try {
            return parts.size();
        } finally {
            lock.unlock();
        }
    }
}
