package io.precinct.engine.exec;

import io.precinct.engine.query.Pattern;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Topology;
import io.precinct.engine.view.TypeView;
import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * Follows one step from one node: neighbours for a single hop, breadth-first search for a range. An edge is followed
 * only if it and the node behind it are visible; the node it starts from was tested when it was bound.
 */
final class Expansion {
    private final Topology topology;
    private final TypeView nearView;
    private final TypeView farView;
    private final Visibility edgeVisible;
    private final Visibility farVisible;
    private final ExecutionBudget budget;
    private final boolean outgoing;
    private final boolean incoming;
    private final boolean perEdge;
    private final boolean sameType;
    private final int least;
    private final int most;
    private final boolean backwards;
    private final BitSet seen = new BitSet();
    private final IntList marked = new IntList();
    private int loopSeen = -1;

    /** Told of each related node; {@code edgeRow} is -1 where no single edge makes the relation. */
    @FunctionalInterface
    interface Sink {
        void related(int edgeRow, int farRow);
    }

    /** @param backwards the walk begins at the step's {@code to} */
    Expansion(Pattern.Step step, boolean backwards, GraphView view, Matcher matcher, ExecutionBudget budget) {
        boolean along = switch (step.direction()) {
            case OUT -> !backwards;
            case IN -> backwards;
            case BOTH -> true;
        };
        boolean both = step.direction() == Pattern.Direction.BOTH;
        this.outgoing = both || along;
        this.incoming = both || !along;
        this.topology = view.topology(step.edge().id());
        this.nearView = view.type(along ? step.edge().source() : step.edge().destination());
        this.farView = view.type(along ? step.edge().destination() : step.edge().source());
        this.edgeVisible = matcher.visible(step.edge().id());
        this.farVisible =
                matcher.visible(along ? step.edge().destination() : step.edge().source());
        this.perEdge = step.edgeVariable().isPresent();
        this.sameType = step.edge().source().equals(step.edge().destination());
        this.least = step.least();
        this.most = sameType ? step.most() : Math.min(1, step.most());
        this.backwards = backwards;
        this.budget = budget;
    }

    void from(int start, Sink sink) {
        if (least > most) {
            return;
        }
        if (perEdge) {
            edges(start, sink);
        } else if (most == 1 && least == 1) {
            hop(start, sink);
        } else {
            search(start, sink);
        }
    }

    private void edges(int start, Sink sink) {
        long node = nearView.number(start);
        Topology.Sink visit = (edge, other) -> {
            if (edgeVisible.test(edge)) {
                int row = farView.rowOfNumber(other);
                if (row >= 0 && farVisible.test(row)) {
                    sink.related(edge, row);
                }
            }
        };
        if (outgoing) {
            topology.outgoing(node, visit);
        }
        if (incoming) {
            // With both directions a loop shows up from either side; it is one edge.
            topology.incoming(
                    node,
                    outgoing
                            ? (edge, other) -> {
                                if (other != node) {
                                    visit.edge(edge, other);
                                }
                            }
                            : visit);
        }
    }

    private void neighbours(int start, IntConsumer sink) {
        edges(start, (edge, row) -> sink.accept(row));
    }

    /** Each neighbour once. */
    private void hop(int start, Sink sink) {
        neighbours(start, row -> {
            if (mark(row)) {
                sink.related(-1, row);
            }
        });
        unmark();
    }

    /**
     * A node is related at its shortest distance, if that is in range; the start never is, but for a loop: a node that
     * is expanded at hop h and has a loop is related at h as well. Seen from the far end the loop is the start's own,
     * and relates it to every node one hop nearer than the range asks.
     */
    private void search(int start, Sink sink) {
        boolean startLoops = backwards && loops(start);
        mark(start);
        if (startLoops && least <= 1) {
            sink.related(-1, start);
        }
        int[] frontier = {start};
        for (int hop = 1; hop <= most && frontier.length > 0; hop++) {
            boolean related = hop >= least || (startLoops && hop + 1 >= least && hop + 1 <= most);
            boolean loopRelates = !backwards && hop >= least && hop - 1 < least;
            IntList next = new IntList();
            for (int node : frontier) {
                neighbours(node, row -> {
                    if (mark(row)) {
                        next.add(row);
                        if (related) {
                            sink.related(-1, row);
                        }
                    } else if (row == node && loopRelates && loopSeen != node) {
                        // Above the least hop the node was related when it was discovered; the start never was.
                        loopSeen = node;
                        sink.related(-1, row);
                    }
                });
                loopSeen = -1;
            }
            budget.check(marked.size());
            frontier = next.toArray();
        }
        unmark();
    }

    private boolean loops(int node) {
        boolean[] found = new boolean[1];
        neighbours(node, row -> found[0] |= row == node);
        return found[0];
    }

    private boolean mark(int row) {
        if (seen.get(row)) {
            return false;
        }
        seen.set(row);
        marked.add(row);
        return true;
    }

    /** Row by row, since the set is as wide as the type and the walk may be short. */
    private void unmark() {
        for (int row : marked.toArray()) {
            seen.clear(row);
        }
        marked.clear();
    }
}
