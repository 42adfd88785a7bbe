package io.precinct.engine.view;

/** A small set of row numbers: sorted, searched by halves. Immutable. */
record RowSet(int[] sorted) {
    static final RowSet NONE = new RowSet(new int[0]);

    boolean contains(int row) {
        return sorted.length > 0 && java.util.Arrays.binarySearch(sorted, row) >= 0;
    }

    boolean isEmpty() {
        return sorted.length == 0;
    }
}
