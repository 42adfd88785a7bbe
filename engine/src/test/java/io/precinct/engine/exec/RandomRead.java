package io.precinct.engine.exec;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.CheckedStatement.SortKey;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Random checked reads over the types of {@link SmallGraph}. */
final class RandomRead {
    private static final Predicate.Operator[] ORDERED = {
        Predicate.Operator.EQ,
        Predicate.Operator.NE,
        Predicate.Operator.LT,
        Predicate.Operator.LTE,
        Predicate.Operator.GT,
        Predicate.Operator.GTE
    };

    private final Random random;
    private int names;

    RandomRead(Random random) {
        this.random = random;
    }

    private record Bound(String name, EntityType type) {}

    CheckedStatement.Read read() {
        List<Bound> bound = new ArrayList<>();
        Pattern pattern = pattern(List.of(), bound, 0);
        boolean aggregates = random.nextInt(4) == 0;
        List<Projection> projections = aggregates ? aggregates(bound) : plain(bound);
        List<SortKey> order = new ArrayList<>();
        if (!aggregates && random.nextBoolean()) {
            for (int i = random.nextInt(2); i >= 0; i--) {
                order.add(
                        random.nextBoolean()
                                ? new SortKey(Optional.of(n(any(bound))), -1, random.nextBoolean())
                                : new SortKey(
                                        Optional.empty(), random.nextInt(projections.size()), random.nextBoolean()));
            }
        }
        OptionalLong limit =
                !order.isEmpty() && random.nextBoolean() ? OptionalLong.of(random.nextInt(5)) : OptionalLong.empty();
        return read(pattern, projections, order, limit);
    }

    static CheckedStatement.Read read(
            Pattern pattern, List<Projection> projections, List<SortKey> order, OptionalLong limit) {
        return new CheckedStatement.Read(
                "q",
                List.of(),
                pattern,
                projections,
                order,
                limit,
                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                SmallGraph.SCHEMA.hash());
    }

    private Bound any(List<Bound> bound) {
        return bound.get(random.nextInt(bound.size()));
    }

    private static Expression n(Bound bound) {
        return new Expression.PropertyOf(bound.name(), bound.type(), SmallGraph.n(bound.type()));
    }

    private static Expression constant(int value) {
        return new Expression.Constant((long) value, PropertyType.of(Scalar.I64));
    }

    private Pattern pattern(List<Bound> outer, List<Bound> bound, int depth) {
        List<Pattern.NodeVariable> nodes = new ArrayList<>();
        List<Bound> scope = new ArrayList<>(outer);
        for (int i = depth == 0 ? 1 + random.nextInt(3) : random.nextInt(2); i > 0; i--) {
            EntityType.Node type = random.nextInt(3) == 0 ? SmallGraph.PLACE : SmallGraph.PERSON;
            Bound variable = new Bound("v" + names++, type);
            nodes.add(new Pattern.NodeVariable(variable.name(), type));
            scope.add(variable);
            bound.add(variable);
        }
        List<Pattern.Step> steps = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            step(scope, bound).ifPresent(steps::add);
        }
        List<Bound> all = new ArrayList<>(outer);
        all.addAll(bound);
        List<Predicate> filters = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            filters.add(filter(all));
        }
        List<Pattern> negations = new ArrayList<>();
        if (depth < 2 && random.nextInt(3) == 0) {
            negations.add(pattern(all, new ArrayList<>(), depth + 1));
        }
        return new Pattern(nodes, steps, filters, negations);
    }

    private Optional<Pattern.Step> step(List<Bound> scope, List<Bound> bound) {
        List<Bound> ends = scope.stream()
                .filter(one -> one.type() instanceof EntityType.Node)
                .toList();
        Bound from = any(ends);
        Bound to = any(ends);
        boolean fromPerson = from.type().equals(SmallGraph.PERSON);
        boolean toPerson = to.type().equals(SmallGraph.PERSON);
        if (!fromPerson && !toPerson) {
            return Optional.empty();
        }
        EntityType.Edge edge = fromPerson && toPerson ? SmallGraph.KNOWS : SmallGraph.VISITS;
        Pattern.Direction direction = fromPerson && toPerson
                ? Pattern.Direction.values()[random.nextInt(3)]
                : fromPerson ? Pattern.Direction.OUT : Pattern.Direction.IN;
        if (random.nextInt(4) == 0) {
            Bound variable = new Bound("e" + names++, edge);
            bound.add(variable);
            return Optional.of(
                    new Pattern.Step(from.name(), to.name(), edge, direction, 1, 1, Optional.of(variable.name())));
        }
        int least = 1 + random.nextInt(3);
        return Optional.of(new Pattern.Step(
                from.name(), to.name(), edge, direction, least, least + random.nextInt(3), Optional.empty()));
    }

    private Predicate filter(List<Bound> all) {
        Bound left = any(all);
        Predicate.Operator operator = ORDERED[random.nextInt(ORDERED.length)];
        if (left.type() instanceof EntityType.Node node && random.nextInt(4) == 0) {
            return new Predicate.Compare(
                    new Expression.PropertyOf(
                            left.name(), node, node.property("key").orElseThrow()),
                    random.nextBoolean() ? Predicate.Operator.EQ : operator,
                    new Expression.Constant("p" + random.nextInt(4), PropertyType.of(Scalar.STRING)));
        }
        return new Predicate.Compare(
                n(left), operator, random.nextInt(3) == 0 ? n(any(all)) : constant(random.nextInt(4)));
    }

    private List<Projection> plain(List<Bound> bound) {
        List<Projection> projections = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Bound one = any(bound);
            projections.add(new Projection(
                    "c" + i,
                    one.type() instanceof EntityType.Node node && random.nextBoolean()
                            ? new Expression.NodeOf(one.name(), node)
                            : n(one)));
        }
        return projections;
    }

    private List<Projection> aggregates(List<Bound> bound) {
        List<Projection> projections = new ArrayList<>();
        for (int i = random.nextInt(2); i > 0; i--) {
            projections.add(new Projection("k" + i, n(any(bound))));
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            Expression.Aggregate.Function function = Expression.Aggregate.Function.values()[random.nextInt(5)];
            Scalar scalar = switch (function) {
                case COUNT -> Scalar.I64;
                case SUM, AVG -> Scalar.F64;
                case MIN, MAX -> Scalar.I32;
            };
            projections.add(new Projection(
                    "a" + i,
                    new Expression.Aggregate(
                            function, n(any(bound)), PropertyType.of(scalar).asNullable())));
        }
        return projections;
    }

    /** A rule over {@code row} of the type. */
    Predicate rule(EntityType type) {
        Expression n = n(new Bound(BoundAccess.ROW, type));
        return switch (random.nextInt(5)) {
            case 0 -> new Predicate.Constant(true);
            case 1 -> new Predicate.Compare(n, ORDERED[random.nextInt(6)], constant(random.nextInt(4)));
            case 2 ->
                new Predicate.Not(new Predicate.Compare(n, ORDERED[random.nextInt(6)], constant(random.nextInt(4))));
            case 3 ->
                new Predicate.In(n, List.of((Expression.Constant) constant(random.nextInt(4)), (Expression.Constant)
                        constant(0)));
            default ->
                new Predicate.Any(List.of(
                        new Predicate.Compare(n, Predicate.Operator.GT, constant(1)),
                        new Predicate.Not(new Predicate.Compare(n, Predicate.Operator.GTE, constant(0)))));
        };
    }
}
