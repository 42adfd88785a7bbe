package io.precinct.engine.view;

/**
 * One direction of an edge dataset version: compressed sparse rows over the nodes that have such an edge. Nodes are
 * known by their numbers; a node's slot is the order of its first edge.
 */
final class Adjacency implements AutoCloseable {
    private final NumberTable table;
    private final Block nodes;
    private final Block starts;
    private final Block others;
    private final Block edges;

    private Adjacency(NumberTable table, Block nodes, Block starts, Block others, Block edges) {
        this.table = table;
        this.nodes = nodes;
        this.starts = starts;
        this.others = others;
        this.edges = edges;
    }

    /** From the numbers at this end and at the other end of each edge row: count, then place. */
    static Adjacency of(BaseColumn.OfNumbers here, BaseColumn.OfNumbers there, Memory memory) {
        int rows = here.rows;
        try (Scratch scratch = new Scratch(memory)) {
            Block slotOf = scratch.temporary(4L * rows);
            Block keys = scratch.temporary(8L * rows);
            NumberTable growing = scratch.table(rows);
            int slots = 0;
            for (int row = 0; row < rows; row++) {
                long number = here.raw(row);
                keys.setLong(slots, number);
                int slot = growing.add(number, slots, keys::longAt);
                slotOf.setInt(row, slot);
                slots += slot == slots ? 1 : 0;
            }
            Block nodes = scratch.kept(8L * slots);
            Block starts = scratch.kept(4L * (slots + 1L)).zeroed();
            Block others = scratch.kept(8L * rows);
            Block edges = scratch.kept(4L * rows);
            for (int row = 0; row < rows; row++) {
                int next = slotOf.intAt(row) + 1;
                starts.setInt(next, starts.intAt(next) + 1);
            }
            for (int slot = 0; slot < slots; slot++) {
                nodes.setLong(slot, keys.longAt(slot));
                starts.setInt(slot + 1L, starts.intAt(slot + 1L) + starts.intAt(slot));
            }
            // Backwards, so that every slot's start moves down to where it began and rows stay ascending.
            Block ends = scratch.temporary(4L * slots);
            for (int slot = 0; slot < slots; slot++) {
                ends.setInt(slot, starts.intAt(slot + 1L));
            }
            for (int row = rows - 1; row >= 0; row--) {
                int slot = slotOf.intAt(row);
                int at = ends.intAt(slot) - 1;
                ends.setInt(slot, at);
                others.setLong(at, there.raw(row));
                edges.setInt(at, row);
            }
            scratch.keep();
            return new Adjacency(growing, nodes, starts, others, edges);
        }
    }

    int slotOf(long node) {
        return table.find(node, nodes::longAt);
    }

    int start(int slot) {
        return starts.intAt(slot);
    }

    int end(int slot) {
        return starts.intAt(slot + 1L);
    }

    long other(int entry) {
        return others.longAt(entry);
    }

    int edge(int entry) {
        return edges.intAt(entry);
    }

    @Override
    public void close() {
        table.close();
        nodes.close();
        starts.close();
        others.close();
        edges.close();
    }

    /** Frees everything unless told to keep what is to be kept. */
    private static final class Scratch implements AutoCloseable {
        private final Memory memory;
        private final java.util.List<AutoCloseable> temporary = new java.util.ArrayList<>();
        private final java.util.List<AutoCloseable> kept = new java.util.ArrayList<>();
        private boolean keep;

        Scratch(Memory memory) {
            this.memory = memory;
        }

        Block temporary(long bytes) {
            Block block = memory.allocate(bytes);
            temporary.add(block);
            return block;
        }

        Block kept(long bytes) {
            Block block = memory.allocate(bytes);
            kept.add(block);
            return block;
        }

        NumberTable table(long positions) {
            NumberTable table = NumberTable.empty(positions, memory);
            kept.add(table);
            return table;
        }

        void keep() {
            keep = true;
        }

        @Override
        public void close() {
            temporary.forEach(Scratch::free);
            if (!keep) {
                kept.forEach(Scratch::free);
            }
        }

        private static void free(AutoCloseable block) {
            switch (block) {
                case Block b -> b.close();
                case NumberTable t -> t.close();
                default -> throw new IllegalStateException("not ours: " + block);
            }
        }
    }
}
