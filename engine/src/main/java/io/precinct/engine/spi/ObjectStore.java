package io.precinct.engine.spi;

import java.util.List;
import java.util.Optional;

/**
 * Named immutable objects: where commit records, checkpoints and schemas live. Keys are relative, '/'-separated,
 * of {@code [A-Za-z0-9._~-]} segments. Implementations are thread-safe. Only {@link #putIfAbsent} is a
 * synchronisation point: it is linearizable per key across every process that uses the same store.
 *
 * <p>Failures are {@link StoreException}s whose kind says what is known of the effect.
 */
public interface ObjectStore {
    enum PutResult {
        /** This call created the object; it is durable. */
        CREATED,
        /** The object existed, with whatever bytes. Nothing was written. */
        EXISTS
    }

    /**
     * Creates the object whole or not at all. An unclear answer is resolved by the implementation (reading back and
     * comparing bytes) as far as the store can be reached: equal bytes are {@code CREATED}.
     *
     * @throws StoreException of kind {@code IN_DOUBT} when the object may or may not exist
     */
    PutResult putIfAbsent(String key, byte[] bytes);

    /** Creates or replaces; last writer wins. For hints only: no correctness may rest on it. */
    void put(String key, byte[] bytes);

    Optional<byte[]> get(String key);

    /** Keys that start with {@code prefix}, ascending, strictly after {@code startAfter}, at most {@code limit}. */
    List<String> list(String prefix, Optional<String> startAfter, int limit);

    /** Deletes if present; absence is success. */
    void delete(String key);
}
