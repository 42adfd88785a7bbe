package io.precinct.engine.storage;

import java.util.List;

/**
 * The only form in which a filter reaches the native library: typed, over physical columns, no user text. Rendered
 * balanced and of bounded depth. {@code value}s are String, Boolean, Long or Double. A null column value makes every
 * leaf but {@link IsNull} false; {@link Not} is the complement of that.
 */
public sealed interface ColumnPredicate {
    enum Operator {
        EQ,
        NE,
        LT,
        LTE,
        GT,
        GTE
    }

    record Compare(String column, Operator operator, Object value) implements ColumnPredicate {}

    record In(String column, List<?> values) implements ColumnPredicate {
        public In {
            values = List.copyOf(values);
        }
    }

    record StartsWith(String column, String prefix) implements ColumnPredicate {}

    record IsNull(String column) implements ColumnPredicate {}

    record All(List<ColumnPredicate> parts) implements ColumnPredicate {
        public All {
            parts = List.copyOf(parts);
        }
    }

    record Any(List<ColumnPredicate> parts) implements ColumnPredicate {
        public Any {
            parts = List.copyOf(parts);
        }
    }

    record Not(ColumnPredicate part) implements ColumnPredicate {}
}
