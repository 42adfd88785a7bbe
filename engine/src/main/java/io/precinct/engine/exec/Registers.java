package io.precinct.engine.exec;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.RowFilter;
import io.precinct.engine.view.TypeView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns checked expressions and predicates into closures over the registers of one binding: the row number of each
 * variable. Variables get their register when they are first declared; names of inner blocks never clash, since a block
 * may not declare a variable of a block around it anew.
 */
final class Registers {
    private final Map<String, Integer> registers = new HashMap<>();
    private final Map<String, TypeView> views = new HashMap<>();
    private final Arguments arguments;

    /** Reads one binding. */
    @FunctionalInterface
    interface Test {
        boolean test(int[] binding);
    }

    /** Gives a value, or null inside this package for the language's null. */
    @FunctionalInterface
    interface Value {
        Object of(int[] binding);
    }

    Registers(Arguments arguments) {
        this.arguments = arguments;
    }

    int declare(String variable, TypeView view) {
        views.put(variable, view);
        Integer known = registers.get(variable);
        if (known != null) {
            return known;
        }
        int register = registers.size();
        registers.put(variable, register);
        return register;
    }

    /** A register that no variable of a text can name. */
    int reserve() {
        int register = registers.size();
        registers.put("#" + register, register);
        return register;
    }

    int register(String variable) {
        Integer register = registers.get(variable);
        if (register == null) {
            throw new IllegalStateException("variable $" + variable + " was not declared");
        }
        return register;
    }

    TypeView view(String variable) {
        return views.get(variable);
    }

    int width() {
        return registers.size();
    }

    Arguments arguments() {
        return arguments;
    }

    Test test(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant constant -> binding -> constant.value();
            case Predicate.All all -> {
                Test[] parts = all.parts().stream().map(this::test).toArray(Test[]::new);
                yield binding -> {
                    for (Test part : parts) {
                        if (!part.test(binding)) {
                            return false;
                        }
                    }
                    return true;
                };
            }
            case Predicate.Any any -> {
                Test[] parts = any.parts().stream().map(this::test).toArray(Test[]::new);
                yield binding -> {
                    for (Test part : parts) {
                        if (part.test(binding)) {
                            return true;
                        }
                    }
                    return false;
                };
            }
            case Predicate.Not not -> {
                Test part = test(not.part());
                yield binding -> !part.test(binding);
            }
            case Predicate.In in -> in(in);
            case Predicate.Compare compare -> compare(compare);
        };
    }

    private Test in(Predicate.In in) {
        Value left = value(in.left());
        PropertyType type = in.left().type();
        if (in.values().stream().allMatch(one -> one.value() instanceof String)) {
            java.util.Set<Object> texts = new java.util.HashSet<>();
            in.values().forEach(one -> texts.add(one.value()));
            return binding -> {
                Object value = left.of(binding);
                return value != null && texts.contains(value);
            };
        }
        List<Expression.Constant> values = in.values();
        return binding -> {
            Object value = left.of(binding);
            return value != null
                    && values.stream().anyMatch(one -> Values.compare(value, type, one.value(), one.type()) == 0);
        };
    }

    private Test compare(Predicate.Compare compare) {
        Optional<RowFilter> byColumn = new RowTests(this).columnTest(compare);
        if (byColumn.isPresent()) {
            RowFilter filter = byColumn.get();
            int register = register(((Expression.PropertyOf) compare.left()).variable());
            int[] one = new int[1];
            return binding -> {
                one[0] = binding[register];
                return filter.keep(one, 1) == 1;
            };
        }
        Value left = value(compare.left());
        Value right = value(compare.right());
        PropertyType leftType = compare.left().type();
        PropertyType rightType = compare.right().type();
        return switch (compare.operator()) {
            case EQ -> ordered(left, leftType, right, rightType, order -> order == 0);
            case NE -> ordered(left, leftType, right, rightType, order -> order != 0);
            case LT -> ordered(left, leftType, right, rightType, order -> order < 0);
            case LTE -> ordered(left, leftType, right, rightType, order -> order <= 0);
            case GT -> ordered(left, leftType, right, rightType, order -> order > 0);
            case GTE -> ordered(left, leftType, right, rightType, order -> order >= 0);
            case CONTAINS ->
                binding -> {
                    Object holder = left.of(binding);
                    Object held = right.of(binding);
                    return holder != null && held != null && Values.contains(holder, leftType, held, rightType);
                };
            case STARTS_WITH ->
                binding -> {
                    Object text = left.of(binding);
                    Object start = right.of(binding);
                    return text != null && start != null && ((String) text).startsWith((String) start);
                };
        };
    }

    private static Test ordered(
            Value left,
            PropertyType leftType,
            Value right,
            PropertyType rightType,
            java.util.function.IntPredicate holds) {
        return binding -> {
            Object a = left.of(binding);
            if (a == null) {
                return false;
            }
            Object b = right.of(binding);
            return b != null && holds.test(Values.compare(a, leftType, b, rightType));
        };
    }

    Value value(Expression expression) {
        return switch (expression) {
            case Expression.Constant constant -> binding -> constant.value();
            case Expression.ParameterOf parameter -> {
                Optional<Object> bound = arguments.value(parameter.parameter());
                Object value = bound.orElse(null);
                yield binding -> value;
            }
            case Expression.Now now -> {
                Object instant = arguments.now().toEpochMilli();
                yield binding -> instant;
            }
            case Expression.NodeOf node -> {
                int register = register(node.variable());
                TypeView view = views.get(node.variable());
                yield binding -> view.id(binding[register]);
            }
            case Expression.PropertyOf property -> {
                int register = register(property.variable());
                Column column = views.get(property.variable())
                        .column(property.property().id());
                yield binding -> {
                    int row = binding[register];
                    return column.isNull(row) ? null : column.valueAt(row);
                };
            }
            case Expression.Aggregate aggregate ->
                throw new EngineException(
                        new EngineFailure.NotSupportedYet("an aggregate outside a projection", Optional.empty()));
        };
    }
}
