package io.precinct.engine.view;

import java.util.Arrays;

/** Edges of one node with the nodes at their other ends, by row; filled anew by each question. One thread. */
public final class Neighbours {
    private final boolean wantsEdges;
    private int[] edges;
    private int[] nodes = new int[64];
    private int count;

    public Neighbours() {
        this(true);
    }

    /** @param wantsEdges false: {@link #edges} is never asked for */
    public Neighbours(boolean wantsEdges) {
        this.wantsEdges = wantsEdges;
        this.edges = new int[wantsEdges ? 64 : 0];
    }

    public int count() {
        return count;
    }

    /** Rows of the edges; only the first {@link #count} matter. */
    public int[] edges() {
        return edges;
    }

    /** Rows of the nodes at the other ends; only the first {@link #count} matter. */
    public int[] nodes() {
        return nodes;
    }

    /** Forgets everything; for a topology that begins to answer. */
    public void clear() {
        count = 0;
    }

    /** For a topology that answers. */
    public void add(int edge, int node) {
        room(1);
        put(edge, node);
    }

    /** Makes room, so that {@link #put} may be called that often. */
    void room(int more) {
        if (count + more > nodes.length) {
            int length = Math.max(count + more, nodes.length * 2);
            edges = Arrays.copyOf(edges, wantsEdges ? length : 0);
            nodes = Arrays.copyOf(nodes, length);
        }
    }

    void put(int edge, int node) {
        if (wantsEdges) {
            edges[count] = edge;
        }
        nodes[count++] = node;
    }

    /** A run of entries as they are; there is room. */
    void putAll(Adjacency adjacency, int start, int end) {
        int[] to = nodes;
        int at = count;
        for (int entry = start; entry < end; entry++) {
            to[at++] = adjacency.other(entry);
        }
        if (wantsEdges) {
            at = count;
            for (int entry = start; entry < end; entry++) {
                edges[at++] = adjacency.edge(entry);
            }
        }
        count += end - start;
    }
}
