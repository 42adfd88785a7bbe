package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Writes full batches of one load beside the thread that reads the next ones, in the order they were handed over. At
 * most {@value #IN_FLIGHT} batches wait or are being written; handing over another one blocks until one is done. One
 * thread hands over, and it closes.
 */
final class Staging implements AutoCloseable {
    static final int IN_FLIGHT = 2;

    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("load-staging").factory());
    private final Semaphore places = new Semaphore(IN_FLIGHT);

    /** Hands {@code write} over; what it uses belongs to it until the future is done. */
    Future<TableStore.Staged> start(Supplier<TableStore.Staged> write) {
        try {
            places.acquire();
        } catch (InterruptedException stopped) {
            throw interrupted(stopped);
        }
        return writer.submit(() -> {
            try {
                return write.get();
            } finally {
                places.release();
            }
        });
    }

    /** What was written, in order, or the failure of the first that could not be. */
    static List<TableStore.Staged> written(List<Future<TableStore.Staged>> handed) {
        List<TableStore.Staged> written = new ArrayList<>(handed.size());
        for (Future<TableStore.Staged> each : handed) {
            try {
                written.add(each.get());
            } catch (InterruptedException stopped) {
                throw interrupted(stopped);
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof RuntimeException known) {
                    throw known;
                }
                throw new IllegalStateException("staging a batch failed", failed.getCause());
            }
        }
        return written;
    }

    private static EngineException interrupted(InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return new EngineException(new EngineFailure.Interrupted(false), stopped);
    }

    /** Waits until nothing is being written any more, however long that takes: the writer reads our buffers. */
    @Override
    public void close() {
        writer.close();
    }
}
