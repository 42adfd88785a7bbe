package io.precinct.engine.view;

import java.util.Optional;

/**
 * Adjacency of the pin less the edges that the overlay hides, then the overlay's own. Slots turn into rows of the node
 * views: a base row stands for itself unless the node's overlay hides it, then the node is looked for by its number.
 */
final class LaidTopology implements Topology {
    private final OverlayRows overlay;
    private final Optional<EdgeIndex> base;
    private final LaidTypeView edges;
    private final LaidTypeView sources;
    private final LaidTypeView destinations;

    LaidTopology(Optional<EdgeIndex> base, LaidTypeView edges, LaidTypeView sources, LaidTypeView destinations) {
        this.overlay = edges.overlay();
        this.base = base;
        this.edges = edges;
        this.sources = sources;
        this.destinations = destinations;
    }

    @Override
    public void outgoing(int node, Neighbours into) {
        into.clear();
        if (base.isPresent()) {
            EdgeIndex index = base.get();
            walk(index.out(), slot(node, sources, index.sources()), destinations, index.destinations(), into);
        }
        if (overlay.appendsAny()) {
            overlay.bySource()
                    .each(
                            sources.number(node),
                            overlay.base(),
                            row -> add(row, destinations.rowOfNumber(edges.destinationNumber(row)), into));
        }
    }

    @Override
    public void incoming(int node, Neighbours into) {
        into.clear();
        if (base.isPresent()) {
            EdgeIndex index = base.get();
            walk(index.in(), slot(node, destinations, index.destinations()), sources, index.sources(), into);
        }
        if (overlay.appendsAny()) {
            overlay.byDestination()
                    .each(
                            destinations.number(node),
                            overlay.base(),
                            row -> add(row, sources.rowOfNumber(edges.sourceNumber(row)), into));
        }
    }

    private static void add(int edge, int node, Neighbours into) {
        if (node >= 0) {
            into.add(edge, node);
        }
    }

    private static int slot(int node, LaidTypeView near, EdgeIndex.Strangers strangers) {
        if (node < near.overlay().base()) {
            return node;
        }
        long number = near.number(node);
        int row = near.baseRowOfNumber(number);
        return row >= 0 ? row : strangers.find(number);
    }

    private void walk(Adjacency adjacency, int slot, LaidTypeView far, EdgeIndex.Strangers strangers, Neighbours into) {
        if (slot < 0) {
            return;
        }
        int start = adjacency.start(slot);
        int end = adjacency.end(slot);
        into.room(end - start);
        RowSet hiddenEdges = overlay.hidden();
        RowSet hiddenNodes = far.overlay().hidden();
        int rows = far.overlay().base();
        if (hiddenEdges.isEmpty() && hiddenNodes.isEmpty() && strangers.slots() == rows) {
            for (int entry = start; entry < end; entry++) {
                into.put(adjacency.edge(entry), adjacency.other(entry));
            }
            return;
        }
        for (int entry = start; entry < end; entry++) {
            int edge = adjacency.edge(entry);
            if (hiddenEdges.contains(edge)) {
                continue;
            }
            int other = adjacency.other(entry);
            int node = other >= rows
                    ? far.rowOfNumber(strangers.number(other))
                    : hiddenNodes.contains(other) ? far.rowOfNumber(far.number(other)) : other;
            if (node >= 0) {
                into.put(edge, node);
            }
        }
    }

    @Override
    public long outgoingCount(int node) {
        long count = base.isPresent()
                ? count(base.get().out(), slot(node, sources, base.get().sources()))
                : 0;
        return overlay.appendsAny() ? count + overlay.bySource().count(sources.number(node)) : count;
    }

    @Override
    public long incomingCount(int node) {
        long count = base.isPresent()
                ? count(base.get().in(), slot(node, destinations, base.get().destinations()))
                : 0;
        return overlay.appendsAny() ? count + overlay.byDestination().count(destinations.number(node)) : count;
    }

    private long count(Adjacency adjacency, int slot) {
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

    @Override
    public boolean simple() {
        return !overlay.appendsAny() && (base.isEmpty() || base.get().simple());
    }
}
