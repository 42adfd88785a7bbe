package io.precinct.engine.view;

/** Which live edges of one type meet a node, by node number. Thread-safe, in no particular order. */
public interface Topology {
    /** Edges that leave the node. */
    void outgoing(long node, Sink sink);

    /** Edges that enter the node. */
    void incoming(long node, Sink sink);

    long outgoingCount(long node);

    long incomingCount(long node);

    @FunctionalInterface
    interface Sink {
        /**
         * @param edgeRow the edge's row in its type's view
         * @param other number of the node at the other end
         */
        void edge(int edgeRow, long other);
    }
}
