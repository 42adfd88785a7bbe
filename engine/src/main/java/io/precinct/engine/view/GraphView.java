package io.precinct.engine.view;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.TypeId;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

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

    /**
     * Something computed from the present state of a type alone, shared by every view of that state. It may hold no
     * memory of the view. Made anew when it was let go of.
     *
     * @param what equal for equal things
     * @param bytes its size on the heap
     */
    <T> T derived(TypeId type, Object what, ToLongFunction<T> bytes, Supplier<T> make);

    @Override
    void close();
}
