package io.precinct.engine.write;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Predicate;
import java.util.List;
import java.util.Optional;

/** A predicate over the properties of one row, ready to run on an image of it. */
@FunctionalInterface
interface RowTest {
    RowTest ALWAYS = row -> true;
    RowTest NEVER = row -> false;

    boolean test(RowValues row);

    /** Row rules hold constants and properties only. */
    static RowTest of(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant constant -> constant.value() ? ALWAYS : NEVER;
            case Predicate.Compare compare ->
                row -> {
                    Optional<Object> left = value(compare.left(), row);
                    Optional<Object> right = value(compare.right(), row);
                    return left.isPresent()
                            && right.isPresent()
                            && Comparison.test(
                                    left.get(),
                                    compare.left().type(),
                                    compare.operator(),
                                    right.get(),
                                    compare.right().type());
                };
            case Predicate.In in ->
                row -> {
                    Optional<Object> left = value(in.left(), row);
                    return left.isPresent()
                            && in.values().stream()
                                    .anyMatch(c -> Comparison.test(
                                            left.get(), in.left().type(), Predicate.Operator.EQ, c.value(), c.type()));
                };
            case Predicate.All all -> {
                List<RowTest> parts = all.parts().stream().map(RowTest::of).toList();
                yield row -> parts.stream().allMatch(p -> p.test(row));
            }
            case Predicate.Any any -> {
                List<RowTest> parts = any.parts().stream().map(RowTest::of).toList();
                yield row -> parts.stream().anyMatch(p -> p.test(row));
            }
            case Predicate.Not not -> {
                RowTest part = of(not.part());
                yield row -> !part.test(row);
            }
        };
    }

    private static Optional<Object> value(Expression expression, RowValues row) {
        return switch (expression) {
            case Expression.PropertyOf property -> row.value(property.property().id());
            case Expression.Constant constant -> Optional.of(constant.value());
            case Expression.NodeOf node -> throw outOfPlace(node);
            case Expression.ParameterOf parameter -> throw outOfPlace(parameter);
            case Expression.Now now -> throw outOfPlace(now);
            case Expression.TextTest test -> throw outOfPlace(test);
            case Expression.Score score -> throw outOfPlace(score);
            case Expression.Aggregate aggregate -> throw outOfPlace(aggregate);
        };
    }

    /** The value of an expression that depends on no row. */
    static Optional<Object> constant(Expression expression, Arguments arguments) {
        return switch (expression) {
            case Expression.Constant constant -> Optional.of(constant.value());
            case Expression.ParameterOf parameter -> arguments.value(parameter.parameter());
            case Expression.Now now -> Optional.of(arguments.now().toEpochMilli());
            case Expression.PropertyOf property -> throw outOfPlace(property);
            case Expression.NodeOf node -> throw outOfPlace(node);
            case Expression.TextTest test -> throw outOfPlace(test);
            case Expression.Score score -> throw outOfPlace(score);
            case Expression.Aggregate aggregate -> throw outOfPlace(aggregate);
        };
    }

    private static IllegalArgumentException outOfPlace(Expression expression) {
        return new IllegalArgumentException("has no value here: " + expression);
    }
}
