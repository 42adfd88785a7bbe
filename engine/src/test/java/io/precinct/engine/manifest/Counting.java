package io.precinct.engine.manifest;

import io.precinct.engine.spi.ObjectStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that counts how many reads are under way, the most there were, and how often one began while none was.
 *
 * @param rounds reads that began when no other was under way
 */
record Counting(ObjectStore store, AtomicInteger underWay, AtomicInteger rounds, AtomicInteger most)
        implements ObjectStore {
    @Override
    public Optional<byte[]> get(String key) {
        int now = underWay.incrementAndGet();
        if (now == 1) {
            rounds.incrementAndGet();
        }
        most.accumulateAndGet(now, Math::max);
        try {
            return store.get(key);
        } finally {
            underWay.decrementAndGet();
        }
    }

    @Override
    public PutResult putIfAbsent(String key, byte[] bytes) {
        return store.putIfAbsent(key, bytes);
    }

    @Override
    public void put(String key, byte[] bytes) {
        store.put(key, bytes);
    }

    @Override
    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(String key) {
        store.delete(key);
    }
}
