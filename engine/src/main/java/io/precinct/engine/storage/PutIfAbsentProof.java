package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.ObjectStore.PutResult;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.spi.StoreException.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Proves that a store's put-if-absent holds, which every commit rests on. Some stores accept the conditional put of
 * the S3 protocol and ignore its condition: on those the later of two commits would silently replace the earlier.
 */
public final class PutIfAbsentProof {
    private static final String PREFIX = "proof/";

    private PutIfAbsentProof() {}

    /**
     * Lets two puts of differing bytes race for one fresh key below {@code proof/}, then puts a third time. Exactly
     * one racer may win, its bytes must be read back and stay, and a listing must show the key, which is deleted at
     * the end. A race is a sample: it shows a store without atomicity for sure only when the store ignores the
     * condition, which the third put finds whatever the timing. Blocks for about six requests; meant for start-up.
     *
     * @throws StoreException of kind {@code REFUSED}, saying what the store did wrong; or as the store itself threw it
     *     when it can't be reached or refuses access
     */
    public static void prove(ObjectStore store) {
        String key = PREFIX + UUID.randomUUID();
        try {
            proveOn(store, key);
        } catch (RuntimeException | Error failure) {
            try {
                store.delete(key);
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
        store.delete(key);
        if (store.get(key).isPresent()) {
            throw broken(key, "it still answers the object after deleting it");
        }
    }

    private static void proveOn(ObjectStore store, String key) {
        byte[] one = bytes("one");
        byte[] two = bytes("two");
        List<PutResult> answers = race(store, key, one, two);
        long winners = answers.stream().filter(a -> a == PutResult.CREATED).count();
        if (winners != 1) {
            throw broken(
                    key,
                    winners == 0
                            ? "it told both of two racing puts of a fresh key that the object existed"
                            : "it told both of two racing puts of differing bytes that they created the object");
        }
        byte[] winner = answers.getFirst() == PutResult.CREATED ? one : two;
        requireBytes(store, key, winner, "after a race of two puts");
        if (store.putIfAbsent(key, bytes("three")) != PutResult.EXISTS) {
            throw broken(key, "it told a put of an object that existed that it created the object");
        }
        requireBytes(store, key, winner, "after a later put of the same key");
        List<String> listed = store.list(key, Optional.empty(), 2);
        if (!listed.equals(List.of(key))) {
            throw broken(key, "its listing shows " + listed + " instead of the object that was put");
        }
    }

    private static List<PutResult> race(ObjectStore store, String key, byte[] one, byte[] two) {
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService racers = Executors.newFixedThreadPool(2)) {
            List<Future<PutResult>> attempts = List.of(one, two).stream()
                    .map(mine -> racers.submit(() -> {
                        start.await();
                        return store.putIfAbsent(key, mine);
                    }))
                    .toList();
            return List.of(answer(attempts.getFirst()), answer(attempts.getLast()));
        }
    }

    private static PutResult answer(Future<PutResult> attempt) {
        try {
            return attempt.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.UNAVAILABLE, "the proof of put-if-absent was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException refused) {
                throw refused;
            }
            throw new StoreException(
                    Kind.UNAVAILABLE, "a racing put of the proof of put-if-absent failed: " + e.getCause(), e);
        }
    }

    private static void requireBytes(ObjectStore store, String key, byte[] winner, String when) {
        Optional<byte[]> there = store.get(key);
        if (there.isEmpty()) {
            throw broken(key, "it does not answer the object " + when);
        }
        if (!Arrays.equals(there.get(), winner)) {
            throw broken(key, "it answers other bytes than the winner's " + when);
        }
    }

    private static byte[] bytes(String name) {
        return (name + " " + UUID.randomUUID()).getBytes(UTF_8);
    }

    private static StoreException broken(String key, String what) {
        return new StoreException(
                Kind.REFUSED,
                "the object store does not keep put-if-absent, which commits rest on: " + what + " (key '" + key
                        + "'); use a store that honours If-None-Match on put",
                null);
    }
}
