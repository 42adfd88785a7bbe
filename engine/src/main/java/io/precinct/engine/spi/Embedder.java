package io.precinct.engine.spi;

import java.util.List;

/**
 * Turns texts into vectors that lie near each other when the texts mean the same. Thread-safe. It answers or fails
 * within a bound of time of its own, tries again what may help before it fails, and stops when its thread is
 * interrupted.
 *
 * <p>Failures are {@link io.precinct.engine.EngineException}s with {@code EmbeddingFailed} or {@code Interrupted}.
 */
public interface Embedder extends AutoCloseable {
    /** Names the model whose vectors it gives; vectors of different models can't be compared. */
    String model();

    /**
     * One vector per text in the same order, each new and of {@code dimension} numbers.
     *
     * @param texts none blank
     */
    List<float[]> embed(List<String> texts, int dimension);

    /** Waits for nothing; nothing is to embed when it is called. */
    @Override
    default void close() {}
}
