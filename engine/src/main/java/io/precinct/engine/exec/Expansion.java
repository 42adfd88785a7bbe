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
    private final BitSet emitted = new BitSet();

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
        this.budget = budget;
    }

    void from(int start, Sink sink) {
        if (least > most) {
            return;
        }
        if (perEdge) {
            edges(start, sink);
        } else if (most == 1) {
            emitted.clear();
            neighbours(start, row -> {
                if (!emitted.get(row)) {
                    emitted.set(row);
                    sink.related(-1, row);
                }
            });
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

    /**
     * A node is related at its shortest distance, if that is in range; the start never is, but for a loop: a node that
     * is expanded at hop h and has a loop is related at h as well.
     */
    private void search(int start, Sink sink) {
        BitSet visited = new BitSet();
        visited.set(start);
        emitted.clear();
        int[] frontier = {start};
        for (int hop = 1; hop <= most && frontier.length > 0; hop++) {
            boolean inRange = hop >= least;
            IntList next = new IntList();
            for (int node : frontier) {
                neighbours(node, row -> {
                    boolean loop = row == node;
                    if (!visited.get(row)) {
                        visited.set(row);
                        next.add(row);
                    } else if (!loop) {
                        return;
                    }
                    if (inRange && !emitted.get(row)) {
                        emitted.set(row);
                        sink.related(-1, row);
                    }
                });
            }
            budget.check(next.size());
            frontier = next.toArray();
        }
    }
}
