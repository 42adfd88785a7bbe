package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Expression.TextTest;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.search.TextAnalysis;
import io.precinct.engine.search.TextColumn;
import io.precinct.engine.search.TextIndexes;
import io.precinct.engine.search.TextQuery;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.GraphView;
import java.util.BitSet;
import java.util.Optional;

/**
 * Text predicates of one execution. A few rows are analysed as they are asked for; when many are, or when the column
 * was analysed before, the index answers for all of them. Used by one thread.
 */
final class TextMatching {
    /** Below this share of a type's rows, and at least so many, analysing one by one is cheaper than an index. */
    private static final int SHARE = 32;

    private static final int FEW = 64;

    private final GraphView view;
    private final TextIndexes indexes;
    private final Arguments arguments;
    private final Runnable check;

    /** @param check gives up by throwing; called while a column is analysed */
    TextMatching(GraphView view, TextIndexes indexes, Arguments arguments, Runnable check) {
        this.view = view;
        this.indexes = indexes;
        this.arguments = arguments;
        this.check = check;
    }

    /** @param register of the variable whose property is searched */
    Registers.Value value(TextTest test, int register) {
        Optional<String> text = text(test.query());
        if (text.isEmpty()) {
            return binding -> false;
        }
        TextQuery query = switch (test.kind()) {
            case SEARCH, MATCH_TEXT -> TextQuery.stems(text.get());
            case FUZZY -> TextQuery.words(text.get(), test.edits());
        };
        Rows rows = new Rows(test.property().owner(), test.property().property(), query);
        return binding -> rows.match(binding[register]);
    }

    /** A constant or parameter that is a text; empty for null. */
    Optional<String> text(Expression query) {
        return switch (query) {
            case Expression.Constant constant -> Optional.of((String) constant.value());
            case Expression.ParameterOf parameter ->
                arguments.value(parameter.parameter()).map(String.class::cast);
            case Expression.PropertyOf property -> throw unfixed(property);
            case Expression.NodeOf node -> throw unfixed(node);
            case Expression.Now now -> throw unfixed(now);
            case Expression.TextTest nested -> throw unfixed(nested);
            case Expression.Score score -> throw unfixed(score);
            case Expression.Aggregate aggregate -> throw unfixed(aggregate);
        };
    }

    private static IllegalArgumentException unfixed(Expression expression) {
        return new IllegalArgumentException("a search takes a constant or a parameter, not " + expression);
    }

    /** Gives up by throwing when the execution must end. */
    void check() {
        check.run();
    }

    TextColumn column(EntityType type, Property property, TextAnalysis.Form form) {
        return indexes.column(view, type.id(), property, form, check);
    }

    private final class Rows {
        private final EntityType type;
        private final Property property;
        private final TextQuery query;
        private final Column column;
        private final long patience;
        private long asked;
        private Optional<BitSet> matching;

        Rows(EntityType type, Property property, TextQuery query) {
            this.type = type;
            this.property = property;
            this.query = query;
            this.column = view.type(type.id()).column(property.id());
            this.patience = FEW + view.type(type.id()).rows() / SHARE;
            this.matching =
                    indexes.ready(view, type.id(), property, query.form()).map(ready -> ready.matching(query));
        }

        boolean match(int row) {
            if (matching.isEmpty() && asked++ >= patience) {
                matching = Optional.of(column(type, property, query.form()).matching(query));
            }
            return matching.isPresent()
                    ? matching.get().get(row)
                    : !column.isNull(row) && query.matches(column.textAt(row));
        }
    }
}
