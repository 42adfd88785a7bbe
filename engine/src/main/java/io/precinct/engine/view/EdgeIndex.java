package io.precinct.engine.view;

import java.util.Arrays;
import java.util.Optional;

/**
 * Both directions of one edge dataset version between two node dataset versions, in slots: base rows of the nodes, and
 * beyond them a slot for each node that an edge names and the node dataset doesn't hold (it is in an overlay, or gone).
 */
final class EdgeIndex implements Part {
    private final Adjacency out;
    private final Adjacency in;
    private final Strangers sources;
    private final Strangers destinations;

    private EdgeIndex(Adjacency out, Adjacency in, Strangers sources, Strangers destinations) {
        this.out = out;
        this.in = in;
        this.sources = sources;
        this.destinations = destinations;
    }

    /** Base rows of one node dataset version by number; empty for a version without rows. */
    record Nodes(int rows, Optional<NumberIndex> index) {
        int rowOf(long number) {
            return index.isPresent() ? index.get().rowOf(number) : -1;
        }
    }

    static EdgeIndex of(
            BaseColumn.OfNumbers sources,
            Nodes sourceNodes,
            BaseColumn.OfNumbers destinations,
            Nodes destinationNodes,
            Memory memory) {
        int rows = sources.rows;
        Strangers from = new Strangers(sourceNodes.rows());
        Strangers to = new Strangers(destinationNodes.rows());
        try (Block here = memory.allocate(4L * rows);
                Block there = memory.allocate(4L * rows)) {
            for (int row = 0; row < rows; row++) {
                here.setInt(row, from.slot(sources.raw(row), sourceNodes));
                there.setInt(row, to.slot(destinations.raw(row), destinationNodes));
            }
            // Three stable passes leave every list sorted: by destination, then by source of that, and back.
            try (Adjacency first = Adjacency.of(there, to.slots(), here, rows, row -> row, memory)) {
                Adjacency out = Adjacency.of(here, from.slots(), there, rows, first::edge, memory);
                boolean whole = false;
                try {
                    Adjacency in = Adjacency.of(there, to.slots(), here, rows, out::edge, memory);
                    whole = true;
                    return new EdgeIndex(out, in, from, to);
                } finally {
                    if (!whole) {
                        out.close();
                    }
                }
            }
        }
    }

    Adjacency out() {
        return out;
    }

    Adjacency in() {
        return in;
    }

    Strangers sources() {
        return sources;
    }

    Strangers destinations() {
        return destinations;
    }

    boolean simple() {
        return out.simple();
    }

    @Override
    public void free() {
        out.close();
        in.close();
    }

    /** Slots of nodes by number that a node dataset version doesn't hold; few, since overlays are bounded. */
    static final class Strangers {
        private final int base;
        private long[] numbers = new long[0];
        private int count;
        private final java.util.Map<Long, Integer> known = new java.util.HashMap<>();

        private Strangers(int base) {
            this.base = base;
        }

        private int slot(long number, Nodes nodes) {
            int row = nodes.rowOf(number);
            return row >= 0 ? row : known.computeIfAbsent(number, this::add);
        }

        private int add(long number) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, Math.max(8, count * 2));
            }
            numbers[count] = number;
            return base + count++;
        }

        int slots() {
            return base + count;
        }

        /** The slot of a node that the dataset doesn't hold, or -1. */
        int find(long number) {
            return known.getOrDefault(number, -1);
        }

        long number(int slot) {
            return numbers[slot - base];
        }
    }
}
