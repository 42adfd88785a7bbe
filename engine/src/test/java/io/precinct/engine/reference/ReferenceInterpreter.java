package io.precinct.engine.reference;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.CheckedStatement.SortKey;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.reference.PlainGraph.Entity;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Scalar;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a read means, word by word and slowly: every assignment is tried, a step relates two nodes by their
 * breadth-first distance, an unknown comparison drops the row, and order, ties and limit come last.
 */
final class ReferenceInterpreter {
    private final PlainGraph graph;
    private final Map<String, Object> parameters;
    private final Instant now;

    /** @param parameters in the form of {@link PlainValues}; absent or null for null */
    ReferenceInterpreter(PlainGraph graph, Map<String, Object> parameters, Instant now) {
        this.graph = graph;
        this.parameters = parameters;
        this.now = now;
    }

    /** {@code sortKeys} of each row, in the same sequence as {@code rows}; the limit is not applied. */
    record Answer(List<List<Object>> rows, List<List<Object>> sortKeys) {}

    Answer run(CheckedStatement.Read read) {
        List<Map<String, Entity>> found = new ArrayList<>();
        assign(read.pattern(), variables(read.pattern()), 0, new TreeMap<>(), found);
        return read.aggregates() ? aggregated(read, found) : plain(read, found);
    }

    private record Variable(String name, EntityType type) {}

    private static List<Variable> variables(Pattern pattern) {
        List<Variable> all = new ArrayList<>();
        pattern.nodes().forEach(node -> all.add(new Variable(node.name(), node.type())));
        pattern.steps()
                .forEach(step -> step.edgeVariable().ifPresent(name -> all.add(new Variable(name, step.edge()))));
        return all;
    }

    private void assign(
            Pattern pattern,
            List<Variable> variables,
            int next,
            Map<String, Entity> binding,
            List<Map<String, Entity>> found) {
        // A test is made as soon as its variables are bound: that only spares assignments that would fail later.
        if (!mayHold(pattern, variables, next, binding)) {
            return;
        }
        if (next == variables.size()) {
            if (pattern.negations().stream().noneMatch(negation -> satisfiable(negation, binding))) {
                found.add(new TreeMap<>(binding));
            }
            return;
        }
        Variable variable = variables.get(next);
        for (Entity entity : graph.of(variable.type()).values()) {
            binding.put(variable.name(), entity);
            assign(pattern, variables, next + 1, binding, found);
        }
        binding.remove(variable.name());
    }

    private boolean satisfiable(Pattern negation, Map<String, Entity> outer) {
        List<Map<String, Entity>> found = new ArrayList<>();
        assign(negation, variables(negation), 0, new TreeMap<>(outer), found);
        return !found.isEmpty();
    }

    private boolean mayHold(Pattern pattern, List<Variable> variables, int next, Map<String, Entity> binding) {
        Set<String> open = new HashSet<>();
        variables.subList(next, variables.size()).forEach(variable -> open.add(variable.name()));
        for (Pattern.Step step : pattern.steps()) {
            boolean bound = !open.contains(step.from())
                    && !open.contains(step.to())
                    && step.edgeVariable().stream().noneMatch(open::contains);
            if (bound && !relates(step, binding)) {
                return false;
            }
        }
        for (Predicate filter : pattern.filters()) {
            Set<String> mentioned = new HashSet<>();
            Mentioned.variables(filter, mentioned);
            mentioned.retainAll(open);
            if (mentioned.isEmpty() && !holds(filter, binding)) {
                return false;
            }
        }
        return true;
    }

    private boolean relates(Pattern.Step step, Map<String, Entity> binding) {
        String from = binding.get(step.from()).id();
        String to = binding.get(step.to()).id();
        if (step.edgeVariable().isPresent()) {
            Entity edge = binding.get(step.edgeVariable().get());
            boolean along = edge.from().equals(from) && edge.to().equals(to);
            boolean against = edge.from().equals(to) && edge.to().equals(from);
            return switch (step.direction()) {
                case OUT -> along;
                case IN -> against;
                case BOTH -> along || against;
            };
        }
        return reached.computeIfAbsent(
                        new From(step.edge().key(), step.direction(), step.least(), step.most(), from),
                        none -> reached(step, from))
                .contains(to);
    }

    private record From(String edge, Pattern.Direction direction, int least, int most, String node) {}

    private final Map<From, Set<String>> reached = new HashMap<>();

