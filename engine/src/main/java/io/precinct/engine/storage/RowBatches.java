package io.precinct.engine.storage;

import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A pulled stream of Arrow batches. One thread uses and closes it. A batch is valid until the next pull or close and
 * belongs to the stream; transfer or copy what must live longer. Cancellation is seen between batches.
 */
public interface RowBatches extends AutoCloseable {
    /** The next batch, never empty; empty at the end. */
    Optional<VectorSchemaRoot> next();

    @Override
    void close();
}
