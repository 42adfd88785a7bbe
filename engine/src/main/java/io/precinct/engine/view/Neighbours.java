package io.precinct.engine.view;

import java.util.Arrays;

/** Edges of one node with the nodes at their other ends, by row; filled anew by each question. One thread. */
public final class Neighbours {
    private int[] edges = new int[64];
    private int[] nodes = new int[64];
    private int count;

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
            edges = Arrays.copyOf(edges, length);
            nodes = Arrays.copyOf(nodes, length);
        }
    }

    void put(int edge, int node) {
        edges[count] = edge;
        nodes[count++] = node;
    }
}
