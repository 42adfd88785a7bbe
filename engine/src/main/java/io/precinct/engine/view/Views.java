package io.precinct.engine.view;

import io.precinct.engine.manifest.Snapshot;

/** Gives views of snapshots. Thread-safe. */
public interface Views extends AutoCloseable {
    GraphView of(Snapshot snapshot);

    /** Bytes held off heap now, by all views and the cache. */
    long heldBytes();

    @Override
    void close();
}
