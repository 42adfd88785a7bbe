package io.precinct.engine;

/**
 * One tenant's engine instance: its graphs under one root, with its own session, memory, pools and caches. Thread-safe;
 * any number of instances and processes may work on one root at once. Errors are {@link EngineException}s.
 */
public interface GraphStore extends AutoCloseable {
    /**
     * Creates a graph with an empty {@code main}.
     *
     * @throws EngineException {@code AlreadyExists} also when another process was faster, {@code Invalid} for the schema
     */
    Graph create(GraphId id, String schemaSource, Provenance by);

    /** @throws EngineException {@code NotFound} */
    Graph open(GraphId id);

    /** Bytes held outside the heap now. */
    long heldBytes();

    /** Waits for nothing: the caller sees to it that no operation is running. */
    @Override
    void close();
}
