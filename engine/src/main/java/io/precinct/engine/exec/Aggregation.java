package io.precinct.engine.exec;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Groups bindings by the projections that are no aggregates; groups are numbered as they are first seen and their
 * values read when somebody asks. Keys that read one variable only are looked at once for each of its rows.
 */
final class Aggregation {
    private final CheckedStatement.Read statement;
    private final Registers registers;
    private final Registers.Value[] keys;
    private final Column[] columns;
    private final Map<List<Object>, Integer> byKey = new HashMap<>();
    /** Where each group was first seen: a row of the only variable, or a whole binding. */
    private int[] firstRows = new int[16];

    private final List<int[]> firsts = new ArrayList<>();
    private final int[] scratch;
    private final Allowance allowance;
    private final int only;
    private final boolean identified;
    private int groups;

    /** Of a group: its place in the map, where it was first seen, and the key's values and aggregates, mostly short. */
    private static final long GROUP_BYTES = 96;

    private static final long VALUE_BYTES = 40;

    Aggregation(CheckedStatement.Read statement, Registers registers, Allowance allowance) {
        this.allowance = allowance;
        this.statement = statement;
        this.registers = registers;
        int width = statement.projections().size();
        this.keys = new Registers.Value[width];
        this.columns = new Column[width];
        for (int i = 0; i < width; i++) {
            Expression expression = statement.projections().get(i).expression();
            if (expression instanceof Expression.Aggregate aggregate) {
                columns[i] = column(aggregate, registers);
            } else {
                keys[i] = registers.value(expression);
            }
        }
        this.scratch = new int[registers.width()];
        this.only = onlyRegister();
        this.identified = identified();
    }

    /** Counts nodes, of which none is null, so that it reads nothing of them. */
    static boolean countsRows(Expression expression) {
        return expression instanceof Expression.Aggregate(var function, Expression.NodeOf node, var type)
                && function == Expression.Aggregate.Function.COUNT;
    }

    /** Runs over all bindings; to be called once. */
    Aggregation run(Bindings bindings) {
        int[] binding = new int[registers.width()];
        Column[] aggregates =
                Arrays.stream(columns).filter(column -> column != null).toArray(Column[]::new);
        int[] groupOfRow = new int[0];
        for (int i = 0; i < bindings.count(); i++) {
            allowance.check(i);
            bindings.read(i, binding);
            int group;
            if (only < 0) {
                group = group(binding);
            } else {
                int row = binding[only];
                if (row >= groupOfRow.length) {
                    groupOfRow = Arrays.copyOf(groupOfRow, Math.max(row + 1, groupOfRow.length * 2));
                }
                if (groupOfRow[row] == 0) {
                    groupOfRow[row] = 1 + group(binding);
                }
                group = groupOfRow[row] - 1;
            }
            for (Column column : aggregates) {
                column.add(group, binding, bindings.weight(i));
            }
        }
        boolean grouped = Arrays.stream(keys).anyMatch(key -> key != null);
        if (groups == 0 && !grouped) {
            groups = 1;
            firsts.add(binding);
        }
        return this;
    }

    /** The register that all keys read, or -1 when they read none or several. */
    private int onlyRegister() {
        Set<String> read = new HashSet<>();
        groupings().forEach(key -> read.addAll(Mentions.variables(key)));
        return read.size() == 1 ? registers.register(read.iterator().next()) : -1;
    }

    /** Whether no two rows of the only variable share a key: its id, or every member of its key, is grouped by. */
    private boolean identified() {
        Set<Property> properties = new HashSet<>();
        List<Property> members = List.of();
        for (Expression key : groupings()) {
            if (key instanceof Expression.NodeOf) {
                return true;
            }
            if (key instanceof Expression.PropertyOf(var variable, EntityType.Node owner, Property property)) {
                properties.add(property);
                members = owner.keyMembers();
            }
        }
        return !members.isEmpty() && properties.containsAll(members);
    }

    private List<Expression> groupings() {
        return statement.projections().stream()
                .map(CheckedStatement.Projection::expression)
                .filter(expression -> !(expression instanceof Expression.Aggregate))
                .toList();
    }

    private int group(int[] binding) {
        if (only < 0 || !identified) {
            Object[] key = new Object[keys.length];
            for (int i = 0; i < keys.length; i++) {
                key[i] = keys[i] == null ? null : keyForm(keys[i].of(binding));
            }
            Integer known = byKey.putIfAbsent(Arrays.asList(key), groups);
            if (known != null) {
                return known;
            }
        }
        if (only < 0) {
            firsts.add(binding.clone());
        } else {
            if (groups == firstRows.length) {
                firstRows = Arrays.copyOf(firstRows, groups * 2);
            }
            firstRows[groups] = binding[only];
        }
        // By the identity of a row nothing is kept but its number.
        allowance.take(
                only >= 0 && identified
                        ? Integer.BYTES + columns.length * 2L * Long.BYTES
                        : GROUP_BYTES + columns.length * VALUE_BYTES);
        return groups++;
    }

