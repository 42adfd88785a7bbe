package io.precinct.engine.exec;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.EntityType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The declarative meaning, word by word: tries every assignment. Knows I32 and String only. */
final class NaiveEvaluator {
    private final SmallGraph graph;

    NaiveEvaluator(SmallGraph graph) {
        this.graph = graph;
    }

    List<List<Object>> run(CheckedStatement.Read read) {
        List<Map<String, EntityRow>> found = new ArrayList<>();
        assign(read.pattern(), variables(read.pattern()), 0, new TreeMap<>(), found);
        List<List<Object>> rows = read.aggregates() ? aggregated(read, found) : plain(read, found);
        return read.limit().isPresent()
                ? rows.subList(0, (int) Math.min(rows.size(), read.limit().getAsLong()))
                : rows;
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
            int at,
            Map<String, EntityRow> rows,
            List<Map<String, EntityRow>> found) {
        if (at == variables.size()) {
            if (holds(pattern, rows)) {
                found.add(new TreeMap<>(rows));
            }
            return;
        }
        Variable variable = variables.get(at);
        for (EntityRow row : graph.of(variable.type())) {
            rows.put(variable.name(), row);
            assign(pattern, variables, at + 1, rows, found);
        }
        rows.remove(variable.name());
    }

    private boolean holds(Pattern pattern, Map<String, EntityRow> rows) {
        for (Pattern.Step step : pattern.steps()) {
            if (!relates(step, rows)) {
                return false;
            }
        }
        for (Predicate filter : pattern.filters()) {
            if (!test(filter, rows)) {
                return false;
            }
        }
        for (Pattern negation : pattern.negations()) {
            List<Map<String, EntityRow>> found = new ArrayList<>();
            assign(negation, variables(negation), 0, new TreeMap<>(rows), found);
            if (!found.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private boolean relates(Pattern.Step step, Map<String, EntityRow> rows) {
        String from = rows.get(step.from()).id();
        String to = rows.get(step.to()).id();
        if (step.edgeVariable().isPresent()) {
            EntityRow.Ends ends = rows.get(step.edgeVariable().get()).ends().orElseThrow();
            boolean along = ends.source().equals(from) && ends.destination().equals(to);
            boolean against = ends.source().equals(to) && ends.destination().equals(from);
            return switch (step.direction()) {
                case OUT -> along;
                case IN -> against;
                case BOTH -> along || against;
            };
        }
        boolean chains = step.edge().source().equals(step.edge().destination());
        int most = chains ? step.most() : Math.min(1, step.most());
        if (!chains) {
            return step.least() <= 1 && most >= 1 && next(step, from).contains(to);
        }
        Map<String, Integer> distances = new LinkedHashMap<>();
        distances.put(from, 0);
        Set<String> frontier = Set.of(from);
        for (int hop = 1; hop <= most; hop++) {
            Set<String> reached = new TreeSet<>();
            for (String node : frontier) {
                for (String neighbour : next(step, node)) {
                    if (distances.putIfAbsent(neighbour, hop) == null) {
                        reached.add(neighbour);
                    }
                }
            }
            frontier = reached;
        }
        Integer distance = distances.get(to);
        if (distance == null) {
            return false;
        }
        boolean discovered = distance > 0 && distance >= step.least() && distance <= most;
        boolean loop = next(step, to).contains(to) && distance + 1 >= step.least() && distance + 1 <= most;
        return discovered || loop;
    }

    private Set<String> next(Pattern.Step step, String node) {
        Set<String> next = new TreeSet<>();
        for (EntityRow edge : graph.of(step.edge())) {
            EntityRow.Ends ends = edge.ends().orElseThrow();
            if (step.direction() != Pattern.Direction.IN && ends.source().equals(node)) {
                next.add(ends.destination());
            }
            if (step.direction() != Pattern.Direction.OUT && ends.destination().equals(node)) {
                next.add(ends.source());
            }
        }
        return next;
    }

    static boolean test(Predicate predicate, Map<String, EntityRow> rows) {
        return switch (predicate) {
            case Predicate.Constant constant -> constant.value();
            case Predicate.All all -> all.parts().stream().allMatch(part -> test(part, rows));
            case Predicate.Any any -> any.parts().stream().anyMatch(part -> test(part, rows));
            case Predicate.Not not -> !test(not.part(), rows);
            case Predicate.In in -> {
                Object left = value(in.left(), rows);
                yield left != null && in.values().stream().anyMatch(one -> order(left, one.value()) == 0);
            }
            case Predicate.Compare compare -> {
                Object left = value(compare.left(), rows);
                Object right = value(compare.right(), rows);
                if (left == null || right == null) {
                    yield false;
                }
                yield switch (compare.operator()) {
                    case EQ -> order(left, right) == 0;
                    case NE -> order(left, right) != 0;
                    case LT -> order(left, right) < 0;
                    case LTE -> order(left, right) <= 0;
                    case GT -> order(left, right) > 0;
                    case GTE -> order(left, right) >= 0;
                    case CONTAINS -> ((String) left).contains((String) right);
                    case STARTS_WITH -> ((String) left).startsWith((String) right);
                };
            }
        };
    }

    private static int order(Object left, Object right) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? -1 : 1;
        }
        return left instanceof String text
                ? text.compareTo((String) right)
                : Double.compare(((Number) left).doubleValue(), ((Number) right).doubleValue());
    }

    private static Object value(Expression expression, Map<String, EntityRow> rows) {
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.NodeOf node -> rows.get(node.variable()).id();
            case Expression.PropertyOf property ->
                rows.get(property.variable())
                        .value(property.owner().properties().indexOf(property.property()))
                        .orElse(null);
            case Expression.ParameterOf parameter -> throw new IllegalArgumentException("no parameters here");
            case Expression.TextTest test -> throw new IllegalArgumentException("no search here");
            case Expression.Score score -> throw new IllegalArgumentException("no ranks here");
            case Expression.Now now -> throw new IllegalArgumentException("no time here");
            case Expression.Aggregate aggregate -> throw new IllegalArgumentException("an aggregate is no value");
        };
    }

