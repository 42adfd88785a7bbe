package io.precinct.engine.view;

import java.util.List;

/** Adjacency of the base with the overlay's edges laid over: increments, never a rebuild. */
final class LayeredTopology implements Topology {
    private final ImageTypeView edges;

    LayeredTopology(ImageTypeView edges) {
        this.edges = edges;
    }

    @Override
    public void outgoing(long node, Sink sink) {
        if (edges.baseRows() > 0) {
            edges.image().outgoing().each(node, living(sink));
        }
        for (int position : edges.overlay().outgoing().getOrDefault(node, List.of())) {
            int row = edges.baseRows() + position;
            sink.edge(row, edges.destinationNumber(row));
        }
    }

    @Override
    public void incoming(long node, Sink sink) {
        if (edges.baseRows() > 0) {
            edges.image().incoming().each(node, living(sink));
        }
        for (int position : edges.overlay().incoming().getOrDefault(node, List.of())) {
            int row = edges.baseRows() + position;
            sink.edge(row, edges.sourceNumber(row));
        }
    }

    @Override
    public long outgoingCount(long node) {
        long[] count = new long[1];
        outgoing(node, (edge, other) -> count[0]++);
        return count[0];
    }

    @Override
    public long incomingCount(long node) {
        long[] count = new long[1];
        incoming(node, (edge, other) -> count[0]++);
        return count[0];
    }

    private Sink living(Sink sink) {
        if (edges.overlay().hidden().isEmpty()) {
            return sink;
        }
        return (edge, other) -> {
            if (edges.live(edge)) {
                sink.edge(edge, other);
            }
        };
    }
}