    /** Nodes at a breadth-first distance of least..most, and those whose own loop ends a walk of such a length. */
    private Set<String> reached(Pattern.Step step, String start) {
        boolean chains = step.edge().source().equals(step.edge().destination());
        if (!chains) {
            return step.least() == 1 ? neighbours(step, start) : Set.of();
        }
        Map<String, Integer> distance = new LinkedHashMap<>();
        distance.put(start, 0);
        List<String> queue = new ArrayList<>(List.of(start));
        Set<String> related = new LinkedHashSet<>();
        while (!queue.isEmpty()) {
            String node = queue.removeFirst();
            int hop = distance.get(node) + 1;
            for (String neighbour : neighbours(step, node)) {
                boolean loop = neighbour.equals(node);
                boolean discovered = distance.putIfAbsent(neighbour, hop) == null;
                if ((loop || discovered) && step.least() <= hop && hop <= step.most()) {
                    related.add(neighbour);
                }
                if (discovered) {
                    queue.add(neighbour);
                }
            }
        }
        return related;
    }

    private Set<String> neighbours(Pattern.Step step, String node) {
        Set<String> next = new LinkedHashSet<>();
        for (Entity edge : graph.of(step.edge()).values()) {
            if (step.direction() != Pattern.Direction.IN && edge.from().equals(node)) {
                next.add(edge.to());
            }
            if (step.direction() != Pattern.Direction.OUT && edge.to().equals(node)) {
                next.add(edge.from());
            }
        }
        return next;
    }

    /** Unknown is not true. */
    private boolean holds(Predicate predicate, Map<String, Entity> binding) {
        return switch (predicate) {
            case Predicate.Constant constant -> constant.value();
            case Predicate.All all -> all.parts().stream().allMatch(part -> holds(part, binding));
            case Predicate.Any any -> any.parts().stream().anyMatch(part -> holds(part, binding));
            case Predicate.Not not -> !holds(not.part(), binding);
            case Predicate.In in ->
                in.values().stream()
                        .anyMatch(value -> holds(new Predicate.Compare(in.left(), Operator.EQ, value), binding));
            case Predicate.Compare compare -> compares(compare, binding);
        };
    }

    private boolean compares(Predicate.Compare compare, Map<String, Entity> binding) {
        Object left = narrowed(compare.left(), compare.right(), value(compare.left(), binding));
        Object right = narrowed(compare.right(), compare.left(), value(compare.right(), binding));
        if (left == null || right == null) {
            return false;
        }
        return switch (compare.operator()) {
            case EQ -> PlainValues.order(left, right) == 0;
            case NE -> PlainValues.order(left, right) != 0;
            case LT -> PlainValues.order(left, right) < 0;
            case LTE -> PlainValues.order(left, right) <= 0;
            case GT -> PlainValues.order(left, right) > 0;
            case GTE -> PlainValues.order(left, right) >= 0;
            case STARTS_WITH -> ((String) left).startsWith((String) right);
            case CONTAINS ->
                left instanceof List<?> items
                        ? items.stream().anyMatch(item -> item != null && PlainValues.order(item, right) == 0)
                        : ((String) left).contains((String) right);
        };
    }

    /** An F64 literal or parameter is rounded to F32 against an F32 property. */
    private static Object narrowed(Expression expression, Expression other, Object value) {
        boolean constant = !(expression instanceof Expression.PropertyOf);
        boolean narrow = constant
                && other instanceof Expression.PropertyOf property
                && property.type().scalar() == Scalar.F32;
        if (narrow && value instanceof Double wide) {
            return wide.floatValue();
        }
        if (narrow && value instanceof List<?> items) {
            return items.stream()
                    .map(item -> item instanceof Double wide ? (Object) wide.floatValue() : item)
                    .toList();
        }
        return value;
    }

    Object value(Expression expression, Map<String, Entity> binding) {
        return switch (expression) {
            case Expression.Constant constant -> PlainValues.of(constant.value(), constant.type());
            case Expression.NodeOf node -> binding.get(node.variable()).id();
            case Expression.PropertyOf property ->
                binding.get(property.variable()).value(property.property().name());
            case Expression.ParameterOf parameter ->
                parameters.get(parameter.parameter().name());
            case Expression.Now instant -> BigInteger.valueOf(now.toEpochMilli());
            case Expression.Aggregate aggregate ->
                throw new IllegalStateException("an aggregate has no value of a row");
            case Expression.TextTest text ->
                throw new IllegalStateException("text search has a reference of its own, RankedRowsTest");
            case Expression.Score score ->
                throw new IllegalStateException("ranking has a reference of its own, RankedRowsTest");
        };
    }

