package io.precinct.engine.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;

/**
 * Open dataset versions, most recently used last. A handle is immutable and shared; it is closed when it is neither
 * cached nor leased. The library never closes a handle by itself. Thread-safe.
 */
final class HandleCache implements AutoCloseable {
    /** @param digest of the version's manifest, so that a handle serves those only who expect what it was opened from */
    record Key(String dataset, long version, String digest) {}

    /** @param fragments of {@code dataset}, when they are known already */
    record Opened(Dataset dataset, Optional<List<FragmentMetadata>> fragments) {}

    private static final class Handle {
        private final Dataset dataset;
        private Optional<List<FragmentMetadata>> fragments;
        private int leases;
        private boolean cached = true;

        Handle(Opened opened) {
            this.dataset = opened.dataset();
            this.fragments = opened.fragments();
        }
    }

    /** The right to use one handle until closed. */
    final class Lease implements AutoCloseable {
        private final Handle handle;
        private boolean open = true;

        private Lease(Handle handle) {
            this.handle = handle;
        }

        Dataset dataset() {
            return handle.dataset;
        }

        /** Native call on the first use, unless they are known. */
        List<FragmentMetadata> fragments() {
            synchronized (handle) {
                List<FragmentMetadata> known = handle.fragments.orElseGet(() -> handle.dataset.getFragments().stream()
                        .map(Fragment::metadata)
                        .toList());
                handle.fragments = Optional.of(known);
                return known;
            }
        }

        @Override
        public void close() {
            synchronized (HandleCache.this) {
                if (!open) {
                    return;
                }
                open = false;
                handle.leases--;
                closeIfUnused(handle);
            }
        }
    }

    private final int bound;
    private final Map<Key, Handle> handles = new LinkedHashMap<>(16, 0.75f, true);
    private boolean closed;

    HandleCache(int bound) {
        this.bound = bound;
    }

    /** The handle of {@code key}, opened by {@code open} when it is not cached. */
    Lease lease(Key key, Function<Key, Opened> open) {
        synchronized (this) {
            Handle known = handles.get(key);
            if (known != null) {
                return leased(known);
            }
        }
        // Opened outside the lock: two callers may open the same version, and the second handle is dropped.
        return adopt(key, open.apply(key));
    }

    /** Takes over {@code opened} as the handle of {@code key}. */
    Lease adopt(Key key, Opened opened) {
        synchronized (this) {
            Handle known = handles.get(key);
            if (known != null) {
                opened.dataset().close();
                return leased(known);
            }
            if (closed) {
                opened.dataset().close();
                throw new IllegalStateException("these handles are closed");
            }
            Handle fresh = new Handle(opened);
            handles.put(key, fresh);
            Lease lease = leased(fresh);
            evict();
            return lease;
        }
    }

    private Lease leased(Handle handle) {
        handle.leases++;
        return new Lease(handle);
    }

    private void evict() {
        List<Key> surplus = handles.keySet().stream()
                .limit(Math.max(0, handles.size() - bound))
                .toList();
        surplus.forEach(this::drop);
    }

    private void drop(Key key) {
        Handle handle = handles.remove(key);
        handle.cached = false;
        closeIfUnused(handle);
    }

    private static void closeIfUnused(Handle handle) {
        if (!handle.cached && handle.leases == 0) {
            handle.dataset.close();
        }
    }

    synchronized int size() {
        return handles.size();
    }

    /** Leased handles are closed by their last lease; there are no leases any more. */
    @Override
    public synchronized void close() {
        closed = true;
        new ArrayList<>(handles.keySet()).forEach(this::drop);
    }
}
