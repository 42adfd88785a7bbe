package io.precinct.engine.exec;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.Arrays;

/**
 * A bag of bindings: rows of equal width, each the row numbers of the variables by register; -1 is not bound yet. A
 * binding may stand for many that differ only in variables that nobody asks for; its weight says for how many. Its memory
 * is taken from the allowance as it grows.
 */
final class Bindings {
    private final int width;
    private final Allowance allowance;
    private int[] cells;
    private long[] weights = new long[0];
    private int count;

    Bindings(int width, Allowance allowance) {
        this(width, 16, allowance);
    }

    /** @param expected for how many there is room at first; taken with a pinch of salt */
    Bindings(int width, int expected, Allowance allowance) {
        this.width = width;
        this.allowance = allowance;
        int room = width * Math.clamp(expected, 16, 1 << 16);
        allowance.take(room * (long) Integer.BYTES);
        this.cells = new int[room];
    }

    int count() {
        return count;
    }

    int width() {
        return width;
    }

    void add(int[] binding, long weight) {
        if ((count + 1) * (long) width > cells.length) {
            grow();
        }
        System.arraycopy(binding, 0, cells, count * width, width);
        if (weight != 1 || weights.length > 0) {
            weigh(weight);
        }
        count++;
    }

    private void grow() {
        long room = Math.max(16L * width, cells.length * 2L);
        if (room > Integer.MAX_VALUE - 8) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit("cells of bindings", Integer.MAX_VALUE - 8L, room));
        }
        // While it is copied both are held.
        allowance.take(room * Integer.BYTES);
        int former = cells.length;
        cells = Arrays.copyOf(cells, (int) room);
        allowance.give(former * (long) Integer.BYTES);
    }

    /** Weights are kept from the first one that is not 1. */
    private void weigh(long weight) {
        if (count >= weights.length) {
            int known = weights.length;
            int room = Math.max(count + 16, known * 2);
            allowance.take((room - known) * (long) Long.BYTES);
            weights = Arrays.copyOf(weights, room);
            Arrays.fill(weights, known, weights.length, 1);
        }
        weights[count] = weight;
    }

    /** Gives its memory back; it holds nothing any more. */
    void release() {
        allowance.give(cells.length * (long) Integer.BYTES + weights.length * (long) Long.BYTES);
        cells = new int[0];
        weights = new long[0];
        count = 0;
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

    static Bindings unit(int width, Allowance allowance) {
        Bindings one = new Bindings(width, allowance);
        int[] empty = new int[width];
        Arrays.fill(empty, -1);
        one.add(empty, 1);
        return one;
    }
}
