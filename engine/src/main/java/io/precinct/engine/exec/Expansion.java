package io.precinct.engine.exec;

import io.precinct.engine.query.Pattern;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Neighbours;
import io.precinct.engine.view.RowFilter;
import io.precinct.engine.view.Topology;
import java.util.Arrays;

/**
 * Follows one step from one node: neighbours for a single hop, breadth-first search for a range. An edge is followed
 * only if it and the node behind it are visible; the node it starts from was tested when it was bound.
 */
final class Expansion {
    private final Topology topology;
    private final Visibility edgeVisible;
    private final Visibility farVisible;
    private final RowFilter farTest;
    private final Allowance allowance;
    private final boolean outgoing;
    private final boolean incoming;
    private final boolean perEdge;
    private final boolean distinct;
    private final boolean counts;
    private final int least;
    private final int most;
    private final boolean backwards;
    private final Neighbours met;
    private final long[] seen;
    private final IntList marked = new IntList();
    private int[] scratch = new int[64];

    /** Told of each related node; {@code edgeRow} is -1 where no single edge makes the relation. */
    @FunctionalInterface
    interface Sink {
        void related(int edgeRow, int farRow);
    }

    /**
     * @param backwards the walk begins at the step's {@code to}
     * @param farTest further tests of the node reached, which don't stop the walk
     * @param tests whether {@code farTest} tests anything
     */
    Expansion(
            Pattern.Step step,
            boolean backwards,
            GraphView view,
            Matcher matcher,
            Allowance allowance,
            RowFilter farTest,
            boolean tests) {
        boolean along = switch (step.direction()) {
            case OUT -> !backwards;
            case IN -> backwards;
            case BOTH -> true;
        };
        boolean both = step.direction() == Pattern.Direction.BOTH;
        this.outgoing = both || along;
        this.incoming = both || !along;
        this.topology = view.topology(step.edge().id());
        this.edgeVisible = matcher.visible(step.edge().id());
        this.farVisible =
                matcher.visible(along ? step.edge().destination() : step.edge().source());
        this.farTest = farTest;
        this.perEdge = step.edgeVariable().isPresent();
        this.met = new Neighbours(perEdge || !edgeVisible.everything());
        boolean sameType = step.edge().source().equals(step.edge().destination());
        this.least = step.least();
        this.most = sameType ? step.most() : Math.min(1, step.most());
        this.backwards = backwards;
        this.allowance = allowance;
        boolean single = most == 1 && least == 1;
        this.distinct = perEdge || (single && !both && topology.simple());
        this.counts = distinct && edgeVisible.everything() && farVisible.everything() && !tests && !both;
        int rows = view.type(along ? step.edge().destination() : step.edge().source())
                .rows();
        this.seen = new long[distinct ? 0 : (rows + 63) >>> 6];
    }

    void from(int start, Sink sink) {
        if (least > most) {
            return;
        }
        if (perEdge) {
            edges(start, sink);
        } else if (most == 1 && least == 1) {
            int count = hop(start);
            for (int i = 0; i < count; i++) {
                sink.related(-1, met.nodes()[i]);
            }
        } else {
            search(start, sink);
        }
    }

    /** How many relations {@link #from} would tell of. */
    long count(int start) {
        if (least > most) {
            return 0;
        }
        if (counts) {
            return outgoing ? topology.outgoingCount(start) : topology.incomingCount(start);
        }
        if (!perEdge && most == 1 && least == 1) {
            return hop(start);
        }
        if (!perEdge) {
            return search(start, null);
        }
        long[] count = new long[1];
        edges(start, (edge, row) -> count[0]++);
        return count[0];
    }

    /** One relation for each visible edge. */
    private void edges(int start, Sink sink) {
        if (outgoing) {
            topology.outgoing(start, met);
            tell(sink, -1);
        }
        if (incoming) {
            topology.incoming(start, met);
            // With both directions a loop shows up from either side; it is one edge.
            tell(sink, outgoing ? start : -1);
        }
    }

    private void tell(Sink sink, int except) {
        int[] one = new int[1];
        for (int i = 0; i < met.count(); i++) {
            int row = met.nodes()[i];
            one[0] = row;
            if (row != except
                    && edgeVisible.test(met.edges()[i])
                    && farVisible.test(row)
                    && farTest.keep(one, 1) == 1) {
                sink.related(met.edges()[i], row);
            }
        }
    }

