package io.precinct.engine.exec;

import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.query.Rank;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Which variables an expression mentions, and how it reads to a person. */
final class Mentions {
    private Mentions() {}

    static Set<String> variables(Predicate predicate) {
        Set<String> names = new HashSet<>();
        collect(predicate, names);
        return names;
    }

    static Set<String> variables(Expression expression) {
        Set<String> names = new HashSet<>();
        collect(expression, names);
        return names;
    }

    private static void collect(Predicate predicate, Set<String> names) {
        switch (predicate) {
            case Predicate.Constant constant -> {}
            case Predicate.Compare compare -> {
                collect(compare.left(), names);
                collect(compare.right(), names);
            }
            case Predicate.In in -> collect(in.left(), names);
            case Predicate.All all -> all.parts().forEach(part -> collect(part, names));
            case Predicate.Any any -> any.parts().forEach(part -> collect(part, names));
            case Predicate.Not not -> collect(not.part(), names);
        }
    }

    private static void collect(Expression expression, Set<String> names) {
        switch (expression) {
            case Expression.PropertyOf property -> names.add(property.variable());
            case Expression.NodeOf node -> names.add(node.variable());
            case Expression.Aggregate aggregate -> collect(aggregate.argument(), names);
            case Expression.TextTest text -> {
                collect(text.property(), names);
                collect(text.query(), names);
            }
            case Expression.Score score -> collect(score.rank(), names);
            case Expression.ParameterOf parameter -> {}
            case Expression.Constant constant -> {}
            case Expression.Now now -> {}
        }
    }

    private static void collect(Rank rank, Set<String> names) {
        switch (rank) {
            case Rank.Arm arm -> {
                collect(arm.property(), names);
                collect(arm.query(), names);
            }
            case Rank.Rrf fusion -> {
                collect(fusion.first(), names);
                collect(fusion.second(), names);
            }
        }
    }

    static String text(List<Predicate> conjunction) {
        return conjunction.stream().map(Mentions::text).collect(Collectors.joining(" and "));
    }

    static String text(Pattern pattern) {
        return pattern.steps().stream()
                .map(step -> "$" + step.from() + " " + step.edge().name() + " $" + step.to())
                .collect(Collectors.joining(", ", "not { ", " }"));
    }

    static String text(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant constant -> Boolean.toString(constant.value());
            case Predicate.Compare compare ->
                text(compare.left()) + " " + word(compare.operator()) + " " + text(compare.right());
            case Predicate.In in ->
                text(in.left()) + " in "
                        + in.values().stream().map(Mentions::text).collect(Collectors.joining(", ", "(", ")"));
            case Predicate.All all ->
                all.parts().stream().map(Mentions::text).collect(Collectors.joining(" and ", "(", ")"));
            case Predicate.Any any ->
                any.parts().stream().map(Mentions::text).collect(Collectors.joining(" or ", "(", ")"));
            case Predicate.Not not -> "not " + text(not.part());
        };
    }

    static String text(Expression expression) {
        return switch (expression) {
            case Expression.PropertyOf property ->
                "$" + property.variable() + "." + property.property().name();
            case Expression.NodeOf node -> "$" + node.variable();
            case Expression.Aggregate aggregate ->
                aggregate.function().name().toLowerCase(Locale.ROOT) + "(" + text(aggregate.argument()) + ")";
            case Expression.TextTest text ->
                text.kind().name().toLowerCase(Locale.ROOT) + "(" + text(text.property()) + ", " + text(text.query())
                        + (text.kind() == Expression.TextTest.Kind.FUZZY ? ", " + text.edits() : "") + ")";
            case Expression.Score score -> text(score.rank());
            case Expression.ParameterOf parameter -> "$" + parameter.parameter().name();
            case Expression.Constant constant ->
                constant.value() instanceof String text ? "\"" + text + "\"" : String.valueOf(constant.value());
            case Expression.Now now -> "now()";
        };
    }

    static String text(Rank rank) {
        return switch (rank) {
            case Rank.Nearest nearest -> "nearest(" + text(nearest.property()) + ", " + text(nearest.query()) + ")";
            case Rank.Bm25 bm25 -> "bm25(" + text(bm25.property()) + ", " + text(bm25.query()) + ")";
            case Rank.Rrf fusion ->
                "rrf(" + text(fusion.first()) + ", " + text(fusion.second()) + ", " + text(fusion.k()) + ")";
        };
    }

    private static String word(Predicate.Operator operator) {
        return switch (operator) {
            case EQ -> "=";
            case NE -> "!=";
            case LT -> "<";
            case LTE -> "<=";
            case GT -> ">";
            case GTE -> ">=";
            case CONTAINS -> "contains";
            case STARTS_WITH -> "starts_with";
        };
    }
}
