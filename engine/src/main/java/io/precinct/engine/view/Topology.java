package io.precinct.engine.view;

/**
 * Which live edges of one type meet a node, by rows: those of the view of the type at their source for what leaves a
 * node, of the type at their destination for what enters it. Thread-safe; what it collects comes in an order that is
 * the same for one snapshot.
 */
public interface Topology {
    /** Replaces what {@code into} holds by the edges that leave the node at this row of the source type. */
    void outgoing(int node, Neighbours into);

    /** The same of the edges that enter the node at this row of the destination type. */
    void incoming(int node, Neighbours into);

    long outgoingCount(int node);

    long incomingCount(int node);

    /** True: no two live edges have the same source and destination. False says nothing. */
    boolean simple();
}