    int groups() {
        return groups;
    }

    /** A column of a group's row, in the Java form of its type; null for the language's null. */
    Object value(int group, int column) {
        if (keys[column] == null) {
            return columns[column].result(group);
        }
        if (only < 0) {
            return keys[column].of(firsts.get(group));
        }
        scratch[only] = firstRows[group];
        return keys[column].of(scratch);
    }

    /** Two groups by one column, null smallest. */
    int compare(int left, int right, int column) {
        PropertyType type = statement.projections().get(column).expression().type();
        return columns[column] instanceof Count count
                ? Long.compare(count.of(left), count.of(right))
                : Ordering.nullsFirst(value(left, column), value(right, column), type);
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

    private static Column column(Expression.Aggregate aggregate, Registers registers) {
        PropertyType type = aggregate.argument().type();
        Registers.Value argument =
                countsRows(aggregate) ? binding -> Boolean.TRUE : registers.value(aggregate.argument());
        return switch (aggregate.function()) {
            case COUNT -> new Count(argument, countsRows(aggregate));
            case SUM -> new Sum(argument, type, false);
            case AVG -> new Sum(argument, type, true);
            case MIN -> new Extreme(argument, type, -1);
            case MAX -> new Extreme(argument, type, 1);
        };
    }

    /** One aggregate over all groups. */
    private abstract static sealed class Column {
        private final Registers.Value argument;

        Column(Registers.Value argument) {
            this.argument = argument;
        }

        void add(int group, int[] binding, long weight) {
            Object value = argument.of(binding);
            if (value != null) {
                add(group, value, weight);
            }
        }

        abstract void add(int group, Object value, long weight);

        abstract Object result(int group);
    }

    private static int grown(int group, int length) {
        return Math.max(group + 1, Math.max(16, length * 2));
    }

    private static final class Count extends Column {
        private final boolean everything;
        private long[] counts = new long[16];

        Count(Registers.Value argument, boolean everything) {
            super(argument);
            this.everything = everything;
        }

        @Override
        void add(int group, int[] binding, long weight) {
            if (everything) {
                add(group, Boolean.TRUE, weight);
            } else {
                super.add(group, binding, weight);
            }
        }

        @Override
        void add(int group, Object value, long weight) {
            if (group >= counts.length) {
                counts = Arrays.copyOf(counts, grown(group, counts.length));
            }
            counts[group] += weight;
        }

        long of(int group) {
            return group < counts.length ? counts[group] : 0;
        }

        @Override
        Object result(int group) {
            return of(group);
        }
    }

    private static final class Sum extends Column {
        private final boolean unsigned;
        private final boolean mean;
        private double[] sums = new double[16];
        private long[] counts = new long[16];

        Sum(Registers.Value argument, PropertyType type, boolean mean) {
            super(argument);
            this.unsigned = type.scalar() == Scalar.U64;
            this.mean = mean;
        }

        @Override
        void add(int group, Object value, long weight) {
            if (group >= sums.length) {
                int length = grown(group, sums.length);
                sums = Arrays.copyOf(sums, length);
                counts = Arrays.copyOf(counts, length);
            }
            double number = unsigned
                    ? new BigInteger(Long.toUnsignedString((Long) value)).doubleValue()
                    : ((Number) value).doubleValue();
            sums[group] += number * weight;
            counts[group] += weight;
        }

        @Override
        Object result(int group) {
            if (group >= sums.length || counts[group] == 0) {
                return null;
            }
            return mean ? sums[group] / counts[group] : sums[group];
        }
    }

    private static final class Extreme extends Column {
        private final PropertyType type;
        private final int side;
        private Object[] best = new Object[16];

        Extreme(Registers.Value argument, PropertyType type, int side) {
            super(argument);
            this.type = type;
            this.side = side;
        }

        @Override
        void add(int group, Object value, long weight) {
            if (group >= best.length) {
                best = Arrays.copyOf(best, grown(group, best.length));
            }
            if (best[group] == null || Integer.signum(Values.compare(value, type, best[group], type)) == side) {
                best[group] = value;
            }
        }

        @Override
        Object result(int group) {
            return group < best.length ? best[group] : null;
        }
    }
}
