package io.precinct.engine.exec;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.SortKey;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The order of a result: its sort keys, nulls smallest, then the ids of all bound variables by ascending name; an
 * aggregate breaks ties by its grouping keys. Rows whose order nobody asked for stay as they were found.
 */
final class Ordering {
    private final LogicalPlan plan;
    private final CheckedStatement.Read statement;
    private final Registers registers;
    private final Allowance allowance;

    /** Of the keys of one row while they are being compared, and of each of them, mostly short. */
    private static final long ROW_BYTES = 24;

    private static final long KEY_BYTES = 40;

    Ordering(LogicalPlan plan, Registers registers, Allowance allowance) {
        this.plan = plan;
        this.statement = plan.statement();
        this.registers = registers;
        this.allowance = allowance;
    }

    /** Rows after which nothing is returned. */
    long limit() {
        return statement.limit().orElse(Long.MAX_VALUE);
    }

    /** Indexes of the bindings in the order of the result, cut at the limit. */
    int[] of(Bindings bindings) {
        int count = bindings.count();
        if (statement.order().isEmpty()) {
            int[] plain = new int[(int) Math.min(limit(), count)];
            java.util.Arrays.setAll(plain, i -> i);
            return plain;
        }
        Top.Order keys = keys(bindings);
        Top.Order ids = ids(bindings);
        return Top.of(count, limit(), allowance, new Top.Order() {
            @Override
            public int compare(int a, int b) {
                int order = keys.compare(a, b);
                return order != 0 ? order : ids.compare(a, b);
            }

            @Override
            public void forget(int position) {
                keys.forget(position);
            }
        });
    }

    /** Compares bindings by the sort keys. */
    Top.Order keys(Bindings bindings) {
        int keys = statement.order().size();
        Registers.Value[] values = new Registers.Value[keys];
        PropertyType[] types = new PropertyType[keys];
        for (int k = 0; k < keys; k++) {
            SortKey key = statement.order().get(k);
            Expression expression = key.expression()
                    .orElseGet(
                            () -> statement.projections().get(key.projection()).expression());
            values[k] = registers.value(expression);
            types[k] = expression.type();
        }
        boolean[] descending = new boolean[keys];
        for (int k = 0; k < keys; k++) {
            descending[k] = statement.order().get(k).descending();
        }
        return new Keys(keys == 0 ? 0 : bindings.count(), values, types, descending, bindings);
    }

    /** Reads the keys of a binding when they are first compared, and keeps them as long as somebody may ask again. */
    private final class Keys implements Top.Order {
        private final Object[][] read;
        private final Registers.Value[] values;
        private final PropertyType[] types;
        private final boolean[] descending;
        private final Bindings bindings;
        private final int[] binding = new int[registers.width()];
        private int compared;

        Keys(int count, Registers.Value[] values, PropertyType[] types, boolean[] descending, Bindings bindings) {
            allowance.take(count * (long) Integer.BYTES);
            this.read = new Object[count][];
            this.values = values;
            this.types = types;
            this.descending = descending;
            this.bindings = bindings;
        }

        @Override
        public int compare(int a, int b) {
            allowance.check(compared++);
            for (int k = 0; k < values.length; k++) {
                int order = nullsFirst(of(a)[k], of(b)[k], types[k]);
                if (order != 0) {
                    return descending[k] ? -order : order;
                }
            }
            return 0;
        }

        private Object[] of(int index) {
            Object[] keys = read[index];
            if (keys == null) {
                allowance.take(ROW_BYTES + values.length * KEY_BYTES);
                keys = new Object[values.length];
                bindings.read(index, binding);
                for (int i = 0; i < keys.length; i++) {
                    keys[i] = values[i].of(binding);
                }
                read[index] = keys;
            }
            return keys;
        }

        @Override
        public void forget(int index) {
            if (read.length > 0 && read[index] != null) {
                read[index] = null;
                allowance.give(ROW_BYTES + values.length * KEY_BYTES);
            }
        }
    }

