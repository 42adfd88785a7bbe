package io.precinct.engine.exec;

import java.util.Arrays;

/**
 * A bag of bindings: rows of equal width, each the row numbers of the variables by register; -1 is not bound yet. A
 * binding may stand for many that differ only in variables that nobody asks for; its weight says for how many.
 */
final class Bindings {
    private final int width;
    private int[] cells;
    private long[] weights = new long[0];
    private int count;

    Bindings(int width) {
        this(width, 16);
    }

    /** @param expected for how many there is room at first; taken with a pinch of salt */
    Bindings(int width, int expected) {
        this.width = width;
        this.cells = new int[width * Math.clamp(expected, 16, 1 << 20)];
    }

    int count() {
        return count;
    }

    int width() {
        return width;
    }

    void add(int[] binding, long weight) {
        if ((count + 1) * (long) width > cells.length) {
            cells = Arrays.copyOf(cells, Math.toIntExact(Math.max(16L * width, cells.length * 2L)));
        }
        System.arraycopy(binding, 0, cells, count * width, width);
        if (weight != 1 || weights.length > 0) {
            weigh(weight);
        }
        count++;
    }

    /** Weights are kept from the first one that is not 1. */
    private void weigh(long weight) {
        if (count >= weights.length) {
            int known = weights.length;
            weights = Arrays.copyOf(weights, Math.max(count + 16, known * 2));
            Arrays.fill(weights, known, weights.length, 1);
        }
        weights[count] = weight;
    }

    /** For how many bindings this one stands, at least 1. */
    long weight(int index) {
        return index < weights.length ? weights[index] : 1;
    }

    int cell(int index, int register) {
        return cells[index * width + register];
    }

    /** Copies a binding into {@code into}. */
    void read(int index, int[] into) {
        System.arraycopy(cells, index * width, into, 0, width);
    }

    static Bindings unit(int width) {
        Bindings one = new Bindings(width);
        int[] empty = new int[width];
        Arrays.fill(empty, -1);
        one.add(empty, 1);
        return one;
    }
}