    private static List<List<Object>> plain(CheckedStatement.Read read, List<Map<String, EntityRow>> found) {
        if (!read.order().isEmpty()) {
            found.sort((a, b) -> {
                for (CheckedStatement.SortKey key : read.order()) {
                    Expression by = key.expression()
                            .orElseGet(() ->
                                    read.projections().get(key.projection()).expression());
                    int order = order(value(by, a), value(by, b));
                    if (order != 0) {
                        return key.descending() ? -order : order;
                    }
                }
                for (String name : a.keySet()) {
                    int order = a.get(name).id().compareTo(b.get(name).id());
                    if (order != 0) {
                        return order;
                    }
                }
                return 0;
            });
        }
        List<List<Object>> rows = new ArrayList<>();
        for (Map<String, EntityRow> one : found) {
            List<Object> row = new ArrayList<>();
            read.projections().forEach(projection -> row.add(value(projection.expression(), one)));
            rows.add(row);
        }
        return rows;
    }

    private static List<List<Object>> aggregated(CheckedStatement.Read read, List<Map<String, EntityRow>> found) {
        Map<List<Object>, List<Map<String, EntityRow>>> groups = new LinkedHashMap<>();
        boolean keys = false;
        for (CheckedStatement.Projection projection : read.projections()) {
            keys |= !(projection.expression() instanceof Expression.Aggregate);
        }
        if (!keys) {
            groups.put(List.of(), new ArrayList<>());
        }
        for (Map<String, EntityRow> one : found) {
            List<Object> key = new ArrayList<>();
            for (CheckedStatement.Projection projection : read.projections()) {
                if (!(projection.expression() instanceof Expression.Aggregate)) {
                    key.add(value(projection.expression(), one));
                }
            }
            groups.computeIfAbsent(key, none -> new ArrayList<>()).add(one);
        }
        List<List<Object>> rows = new ArrayList<>();
        groups.forEach((key, members) -> {
            List<Object> row = new ArrayList<>();
            int next = 0;
            for (CheckedStatement.Projection projection : read.projections()) {
                row.add(
                        projection.expression() instanceof Expression.Aggregate aggregate
                                ? aggregate(aggregate, members)
                                : key.get(next++));
            }
            rows.add(row);
        });
        return rows;
    }

    private static Object aggregate(Expression.Aggregate aggregate, List<Map<String, EntityRow>> members) {
        List<Object> values = new ArrayList<>();
        for (Map<String, EntityRow> member : members) {
            Optional.ofNullable(value(aggregate.argument(), member)).ifPresent(values::add);
        }
        return switch (aggregate.function()) {
            case COUNT -> (long) values.size();
            case SUM -> values.isEmpty() ? null : sum(values);
            case AVG -> values.isEmpty() ? null : sum(values) / values.size();
            case MIN -> values.stream().min(NaiveEvaluator::order).orElse(null);
            case MAX -> values.stream().max(NaiveEvaluator::order).orElse(null);
        };
    }

    private static double sum(List<Object> values) {
        return values.stream().mapToDouble(v -> ((Number) v).doubleValue()).sum();
    }

    /** The graph that a caller with these rules sees: edges need both ends. */
    static SmallGraph visible(SmallGraph graph, Map<EntityType, Predicate> rules) {
        SmallGraph visible = new SmallGraph();
        for (EntityType type : SmallGraph.TYPES) {
            for (EntityRow row : graph.of(type)) {
                Map<String, EntityRow> binding = new HashMap<>();
                binding.put("row", row);
                boolean ends = row.ends().isEmpty()
                        || visible.rows
                                        .get(((EntityType.Edge) type).source())
                                        .containsKey(row.ends().get().source())
                                && visible.rows
                                        .get(((EntityType.Edge) type).destination())
                                        .containsKey(row.ends().get().destination());
                if (ends && test(rules.get(type), binding)) {
                    visible.put(type, row);
                }
            }
        }
        return visible;
    }

    static Comparator<List<Object>> byContent() {
        return Comparator.comparing(Object::toString);
    }
}
