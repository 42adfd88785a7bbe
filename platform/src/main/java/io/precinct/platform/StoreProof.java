package io.precinct.platform;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store of the graphs at the start whether it keeps the promise that every commit rests on: of two who create
 * one object, one is told that it did. Until that is proved no graph opens and the node is not ready. A store that can't
 * be reached or refuses is asked again, one that broke the promise never. Thread-safe.
 */
final class StoreProof implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreProof.class);

    private final ObjectStore store;
    private final Consumer<ObjectStore> proof;
    private final Duration pause;
    private final CompletableFuture<Void> proved = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile String missing = "put_if_absent_not_proved_yet";

    /** @param proof returns when the store keeps its promise, and throws otherwise */
    StoreProof(ObjectStore store, Consumer<ObjectStore> proof, Duration pause) {
        this.store = store;
        this.proof = proof;
        this.pause = pause;
    }

    /** Begins to ask, in a thread of its own. */
    void start() {
        Thread.ofVirtual().name("store-proof").start(this::ask);
    }

    private void ask() {
        while (!proved.isDone()) {
            try {
                proof.accept(store);
                proved.complete(null);
            } catch (StoreException unanswered) {
                missing = switch (unanswered.kind()) {
                    case UNAVAILABLE, IN_DOUBT -> "store_unavailable";
                    case REFUSED -> "store_refuses";
                };
                LOG.warn("the store of the graphs does not answer as it should; it is asked again", unanswered);
                awaitPause();
            } catch (RuntimeException broken) {
                missing = "put_if_absent_broken";
                LOG.error("the store of the graphs can lose commits: nothing is served from it", broken);
                proved.completeExceptionally(broken);
            }
        }
    }

    /** Closing ends the pause. */
    private void awaitPause() {
        try {
            if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                proved.completeExceptionally(new IllegalStateException("this node stops"));
            }
        } catch (InterruptedException stopped) {
            proved.completeExceptionally(stopped);
        }
    }

    /** Empty once it is proved. */
    Optional<String> missing() {
        return proved.isDone() && !proved.isCompletedExceptionally() ? Optional.empty() : Optional.of(missing);
    }

    /** @throws IllegalStateException while it is not proved */
    void require() {
        missing().ifPresent(reason -> {
            throw new IllegalStateException("the store of the graphs is not usable: " + reason);
        });
    }

    /** Waits until it is proved; throws when it never will be. */
    void await() {
        proved.join();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
