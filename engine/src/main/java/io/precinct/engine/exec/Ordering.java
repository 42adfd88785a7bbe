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

    Ordering(LogicalPlan plan, Registers registers) {
        this.plan = plan;
        this.statement = plan.statement();
        this.registers = registers;
    }

    private long limit() {
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
        // A key is read when it is first compared: most candidates lose on the first one.
        Object[][] read = new Object[count][];
        int[] binding = new int[registers.width()];
        List<Tie> ties = ties();
        return Top.of(count, limit(), (a, b) -> {
            for (int k = 0; k < keys; k++) {
                Object left = key(read, a, k, values, bindings, binding);
                Object right = key(read, b, k, values, bindings, binding);
                int order = nullsFirst(left, right, types[k]);
                if (order != 0) {
                    return statement.order().get(k).descending() ? -order : order;
                }
            }
            for (Tie tie : ties) {
                int order = tie.compare(bindings.cell(a, tie.register()), bindings.cell(b, tie.register()));
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        });
    }

    private static Object key(
            Object[][] read, int index, int k, Registers.Value[] values, Bindings bindings, int[] binding) {
        Object[] keys = read[index];
        if (keys == null) {
            keys = new Object[values.length];
            bindings.read(index, binding);
            for (int i = 0; i < keys.length; i++) {
                keys[i] = values[i].of(binding);
            }
            read[index] = keys;
        }
        return keys[k];
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
            TypeView rows = registers.view(name);
            ties.add(new Tie(registers.register(name), rows, keyHidden(rows.type())));
        }
        return ties;
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
        return Top.of(groups.groups(), limit(), (left, right) -> {
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