    /** Each visible neighbour once, at the front of what was met; their number. */
    private int hop(int start) {
        int count = neighbours(start);
        int[] nodes = met.nodes();
        if (!distinct) {
            int kept = 0;
            for (int i = 0; i < count; i++) {
                int row = nodes[i];
                if (mark(row)) {
                    nodes[kept++] = row;
                }
            }
            count = kept;
            unmark();
        }
        count = farVisible.keep(nodes, count);
        return farTest.keep(nodes, count);
    }

    /** Collects nodes behind visible edges, with repetitions and not yet tested; their number. */
    private int neighbours(int start) {
        if (outgoing && incoming) {
            topology.incoming(start, met);
            int entering = throughVisible();
            room(entering);
            System.arraycopy(met.nodes(), 0, scratch, 0, entering);
            topology.outgoing(start, met);
            int leaving = throughVisible();
            for (int i = 0; i < entering; i++) {
                met.add(-1, scratch[i]);
            }
            if (leaving < met.count() - entering) {
                System.arraycopy(scratch, 0, met.nodes(), leaving, entering);
            }
            return leaving + entering;
        }
        if (outgoing) {
            topology.outgoing(start, met);
        } else {
            topology.incoming(start, met);
        }
        return throughVisible();
    }

    private int throughVisible() {
        int count = met.count();
        if (edgeVisible.everything()) {
            return count;
        }
        int[] nodes = met.nodes();
        int[] edges = met.edges();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (edgeVisible.test(edges[i])) {
                nodes[kept++] = nodes[i];
            }
        }
        return kept;
    }

    private void room(int wanted) {
        if (wanted > scratch.length) {
            scratch = new int[Math.max(wanted, scratch.length * 2)];
        }
    }

    /**
     * A node is related at its shortest distance, if that is in range; the start never is, but for a loop: a node that
     * is expanded at hop h and has a loop is related at h as well. Seen from the far end the loop is the start's own,
     * and relates it to every node one hop nearer than the range asks.
     *
     * @param sink null to count only
     * @return the number of relations
     */
    private long search(int start, Sink sink) {
        long related = 0;
        boolean startLoops = backwards && loops(start);
        mark(start);
        if (startLoops && least <= 1) {
            related += relate(start, sink);
        }
        int[] frontier = {start};
        for (int hop = 1; hop <= most && frontier.length > 0; hop++) {
            boolean relates = hop >= least || (startLoops && hop + 1 >= least && hop + 1 <= most);
            boolean loopRelates = !backwards && hop >= least && hop - 1 < least;
            IntList next = new IntList();
            for (int node : frontier) {
                int count = neighbours(node);
                int[] nodes = met.nodes();
                boolean loop = false;
                for (int i = 0; i < count; i++) {
                    int row = nodes[i];
                    if (mark(row)) {
                        if (farVisible.test(row)) {
                            next.add(row);
                        }
                    } else if (row == node && loopRelates) {
                        // Above the least hop the node was related when it was discovered; the start never was.
                        loop = true;
                    }
                }
                if (loop) {
                    related += relate(node, sink);
                }
            }
            allowance.check();
            frontier = next.toArray();
            if (relates) {
                related += relate(frontier, sink);
            }
        }
        unmark();
        return related;
    }

    private long relate(int row, Sink sink) {
        return relate(new int[] {row}, sink);
    }

    private long relate(int[] rows, Sink sink) {
        room(rows.length);
        System.arraycopy(rows, 0, scratch, 0, rows.length);
        int count = farTest.keep(scratch, rows.length);
        if (sink != null) {
            for (int i = 0; i < count; i++) {
                sink.related(-1, scratch[i]);
            }
        }
        return count;
    }

    private boolean loops(int node) {
        int count = neighbours(node);
        for (int i = 0; i < count; i++) {
            if (met.nodes()[i] == node) {
                return true;
            }
        }
        return false;
    }

    private boolean mark(int row) {
        long bit = 1L << row;
        if ((seen[row >>> 6] & bit) != 0) {
            return false;
        }
        seen[row >>> 6] |= bit;
        marked.add(row);
        return true;
    }

    /** Row by row where few were marked, since the set is as wide as the type and the walk may be short. */
    private void unmark() {
        if (marked.size() > seen.length) {
            Arrays.fill(seen, 0);
        } else {
            for (int i = 0; i < marked.size(); i++) {
                seen[marked.get(i) >>> 6] = 0;
            }
        }
        marked.clear();
    }
}
