package io.precinct.engine.view;

import java.util.Optional;

/** Adjacency of the pin less the edges that the overlay hides, then the overlay's own. */
record LaidTopology(OverlayRows overlay, Optional<EdgeIndex> base, LaidTypeView edges) implements Topology {
    /** Both directions of one edge dataset version. */
    record EdgeIndex(Adjacency out, Adjacency in) implements Part {
        @Override
        public void free() {
            out.close();
            in.close();
        }
    }

    @Override
    public void outgoing(long node, Sink sink) {
        if (base.isPresent()) {
            walk(base.get().out(), node, sink);
        }
        if (overlay.appendsAny()) {
            overlay.bySource().each(node, overlay.base(), row -> sink.edge(row, edges.destinationNumber(row)));
        }
    }

    @Override
    public void incoming(long node, Sink sink) {
        if (base.isPresent()) {
            walk(base.get().in(), node, sink);
        }
        if (overlay.appendsAny()) {
            overlay.byDestination().each(node, overlay.base(), row -> sink.edge(row, edges.sourceNumber(row)));
        }
    }

    private void walk(Adjacency adjacency, long node, Sink sink) {
        int slot = adjacency.slotOf(node);
        if (slot < 0) {
            return;
        }
        int end = adjacency.end(slot);
        for (int entry = adjacency.start(slot); entry < end; entry++) {
            int edge = adjacency.edge(entry);
            if (!overlay.hidden().contains(edge)) {
                sink.edge(edge, adjacency.other(entry));
            }
        }
    }

    @Override
    public long outgoingCount(long node) {
        return (base.isPresent() ? count(base.get().out(), node) : 0)
                + overlay.bySource().count(node);
    }

    @Override
    public long incomingCount(long node) {
        return (base.isPresent() ? count(base.get().in(), node) : 0)
                + overlay.byDestination().count(node);
    }

    private long count(Adjacency adjacency, long node) {
        int slot = adjacency.slotOf(node);
        if (slot < 0) {
            return 0;
        }
        int count = adjacency.end(slot) - adjacency.start(slot);
        if (!overlay.hidden().isEmpty()) {
            for (int entry = adjacency.start(slot); entry < adjacency.end(slot); entry++) {
                count -= overlay.hidden().contains(adjacency.edge(entry)) ? 1 : 0;
            }
        }
        return count;
    }
}
