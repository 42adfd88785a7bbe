package io.precinct.engine.storage;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.ObjectStore.PutResult;
import io.precinct.engine.spi.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Tries whether a store keeps the promise that every commit rests on: of several who create one object at the same
 * time, exactly one is told that it did, and its bytes stay. A store that ignores the condition of a conditional put
 * loses commits in silence, so a node asks before it serves from one.
 */
public final class PutIfAbsentProof {
    private static final int ROUNDS = 3;
    private static final int WRITERS = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private PutIfAbsentProof() {}

    /** The store broke the promise; the message says what it did. */
    public static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    /**
     * Returns when every round held. Writes a few small objects under fresh names and deletes them.
     *
     * @throws Broken when it did not
     * @throws StoreException when the store could not be asked
     */
    public static void prove(ObjectStore store) {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] random = new byte[16];
            RANDOM.nextBytes(random);
            String key = "put-if-absent-" + HexFormat.of().formatHex(random);
            race(store, key);
            store.delete(key);
        }
    }

    private static void race(ObjectStore store, String key) {
        List<byte[]> bodies = new ArrayList<>();
        List<Callable<PutResult>> writers = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(WRITERS);
        for (int writer = 0; writer < WRITERS; writer++) {
            byte[] body = (key + " by writer " + writer).getBytes(StandardCharsets.UTF_8);
            bodies.add(body);
            writers.add(() -> {
                together.await();
                return store.putIfAbsent(key, body);
            });
        }
        List<Integer> winners = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PutResult>> answers = threads.invokeAll(writers);
            for (int writer = 0; writer < WRITERS; writer++) {
                if (answers.get(writer).get() == PutResult.CREATED) {
                    winners.add(writer);
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "interrupted", stopped);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof StoreException known) {
                throw known;
            }
            throw new IllegalStateException("asking the store failed", failed.getCause());
        }
        if (winners.size() != 1) {
            throw new Broken("of " + WRITERS + " who created one object at once, " + winners.size()
                    + " were told that they did; it must be exactly one");
        }
        byte[] won = bodies.get(winners.getFirst());
        holds(store, key, won, "right after it was created");
        if (store.putIfAbsent(key, "another".getBytes(StandardCharsets.UTF_8)) != PutResult.EXISTS) {
            throw new Broken("an object that exists was created again");
        }
        holds(store, key, won, "after another one tried to create it");
        if (!store.list(key, Optional.empty(), 2).equals(List.of(key))) {
            throw new Broken("an object that was created is not listed");
        }
    }

    private static void holds(ObjectStore store, String key, byte[] expected, String when) {
        if (store.get(key).filter(bytes -> Arrays.equals(bytes, expected)).isEmpty()) {
            throw new Broken("an object does not hold the bytes of the one who created it, " + when);
        }
    }
}
