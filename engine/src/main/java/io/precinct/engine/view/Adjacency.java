package io.precinct.engine.view;

/**
 * One direction of an edge dataset version: compressed sparse rows over the slots of the nodes at this end, eight bytes
 * an edge. A slot below the node dataset's rows is that row; slots above stand for nodes that only overlays hold. The
 * edges of a slot are in ascending order of the slot at their other end.
 */
final class Adjacency implements AutoCloseable {
    private final int slots;
    private final Block starts;
    private final Block others;
    private final Block edges;
    private final boolean simple;

    private Adjacency(int slots, Block starts, Block others, Block edges, boolean simple) {
        this.slots = slots;
        this.starts = starts;
        this.others = others;
        this.edges = edges;
        this.simple = simple;
    }

    /** Edges in the order in which they are to be placed. */
    @FunctionalInterface
    interface Order {
        int edge(int position);
    }

    /**
     * Counts, then places: stable, so that edges given in the order of their other ends stay in it.
     *
     * @param here slots by edge row at this end
     * @param there slots by edge row at the other end
     */
    static Adjacency of(Block here, int slots, Block there, int rows, Order order, Memory memory) {
        Block starts = null;
        Block others = null;
        Block edges = null;
        boolean whole = false;
        try (Block next = memory.allocate(4L * slots)) {
            starts = memory.allocate(4L * (slots + 1L)).zeroed();
            others = memory.allocate(4L * rows);
            edges = memory.allocate(4L * rows);
            for (int row = 0; row < rows; row++) {
                long at = here.intAt(row) + 1L;
                starts.setInt(at, starts.intAt(at) + 1);
            }
            for (int slot = 0; slot < slots; slot++) {
                next.setInt(slot, starts.intAt(slot));
                starts.setInt(slot + 1L, starts.intAt(slot + 1L) + starts.intAt(slot));
            }
            boolean simple = true;
            for (int position = 0; position < rows; position++) {
                int edge = order.edge(position);
                int slot = here.intAt(edge);
                int at = next.intAt(slot);
                int other = there.intAt(edge);
                next.setInt(slot, at + 1);
                others.setInt(at, other);
                edges.setInt(at, edge);
                simple &= at == starts.intAt(slot) || others.intAt(at - 1L) != other;
            }
            whole = true;
            return new Adjacency(slots, starts, others, edges, simple);
        } finally {
            if (!whole) {
                close(starts);
                close(others);
                close(edges);
            }
        }
    }

    private static void close(Block block) {
        if (block != null) {
            block.close();
        }
    }

    /** Whether {@link #of} got its edges in the order of their other ends and no slot has another twice. */
    boolean simple() {
        return simple;
    }

    int start(int slot) {
        return starts.intAt(slot);
    }

    int end(int slot) {
        return starts.intAt(slot + 1L);
    }

    /** Slot at the other end. */
    int other(int entry) {
        return others.intAt(entry);
    }

    int edge(int entry) {
        return edges.intAt(entry);
    }

    int slots() {
        return slots;
    }

    @Override
    public void close() {
        starts.close();
        others.close();
        edges.close();
    }
}