    /** Compares bindings by the ids of their variables. */
    private Top.Order ids(Bindings bindings) {
        List<Tie> ties = ties();
        return (a, b) -> {
            for (Tie tie : ties) {
                int order = tie.compare(bindings.cell(a, tie.register()), bindings.cell(b, tie.register()));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        };
    }

    /** Compares bindings by the sort keys, then by the id of one variable's entity, then by all ids. */
    Top.Order keysThenIds(Bindings bindings, String first) {
        Top.Order keys = keys(bindings);
        Top.Order entity = entity(first);
        Top.Order ids = ids(bindings);
        int register = registers.register(first);
        return (a, b) -> {
            int order = keys.compare(a, b);
            if (order == 0) {
                order = entity.compare(bindings.cell(a, register), bindings.cell(b, register));
            }
            return order != 0 ? order : ids.compare(a, b);
        };
    }

    /** Compares rows of a variable by id. */
    Top.Order entity(String variable) {
        Tie tie = tie(variable);
        return tie::compare;
    }

    /** @param hidden the caller may not read the key, so that ids must not tell their order */
    private record Tie(int register, TypeView rows, boolean hidden) {
        int compare(int left, int right) {
            if (left == right) {
                return 0;
            }
            return hidden
                    ? Long.compareUnsigned(rows.number(left), rows.number(right))
                    : Values.text(rows.id(left), rows.id(right));
        }
    }

    private List<Tie> ties() {
        Set<String> names = new TreeSet<>();
        statement.pattern().nodes().forEach(node -> names.add(node.name()));
        statement.pattern().steps().forEach(step -> step.edgeVariable().ifPresent(names::add));
        List<Tie> ties = new ArrayList<>();
        for (String name : names) {
            ties.add(tie(name));
        }
        return ties;
    }

    private Tie tie(String variable) {
        TypeView rows = registers.view(variable);
        return new Tie(registers.register(variable), rows, keyHidden(rows.type()));
    }

    private boolean keyHidden(EntityType type) {
        Set<io.precinct.engine.schema.PropertyId> masked =
                plan.access().get(type.id()).masks().keySet();
        return type instanceof EntityType.Node node
                && node.keyMembers().stream().map(Property::id).anyMatch(masked::contains);
    }

    /** Groups in the order of the result, cut at the limit. */
    int[] of(Aggregation groups) {
        if (statement.order().isEmpty()) {
            int[] plain = new int[(int) Math.min(limit(), groups.groups())];
            java.util.Arrays.setAll(plain, i -> i);
            return plain;
        }
        List<Top.Order> keys = new ArrayList<>();
        for (SortKey key : statement.order()) {
            keys.add(byColumn(groups, outputOf(key), key.descending()));
        }
        for (int i = 0; i < statement.projections().size(); i++) {
            if (!(statement.projections().get(i).expression() instanceof Expression.Aggregate)) {
                keys.add(byColumn(groups, i, false));
            }
        }
        Top.Order[] orders = keys.toArray(Top.Order[]::new);
        return Top.of(groups.groups(), limit(), allowance, (left, right) -> {
            for (Top.Order order : orders) {
                int known = order.compare(left, right);
                if (known != 0) {
                    return known;
                }
            }
            return 0;
        });
    }

    private int outputOf(SortKey key) {
        if (key.expression().isEmpty()) {
            return key.projection();
        }
        for (int i = 0; i < statement.projections().size(); i++) {
            if (statement
                    .projections()
                    .get(i)
                    .expression()
                    .equals(key.expression().get())) {
                return i;
            }
        }
        throw new IllegalStateException("an aggregate is ordered by something it does not return");
    }

    private static Top.Order byColumn(Aggregation groups, int column, boolean descending) {
        return descending
                ? (left, right) -> groups.compare(right, left, column)
                : (left, right) -> groups.compare(left, right, column);
    }

    /** Null is smallest. */
    static int nullsFirst(Object left, Object right, PropertyType type) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? -1 : 1;
        }
        return Values.compare(left, type, right, type);
    }
}
