package io.precinct.engine.simulation;

import io.precinct.engine.spi.ObjectStore;
import java.util.List;
import java.util.Optional;

/** A store that is another one but for what is overridden. */
abstract class ForwardingStore implements ObjectStore {
    final ObjectStore store;

    ForwardingStore(ObjectStore store) {
        this.store = store;
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
    public Optional<byte[]> get(String key) {
        return store.get(key);
    }

    @Override
    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
        return store.list(prefix, startAfter, limit);
    }

    @Override
    public void delete(String key) {
        store.delete(key);
    }

    /** Whether the key is of a record of a stream, or of the list of branches. */
    static boolean isRecord(String key) {
        return key.startsWith("log/") && !key.contains("/checkpoint/") && !key.endsWith("/hint");
    }
}
