package io.precinct.engine.spi;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Named immutable objects: where commit records, checkpoints and schemas live. Keys are relative, '/'-separated,
 * of {@code [A-Za-z0-9._~-]} segments. Implementations are thread-safe. Only {@link #putIfAbsent} is a
 * synchronisation point: it is linearizable per key across every process that uses the same store.
 *
 * <p>Durability: what {@code putIfAbsent} has acknowledged outlives a crash of the process and a power cut, whole and
 * under its key. On a file system that takes the file's content, the entry in its directory, and the entries of every
 * directory above it up to the store's root, all forced to the device before the call returns. An object may be
 * visible to readers before it is durable: it is from its acknowledgement on that it can be relied upon. {@link #put}
 * and {@link #delete} promise nothing of the kind; a power cut may undo them.
 *
 * <p>Failures are {@link StoreException}s whose kind says what is known of the effect. {@code UNAVAILABLE} and {@code
 * REFUSED}: there is no object of this call and there will be none. {@code IN_DOUBT}, of {@code putIfAbsent} alone:
 * there may be one now, there may be one later (a request that is still on its way), and if there is one it may not be
 * durable yet. Doubt is settled by the same put of the same bytes: {@code CREATED} says that the object is this
 * caller's and durable, {@code EXISTS} that the key is another's for ever.
 */
public interface ObjectStore {
    enum PutResult {
        /** This call created the object; it is durable. */
        CREATED,
        /** The object existed, with other bytes. Nothing was written, and of the other's durability nothing is said. */
        EXISTS
    }

    /**
     * Creates the object whole or not at all. An unclear answer is resolved by the implementation (reading back and
     * comparing bytes) as far as the store can be reached: equal bytes are {@code CREATED}, whoever put them, once they
     * are durable. A caller that needs to know the winner puts something of its own into the bytes. A refusal that a
     * repeated request meets because its own first attempt took effect is no refusal.
     *
     * @throws StoreException of kind {@code IN_DOUBT} when the object may or may not exist
     */
    PutResult putIfAbsent(String key, byte[] bytes);

    /** Creates or replaces; last writer wins. For hints only: no correctness may rest on it. */
    void put(String key, byte[] bytes);

    Optional<byte[]> get(String key);

    /**
     * At most {@code length} bytes of an object from {@code start} on; fewer where it ends. Stores that can read a part read no
     * more.
     */
    default Optional<byte[]> get(String key, long start, int length) {
        return get(key).map(whole -> {
            int from = (int) Math.min(start, whole.length);
            return Arrays.copyOfRange(whole, from, (int) Math.min((long) from + length, whole.length));
        });
    }

    /** Keys that start with {@code prefix}, ascending, strictly after {@code startAfter}, at most {@code limit}. */
    List<String> list(String prefix, Optional<String> startAfter, int limit);

    /** An object as a listing tells it. */
    record Listed(String key, long bytes) {}

    /** As {@link #list}, with sizes. A store that learns them from its listing asks for nothing else. */
    default List<Listed> listed(String prefix, Optional<String> startAfter, int limit) {
        return list(prefix, startAfter, limit).stream()
                .map(key -> new Listed(
                        key, get(key).map(bytes -> (long) bytes.length).orElse(0L)))
                .toList();
    }

    /** Deletes if present; absence is success. */
    void delete(String key);
}
