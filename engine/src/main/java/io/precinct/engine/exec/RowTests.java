package io.precinct.engine.exec;

import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.RowFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Predicates over one variable as filters of its rows: by the column where that is exact, else row by row. */
final class RowTests {
    private static final RowFilter NOTHING = (rows, count) -> 0;

    private final Registers registers;

    RowTests(Registers registers) {
        this.registers = registers;
    }

    /** The conjunction; single-threaded like its registers. */
    RowFilter all(String variable, List<Predicate> predicates) {
        List<RowFilter> filters = new ArrayList<>();
        for (Predicate predicate : predicates) {
            add(variable, predicate, filters);
        }
        RowFilter[] parts = filters.toArray(RowFilter[]::new);
        return switch (parts.length) {
            case 0 -> (rows, count) -> count;
            case 1 -> parts[0];
            default ->
                (rows, count) -> {
                    int kept = count;
                    for (RowFilter part : parts) {
                        kept = kept == 0 ? 0 : part.keep(rows, kept);
                    }
                    return kept;
                };
        };
    }

    private void add(String variable, Predicate predicate, List<RowFilter> filters) {
        switch (predicate) {
            case Predicate.All all -> all.parts().forEach(part -> add(variable, part, filters));
            case Predicate.Constant(boolean value) -> {
                if (!value) {
                    filters.add(NOTHING);
                }
            }
            case Predicate.Compare compare ->
                filters.add(columnTest(compare).orElseGet(() -> rowByRow(variable, predicate)));
            case Predicate.In in -> filters.add(rowByRow(variable, in));
            case Predicate.Any any -> filters.add(rowByRow(variable, any));
            case Predicate.Not not -> filters.add(rowByRow(variable, not));
        }
    }

    private RowFilter rowByRow(String variable, Predicate predicate) {
        Registers.Test test = registers.test(predicate);
        int register = registers.register(variable);
        int[] binding = new int[registers.width()];
        return RowFilter.each(row -> {
            binding[register] = row;
            return test.test(binding);
        });
    }

    /** A property against a value that no binding changes, of types that the column itself can compare exactly. */
    Optional<RowFilter> columnTest(Predicate.Compare compare) {
        if (!(compare.left() instanceof Expression.PropertyOf property)
                || !Mentions.variables(compare.right()).isEmpty()
                || property.type().list()) {
            return Optional.empty();
        }
        PropertyType other = compare.right().type();
        Column column =
                registers.view(property.variable()).column(property.property().id());
        boolean wholes = whole(property.type().scalar()) && whole(other.scalar()) && !other.list();
        boolean texts = property.type().scalar() == Scalar.STRING && other.scalar() == Scalar.STRING && !other.list();
        if (!wholes && !texts) {
            return Optional.empty();
        }
        Object value = registers.value(compare.right()).of(new int[registers.width()]);
        if (value == null) {
            return Optional.of(NOTHING);
        }
        return wholes
                ? range(column, compare.operator(), ((Number) value).longValue())
                : equality(column, compare.operator(), ((String) value).getBytes(StandardCharsets.UTF_8));
    }

    /** Types whose values are compared as signed 64-bit numbers. */
    private static boolean whole(Scalar scalar) {
        return switch (scalar) {
            case I32, I64, U32, DATE, DATE_TIME -> true;
            case STRING, BOOL, U64, F32, F64, BLOB, VECTOR -> false;
        };
    }

    private static Optional<RowFilter> range(Column column, Predicate.Operator operator, long value) {
        return switch (operator) {
            case EQ -> Optional.of(column.whole(value, value, true));
            case NE -> Optional.of(column.whole(value, value, false));
            case LT -> Optional.of(value == Long.MIN_VALUE ? NOTHING : column.whole(Long.MIN_VALUE, value - 1, true));
            case LTE -> Optional.of(column.whole(Long.MIN_VALUE, value, true));
            case GT -> Optional.of(value == Long.MAX_VALUE ? NOTHING : column.whole(value + 1, Long.MAX_VALUE, true));
            case GTE -> Optional.of(column.whole(value, Long.MAX_VALUE, true));
            case CONTAINS, STARTS_WITH -> Optional.empty();
        };
    }

    private static Optional<RowFilter> equality(Column column, Predicate.Operator operator, byte[] utf8) {
        return switch (operator) {
            case EQ -> Optional.of(column.text(utf8, true));
            case NE -> Optional.of(column.text(utf8, false));
            case LT, LTE, GT, GTE, CONTAINS, STARTS_WITH -> Optional.empty();
        };
    }
}
