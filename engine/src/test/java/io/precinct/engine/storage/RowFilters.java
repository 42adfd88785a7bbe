package io.precinct.engine.storage;

import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What a column predicate says of one row, by its definition. */
final class RowFilters {
    private RowFilters() {}

    static boolean admits(Optional<ColumnPredicate> filter, VectorSchemaRoot rows, int row) {
        return filter.map(predicate -> admits(predicate, rows, row)).orElse(true);
    }

    private static boolean admits(ColumnPredicate predicate, VectorSchemaRoot rows, int row) {
        return switch (predicate) {
            case ColumnPredicate.Compare compare ->
                value(rows, row, compare.column())
                        .map(value -> holds(compare.operator(), compared(value, compare.value())))
                        .orElse(false);
            case ColumnPredicate.In in ->
                value(rows, row, in.column())
                        .map(value -> in.values().stream().anyMatch(one -> compared(value, one) == 0))
                        .orElse(false);
            case ColumnPredicate.StartsWith start ->
                value(rows, row, start.column())
                        .map(value -> ((String) value).startsWith(start.prefix()))
                        .orElse(false);
            case ColumnPredicate.IsNull isNull ->
                value(rows, row, isNull.column()).isEmpty();
            case ColumnPredicate.All all -> all.parts().stream().allMatch(part -> admits(part, rows, row));
            case ColumnPredicate.Any any -> any.parts().stream().anyMatch(part -> admits(part, rows, row));
            case ColumnPredicate.Not not -> !admits(not.part(), rows, row);
        };
    }

    private static boolean holds(ColumnPredicate.Operator operator, int compared) {
        return switch (operator) {
            case EQ -> compared == 0;
            case NE -> compared != 0;
            case LT -> compared < 0;
            case LTE -> compared <= 0;
            case GT -> compared > 0;
            case GTE -> compared >= 0;
        };
    }

    private static int compared(Object value, Object constant) {
        return switch (constant) {
            case String text -> ((String) value).compareTo(text);
            case Boolean truth -> ((Boolean) value).compareTo(truth);
            case Long whole -> Long.compare(((Number) value).longValue(), whole);
            case Double real -> Double.compare(((Number) value).doubleValue(), real);
            default -> throw new IllegalArgumentException("not a constant of a predicate: " + constant);
        };
    }

    /** A text, a truth value or a number; empty for null and for columns that the rows lack. */
    private static Optional<Object> value(VectorSchemaRoot rows, int row, String column) {
        FieldVector vector = rows.getVector(column);
        if (vector == null || vector.isNull(row)) {
            return Optional.empty();
        }
        Object value = vector.getObject(row);
        return Optional.of(value instanceof Boolean || value instanceof Number ? value : value.toString());
    }
}
