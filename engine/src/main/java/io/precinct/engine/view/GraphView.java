package io.precinct.engine.view;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.TypeId;

/**
 * A snapshot, decoded for random access. What it reads of a dataset version is decoded once, kept off heap within the
 * tenant's memory bound and shared by every view that pins that version. Thread-safe; close it to let go of the memory.
 * Loading is lazy; a load that finds no room fails with {@code ResourceLimit}.
 */
public interface GraphView extends AutoCloseable {
    Snapshot snapshot();

    TypeView type(TypeId type);

    /** Adjacency of an edge type. */
    Topology topology(TypeId edgeType);

    @Override
    void close();
}
