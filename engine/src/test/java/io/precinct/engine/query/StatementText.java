package io.precinct.engine.query;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A checked statement in words, for expectations. */
final class StatementText {
    private final StringBuilder out = new StringBuilder();

    private StatementText() {}

    static String of(CheckedStatement statement) {
        StatementText text = new StatementText();
        String parameters = statement.parameters().stream()
                .map(p -> "$" + p.name() + ": " + p.type().display())
                .collect(Collectors.joining(", "));
        switch (statement) {
            case CheckedStatement.Read read -> {
                text.line(0, "read " + read.name() + "(" + parameters + ")");
                text.pattern(read.pattern(), 1);
                read.projections()
                        .forEach(p -> text.line(
                                1,
                                "return " + of(p.expression()) + " as " + p.column() + ": "
                                        + p.expression().type().display()));
                read.rank().ifPresent(rank -> text.line(1, "rank " + of(rank)));
                read.order()
                        .forEach(k -> text.line(
                                1,
                                "order "
                                        + k.expression().map(StatementText::of).orElse("column " + k.projection())
                                        + (k.descending() ? " desc" : "")));
                read.limit().ifPresent(limit -> text.line(1, "limit " + limit));
            }
            case CheckedStatement.Write write -> {
                text.line(0, "write " + write.name() + "(" + parameters + ")");
                write.steps().forEach(step -> text.line(1, of(step)));
            }
        }
        TouchedTypes touched = statement.touched();
        text.line(
                1,
                "touches read " + touched.read() + " edges " + touched.edges() + " write " + touched.write() + " "
                        + touched.properties());
        return text.out.toString();
    }

    private void line(int depth, String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }

    private void pattern(Pattern pattern, int depth) {
        pattern.nodes()
                .forEach(n -> line(depth, "node " + n.name() + ": " + n.type().name()));
        pattern.steps()
                .forEach(s -> line(
                        depth,
                        "step " + s.from() + " " + s.edge().name() + " " + s.direction() + " " + s.least() + ".."
                                + s.most() + " " + s.to()
                                + s.edgeVariable().map(v -> " as " + v).orElse("")));
        pattern.filters().forEach(f -> line(depth, "filter " + of(f)));
        pattern.negations().forEach(n -> {
            line(depth, "not");
            pattern(n, depth + 1);
        });
    }

    static String of(Predicate predicate) {
        return switch (predicate) {
            case Predicate.Constant constant -> String.valueOf(constant.value());
            case Predicate.Compare compare ->
                of(compare.left()) + " " + Expressions.word(compare.operator()) + " " + of(compare.right());
            case Predicate.In in ->
                of(in.left()) + " in "
                        + in.values().stream().map(StatementText::of).toList();
            case Predicate.All all ->
                "all" + all.parts().stream().map(StatementText::of).toList();
            case Predicate.Any any ->
                "any" + any.parts().stream().map(StatementText::of).toList();
            case Predicate.Not not -> "not(" + of(not.part()) + ")";
        };
    }

    static String of(Expression expression) {
        return switch (expression) {
            case Expression.PropertyOf property ->
                property.variable() + "." + property.property().name();
            case Expression.NodeOf node -> node.variable();
            case Expression.ParameterOf parameter -> "$" + parameter.parameter().name();
            case Expression.Constant constant ->
                (constant.value() instanceof float[] vector ? Arrays.toString(vector) : constant.value()) + ":"
                        + constant.type().display();
            case Expression.Now now -> "now()";
            case Expression.TextTest test ->
                test.kind() + "(" + of(test.property()) + ", " + of(test.query()) + ", " + test.edits() + ")";
            case Expression.Score score -> of(score.rank());
            case Expression.Aggregate aggregate -> aggregate.function() + "(" + of(aggregate.argument()) + ")";
        };
    }

    private static String of(Rank rank) {
        return switch (rank) {
            case Rank.Nearest nearest -> "nearest(" + of(nearest.property()) + ", " + of(nearest.query()) + ")";
            case Rank.Bm25 bm25 -> "bm25(" + of(bm25.property()) + ", " + of(bm25.query()) + ")";
            case Rank.Rrf fusion ->
                "rrf(" + of(fusion.first()) + ", " + of(fusion.second()) + ", " + of(fusion.k()) + ")";
        };
    }

    private static String of(CheckedStatement.Step step) {
        return switch (step) {
            case CheckedStatement.InsertNode insert -> "insert " + insert.type().key() + " " + of(insert.values());
            case CheckedStatement.InsertEdge insert ->
                "insert " + insert.type().key() + " " + of(insert.from()) + " -> " + of(insert.to()) + " "
                        + of(insert.values());
            case CheckedStatement.Update update ->
                "update " + update.type().key() + " " + of(update.values()) + " where "
                        + of(update.type(), update.where());
            case CheckedStatement.Delete delete ->
                "delete " + delete.type().key() + " where " + of(delete.type(), delete.where());
        };
    }

    private static String of(EntityType type, CheckedStatement.Where where) {
        String subject = switch (where.subject()) {
            case CheckedStatement.Subject.OfProperty property ->
                type.name() + "." + property.property().name();
            case CheckedStatement.Subject.OfSource source -> "source";
            case CheckedStatement.Subject.OfDestination destination -> "destination";
        };
        return subject + " " + Expressions.word(where.operator()) + " " + of(where.value());
    }

    private static Map<String, String> of(Map<Property, Expression> values) {
        Map<String, String> sorted = new TreeMap<>();
        values.forEach((property, value) -> sorted.put(property.name(), of(value)));
        return sorted;
    }

    static String declared(DeclaredQuery query) {
        return query.name() + "("
                + query.parameters().stream()
                        .map(p -> "$" + p.name() + ": " + p.type().display())
                        .collect(Collectors.joining(", "))
                + ") " + (query.mutation() ? "mutation" : "read")
                + query.description().map(d -> " " + d).orElse("")
                + query.instruction().map(d -> " " + d).orElse("");
    }
}
