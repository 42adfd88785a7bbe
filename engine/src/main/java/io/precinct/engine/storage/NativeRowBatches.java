package io.precinct.engine.storage;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.lance.ipc.LanceScanner;

/**
 * A native scan. The lock makes a close from another thread wait for the batch that is being read: closing a reader
 * under a reading thread kills the process.
 */
final class NativeRowBatches implements RowBatches {
    private final NativeResources resources;
    private final String dataset;
    private final HandleCache.Lease lease;
    private final LanceScanner scanner;
    private final ArrowReader reader;
    private final ReentrantLock reading = new ReentrantLock();
    private boolean closed;

    NativeRowBatches(
            NativeResources resources,
            String dataset,
            HandleCache.Lease lease,
            LanceScanner scanner,
            ArrowReader reader) {
        this.resources = resources;
        this.dataset = dataset;
        this.lease = lease;
        this.scanner = scanner;
        this.reader = reader;
    }

    @Override
    public Optional<VectorSchemaRoot> next() {
        reading.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the scan of " + dataset + " is closed");
            }
            return NativeErrors.typed(resources, dataset, () -> {
                while (reader.loadNextBatch()) {
                    VectorSchemaRoot batch = reader.getVectorSchemaRoot();
                    if (batch.getRowCount() > 0) {
                        return Optional.of(batch);
                    }
                }
                return Optional.empty();
            });
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        reading.lock();
        // Closing must not be refused because its thread was interrupted.
        boolean interrupted = Thread.interrupted();
        try {
            if (!closed) {
                closed = true;
                NativeErrors.typed(resources, dataset, () -> {
                    try (lease;
                            scanner;
                            reader) {
                        return true;
                    }
                });
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            reading.unlock();
        }
    }
}
