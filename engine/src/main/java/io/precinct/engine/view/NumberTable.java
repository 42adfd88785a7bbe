package io.precinct.engine.view;

/**
 * Which position holds a 64-bit number: linear probing over positions, the numbers themselves stay where they are.
 * At most half full. Entity numbers are hashes already; multiplying spreads the ones of tests and of small graphs.
 */
final class NumberTable implements AutoCloseable {
    private final Block slots;
    private final long mask;

    private NumberTable(Block slots, long mask) {
        this.slots = slots;
        this.mask = mask;
    }

    static NumberTable empty(long positions, Memory memory) {
        long capacity = Math.max(8, Long.highestOneBit(Math.max(1, positions) * 2 - 1) << 1);
        return new NumberTable(memory.allocate(4 * capacity).zeroed(), capacity - 1);
    }

    /** The numbers by position. */
    @FunctionalInterface
    interface Numbers {
        long at(int position);
    }

    /** Adds the position under its number unless the number is there; returns the position that holds it. */
    int add(long number, int position, Numbers numbers) {
        long slot = spread(number) & mask;
        while (true) {
            int held = slots.intAt(slot) - 1;
            if (held < 0) {
                slots.setInt(slot, position + 1);
                return position;
            }
            if (numbers.at(held) == number) {
                return held;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** The position that holds the number, or -1. */
    int find(long number, Numbers numbers) {
        long slot = spread(number) & mask;
        while (true) {
            int held = slots.intAt(slot) - 1;
            if (held < 0 || numbers.at(held) == number) {
                return held;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static long spread(long number) {
        long mixed = number * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 32);
    }

    @Override
    public void close() {
        slots.close();
    }
}
