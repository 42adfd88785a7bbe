package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.RowFilter;
import io.precinct.engine.view.TypeView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Which rows of a type exist for the caller. A row is tested once; what was found is shared by every execution under
 * the same rule on the same state of the type, since rules hold nothing but constants. Used by one thread.
 */
final class Visibility implements RowFilter {
    private final boolean everything;
    private final RowFilter rule;
    private final Marks marks;
    private final int[] one = new int[1];

    Visibility(BoundAccess access, GraphView view, TypeView rows, Arguments arguments) {
        this.everything = access.rows().equals(new Predicate.Constant(true));
        Registers single = new Registers(arguments);
        single.declare(BoundAccess.ROW, rows);
        this.rule = everything
                ? (candidates, count) -> count
                : new RowTests(single).all(BoundAccess.ROW, List.of(access.rows()));
        this.marks = everything
                ? new Marks(0)
                : view.derived(rows.type().id(), access.rows(), Marks::bytes, () -> new Marks(rows.rows()));
    }

    /** Whether every row is visible. */
    boolean everything() {
        return everything;
    }

    boolean test(int candidate) {
        if (everything) {
            return true;
        }
        int known = marks.get(candidate);
        if (known != Marks.UNKNOWN) {
            return known == Marks.SEEN;
        }
        one[0] = candidate;
        boolean seen = rule.keep(one, 1) == 1;
        marks.set(candidate, seen);
        return seen;
    }

    @Override
    public int keep(int[] rows, int count) {
        if (everything) {
            return count;
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            int known = marks.get(row);
            if (known == Marks.UNKNOWN) {
                known = test(row) ? Marks.SEEN : Marks.HIDDEN;
            }
            // Without a branch: which rows are seen can't be foretold.
            rows[kept] = row;
            kept += known >>> 1;
        }
        return kept;
    }

    /** Two bits a row. Threads may write at once: a lost update forgets rows and never mistakes one. */
    private static final class Marks {
        static final int UNKNOWN = 0;
        static final int HIDDEN = 1;
        static final int SEEN = 3;
        private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

        private final long[] words;

        Marks(int rows) {
            this.words = new long[(rows + 31) >>> 5];
        }

        int get(int row) {
            return (int) ((long) WORDS.getOpaque(words, row >>> 5) >>> ((row & 31) << 1)) & 3;
        }

        void set(int row, boolean seen) {
            long word = (long) WORDS.getOpaque(words, row >>> 5);
            WORDS.setOpaque(words, row >>> 5, word | ((long) (seen ? SEEN : HIDDEN) << ((row & 31) << 1)));
        }

        long bytes() {
            return 8L * words.length + 64;
        }
    }
}
