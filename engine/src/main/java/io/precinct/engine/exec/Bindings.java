package io.precinct.engine.exec;

import java.util.Arrays;

/** A bag of bindings: rows of equal width, each the row numbers of the variables by register; -1 is not bound yet. */
final class Bindings {
    private final int width;
    private int[] cells;
    private int count;

    Bindings(int width) {
        this.width = width;
        this.cells = new int[width * 16];
    }

    int count() {
        return count;
    }

    int width() {
        return width;
    }

    void add(int[] binding) {
        if ((count + 1) * (long) width > cells.length) {
            cells = Arrays.copyOf(cells, Math.toIntExact(Math.max(16L * width, cells.length * 2L)));
        }
        System.arraycopy(binding, 0, cells, count * width, width);
        count++;
    }

    /** Copies a binding into {@code into}. */
    void read(int index, int[] into) {
        System.arraycopy(cells, index * width, into, 0, width);
    }

    static Bindings unit(int width) {
        Bindings one = new Bindings(width);
        int[] empty = new int[width];
        Arrays.fill(empty, -1);
        one.add(empty);
        return one;
    }
}
