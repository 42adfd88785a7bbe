package io.precinct.engine.exec;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.schema.PropertyType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Groups bindings by the projections that are no aggregates; groups come in first-seen order. */
final class Aggregation {
    private final CheckedStatement.Read statement;
    private final Registers registers;

    Aggregation(CheckedStatement.Read statement, Registers registers) {
        this.statement = statement;
        this.registers = registers;
    }

    List<Object[]> run(Bindings bindings) {
        int width = statement.projections().size();
        Registers.Value[] values = new Registers.Value[width];
        boolean[] grouping = new boolean[width];
        boolean groups = false;
        for (int i = 0; i < width; i++) {
            Expression expression = statement.projections().get(i).expression();
            if (expression instanceof Expression.Aggregate aggregate) {
                values[i] = registers.value(aggregate.argument());
            } else {
                values[i] = registers.value(expression);
                grouping[i] = true;
                groups = true;
            }
        }
        Map<List<Object>, Accumulator[]> byKey = new LinkedHashMap<>();
        int[] binding = new int[registers.width()];
        for (int row = 0; row < bindings.count(); row++) {
            bindings.read(row, binding);
            Object[] current = new Object[width];
            Object[] key = new Object[width];
            for (int i = 0; i < width; i++) {
                current[i] = values[i].of(binding);
                key[i] = grouping[i] ? keyForm(current[i]) : null;
            }
            Accumulator[] group = byKey.computeIfAbsent(Arrays.asList(key), none -> accumulators());
            for (int i = 0; i < width; i++) {
                group[i].add(current[i]);
            }
        }
        if (byKey.isEmpty() && !groups) {
            byKey.put(List.of(), accumulators());
        }
        List<Object[]> rows = new ArrayList<>();
        for (Accumulator[] group : byKey.values()) {
            rows.add(Arrays.stream(group).map(Accumulator::result).toArray());
        }
        return rows;
    }

    /** Arrays compare by identity, lists by content. */
    private static Object keyForm(Object value) {
        if (value instanceof float[] vector) {
            List<Float> boxed = new ArrayList<>();
            for (float one : vector) {
                boxed.add(one);
            }
            return boxed;
        }
        return value;
    }

    private Accumulator[] accumulators() {
        return statement.projections().stream()
                .map(one -> one.expression() instanceof Expression.Aggregate aggregate
                        ? accumulator(aggregate)
                        : new First())
                .toArray(Accumulator[]::new);
    }

    private static Accumulator accumulator(Expression.Aggregate aggregate) {
        PropertyType type = aggregate.argument().type();
        return switch (aggregate.function()) {
            case COUNT -> new Count();
            case SUM -> new Sum(false);
            case AVG -> new Sum(true);
            case MIN -> new Extreme(type, -1);
            case MAX -> new Extreme(type, 1);
        };
    }

    private interface Accumulator {
        void add(Object value);

        Object result();
    }

    private static final class First implements Accumulator {
        private Object value;
        private boolean set;

        @Override
        public void add(Object next) {
            if (!set) {
                value = next;
                set = true;
            }
        }

        @Override
        public Object result() {
            return value;
        }
    }

    private static final class Count implements Accumulator {
        private long count;

        @Override
        public void add(Object value) {
            count += value == null ? 0 : 1;
        }

        @Override
        public Object result() {
            return count;
        }
    }

    private static final class Sum implements Accumulator {
        private final boolean mean;
        private double sum;
        private long count;

        Sum(boolean mean) {
            this.mean = mean;
        }

        @Override
        public void add(Object value) {
            if (value != null) {
                sum += ((Number) value).doubleValue();
                count++;
            }
        }

        @Override
        public Object result() {
            return count == 0 ? null : mean ? sum / count : sum;
        }
    }

    private static final class Extreme implements Accumulator {
        private final PropertyType type;
        private final int side;
        private Object best;

        Extreme(PropertyType type, int side) {
            this.type = type;
            this.side = side;
        }

        @Override
        public void add(Object value) {
            if (value != null && (best == null || Integer.signum(Values.compare(value, type, best, type)) == side)) {
                best = value;
            }
        }

        @Override
        public Object result() {
            return best;
        }
    }
}