    private Answer plain(CheckedStatement.Read read, List<Map<String, Entity>> found) {
        record Row(List<Object> keys, List<String> ties, List<Object> values) {}
        List<Row> rows = new ArrayList<>();
        for (Map<String, Entity> binding : found) {
            List<Object> keys = read.order().stream()
                    .collect(ArrayList::new, (list, key) -> list.add(value(sorted(read, key), binding)), List::addAll);
            List<Object> values = new ArrayList<>();
            read.projections().forEach(projection -> values.add(value(projection.expression(), binding)));
            rows.add(new Row(keys, binding.values().stream().map(Entity::id).toList(), values));
        }
        if (!read.order().isEmpty()) {
            Comparator<Row> order = Comparator.comparing(Row::keys, byKeys(read.order()));
            rows.sort(order.thenComparing(Row::ties, ReferenceInterpreter::byIds));
        }
        return new Answer(
                rows.stream().map(Row::values).toList(),
                rows.stream().map(Row::keys).toList());
    }

    private static Expression sorted(CheckedStatement.Read read, SortKey key) {
        return key.expression()
                .orElseGet(() -> read.projections().get(key.projection()).expression());
    }

    private static Comparator<List<Object>> byKeys(List<SortKey> order) {
        return (a, b) -> {
            for (int i = 0; i < order.size(); i++) {
                int one = PlainValues.orderWithNulls(a.get(i), b.get(i));
                if (one != 0) {
                    return order.get(i).descending() ? -one : one;
                }
            }
            return 0;
        };
    }

    private static int byIds(List<String> a, List<String> b) {
        for (int i = 0; i < a.size(); i++) {
            int one = PlainValues.order(a.get(i), b.get(i));
            if (one != 0) {
                return one;
            }
        }
        return 0;
    }

    private Answer aggregated(CheckedStatement.Read read, List<Map<String, Entity>> found) {
        List<Projection> keys = read.projections().stream()
                .filter(projection -> !(projection.expression() instanceof Expression.Aggregate))
                .toList();
        Map<List<Object>, List<Map<String, Entity>>> groups = new LinkedHashMap<>();
        if (keys.isEmpty()) {
            groups.put(List.of(), new ArrayList<>());
        }
        for (Map<String, Entity> binding : found) {
            List<Object> key = new ArrayList<>();
            keys.forEach(projection -> key.add(value(projection.expression(), binding)));
            groups.computeIfAbsent(key, none -> new ArrayList<>()).add(binding);
        }
        record Row(List<Object> keys, List<Object> values) {}
        List<Row> rows = new ArrayList<>();
        groups.forEach((key, members) -> {
            List<Object> values = new ArrayList<>();
            int grouping = 0;
            for (Projection projection : read.projections()) {
                values.add(
                        projection.expression() instanceof Expression.Aggregate aggregate
                                ? aggregate(aggregate, members)
                                : key.get(grouping++));
            }
            List<Object> sortKeys = new ArrayList<>();
            for (SortKey sort : read.order()) {
                sortKeys.add(values.get(column(read, sort)));
            }
            rows.add(new Row(sortKeys, values));
        });
        rows.sort(Comparator.comparing(Row::keys, byKeys(read.order())));
        return new Answer(
                rows.stream().map(Row::values).toList(),
                rows.stream().map(Row::keys).toList());
    }

    static int column(CheckedStatement.Read read, SortKey key) {
        if (key.expression().isEmpty()) {
            return key.projection();
        }
        return read.projections().stream()
                .map(Projection::expression)
                .toList()
                .indexOf(key.expression().get());
    }

    private Object aggregate(Expression.Aggregate aggregate, List<Map<String, Entity>> members) {
        List<Object> values = new ArrayList<>();
        for (Map<String, Entity> member : members) {
            Object value = value(aggregate.argument(), member);
            if (value != null) {
                values.add(value);
            }
        }
        return switch (aggregate.function()) {
            case COUNT -> BigInteger.valueOf(values.size());
            case SUM -> values.isEmpty() ? null : (Object) sum(values).doubleValue();
            case AVG -> values.isEmpty() ? null : (Object) (sum(values).doubleValue() / values.size());
            case MIN -> values.stream().min(PlainValues::order).orElse(null);
            case MAX -> values.stream().max(PlainValues::order).orElse(null);
        };
    }

    private static BigDecimal sum(List<Object> values) {
        return values.stream().map(value -> PlainValues.exact((Number) value)).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
