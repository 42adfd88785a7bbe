package io.precinct.engine.view;

import java.util.function.IntPredicate;

/** A test of rows by the block, so that the loop runs where the values are. Thread-safe as far as its column is. */
@FunctionalInterface
public interface RowFilter {
    /** Moves the rows that pass to the front, in their order; their number. */
    int keep(int[] rows, int count);

    /** Row by row. */
    static RowFilter each(IntPredicate test) {
        return (rows, count) -> {
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (test.test(rows[i])) {
                    rows[kept++] = rows[i];
                }
            }
            return kept;
        };
    }
}
