package io.precinct.engine.query;

import io.precinct.engine.query.Expression.TextTest;
import io.precinct.engine.query.Variables.Variable;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;

/** Checks text predicates and rank functions. An empty answer means that the fault was reported. */
final class SearchFunctions {
    /** Far above the length of any word, so that the edit distance stays cheap. */
    private static final long MOST_EDITS = 64;

    private final Variables variables;
    private final QueryText text;
    private final Function<GqParser.ExpressionContext, Optional<Expression>> operands;
    private final Function<GqParser.PropertyOfContext, Optional<Expression>> properties;

    SearchFunctions(
            Variables variables,
            QueryText text,
            Function<GqParser.ExpressionContext, Optional<Expression>> operands,
            Function<GqParser.PropertyOfContext, Optional<Expression>> properties) {
        this.variables = variables;
        this.text = text;
        this.operands = operands;
        this.properties = properties;
    }

    Optional<TextTest> search(GqParser.SearchContext place) {
        return tokens("search", QueryCode.SEARCH_ARGUMENT, place.expression(0), place.expression(1))
                .map(found -> new TextTest(TextTest.Kind.SEARCH, found.property(), found.query(), 0));
    }

    Optional<TextTest> matchText(GqParser.MatchTextContext place) {
        return tokens("match_text", QueryCode.TOKEN_ARGUMENT, place.expression(0), place.expression(1))
                .map(found -> new TextTest(TextTest.Kind.MATCH_TEXT, found.property(), found.query(), 0));
    }

    Optional<TextTest> fuzzy(GqParser.FuzzyContext place) {
        List<GqParser.ExpressionContext> arguments = place.expression();
        Optional<Tokens> found = tokens("fuzzy", QueryCode.SEARCH_ARGUMENT, arguments.getFirst(), arguments.get(1));
        Optional<Integer> edits = arguments.size() > 2 ? edits(arguments.get(2)) : Optional.of(TextTest.DEFAULT_EDITS);
        return found.isEmpty() || edits.isEmpty()
                ? Optional.empty()
                : Optional.of(new TextTest(
                        TextTest.Kind.FUZZY, found.get().property(), found.get().query(), edits.get()));
    }

    private Optional<Integer> edits(GqParser.ExpressionContext place) {
        if (place.literal() == null || place.literal().INT() == null) {
            text.error(
                    QueryCode.SEARCH_ARGUMENT,
                    "the edits that fuzzy() allows are written as an integer, such as 1",
                    place);
            return Optional.empty();
        }
        return text.integer(place.literal().INT().getSymbol()).map(written -> (int) Math.min(written, MOST_EDITS));
    }

    Optional<Rank> rank(GqParser.NearestContext place) {
        return nearest(place).map(r -> r);
    }

    Optional<Rank> rank(GqParser.Bm25Context place) {
        return bm25(place).map(r -> r);
    }

    Optional<Rank> rank(GqParser.RrfContext place) {
        ParserRuleContext one = (ParserRuleContext) place.getChild(2);
        ParserRuleContext other = (ParserRuleContext) place.getChild(4);
        Optional<? extends Rank.Arm> first = arm(one);
        Optional<? extends Rank.Arm> second = arm(other);
        Optional<Expression> k = place.expression() == null
                ? Optional.of(new Expression.Constant(Rank.Rrf.DEFAULT_K, PropertyType.of(Scalar.I64)))
                : constant(place.expression());
        return first.isEmpty() || second.isEmpty() || k.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rank.Rrf(first.get(), second.get(), k.get()));
    }

    private Optional<? extends Rank.Arm> arm(ParserRuleContext place) {
        return place instanceof GqParser.NearestContext nearest ? nearest(nearest) : bm25((GqParser.Bm25Context) place);
    }

    private Optional<Expression> constant(GqParser.ExpressionContext place) {
        Optional<Expression> k = operands.apply(place);
        if (k.isEmpty()) {
            return k;
        }
        boolean whole = fixed(k.get())
                && !k.get().type().list()
                && Types.whole(k.get().type().scalar());
        boolean positive = !(k.get() instanceof Expression.Constant(Long value, PropertyType ignored)) || value > 0;
        if (!whole || !positive) {
            text.error(QueryCode.FUSION, "the k of rrf() is a positive integer, a literal or a parameter", place);
            return Optional.empty();
        }
        return k;
    }

    private Optional<Rank.Nearest> nearest(GqParser.NearestContext place) {
        Optional<Expression.PropertyOf> property = property("nearest", place.propertyOf(), QueryCode.NEAREST);
        Optional<Expression> query = operands.apply(place.expression());
        if (property.isEmpty() || query.isEmpty()) {
            return Optional.empty();
        }
        PropertyType type = property.get().type();
        String name =
                property.get().owner().name() + "." + property.get().property().name();
        if (type.scalar() != Scalar.VECTOR || type.list()) {
            text.error(QueryCode.NEAREST, "nearest() needs a Vector, and " + name + " is " + type.display(), place);
            return Optional.empty();
        }
        Optional<Expression> vector = vector(query.get(), type.dimension());
        if (vector.isEmpty()) {
            text.error(
                    QueryCode.NEAREST,
                    "nearest() compares " + name + " with a Vector(" + type.dimension()
                            + ") parameter, a list of " + type.dimension()
                            + " numbers or a String, and not with " + described(query.get()),
                    place.expression());
        }
        return vector.map(v -> new Rank.Nearest(property.get(), v));
    }

    /** The query in the form in which it is searched with; a list of numbers becomes a vector. */
    private static Optional<Expression> vector(Expression query, int dimension) {
        PropertyType type = query.type();
        if (query instanceof Expression.Constant(List<?> items, PropertyType ignored)) {
            return type.scalar().numeric() && items.size() == dimension
                    ? Vectors.of(items)
                            .map(v -> new Expression.Constant(
                                    v, new PropertyType(Scalar.VECTOR, dimension, Optional.empty(), false, false)))
                    : Optional.empty();
        }
        boolean text = type.scalar() == Scalar.STRING && !type.list();
        boolean vector = type.scalar() == Scalar.VECTOR && type.dimension() == dimension;
        return fixed(query) && (text || vector) ? Optional.of(query) : Optional.empty();
    }

    private static String described(Expression query) {
        return switch (query) {
            case Expression.Constant(List<?> items, PropertyType type) ->
                type.scalar().numeric() ? items.size() + " numbers" : type.display();
            case Expression.PropertyOf property -> "a property";
            case Expression.NodeOf node -> "a node";
            case Expression.Now now -> "now()";
            case Expression.Constant constant -> constant.type().display();
            case Expression.ParameterOf parameter -> parameter.type().display();
            case Expression.TextTest test -> "a text predicate";
            case Expression.Score score -> "a score";
            case Expression.Aggregate aggregate -> "an aggregate";
        };
    }

    private Optional<Rank.Bm25> bm25(GqParser.Bm25Context place) {
        return tokens("bm25", QueryCode.TOKEN_ARGUMENT, place.expression(0), place.expression(1))
                .map(found -> new Rank.Bm25(found.property(), found.query()));
    }

    private record Tokens(Expression.PropertyOf property, Expression query) {}

    private Optional<Tokens> tokens(
            String function, QueryCode code, GqParser.ExpressionContext field, GqParser.ExpressionContext words) {
        Optional<Expression.PropertyOf> property = Optional.empty();
        if (field.propertyOf() == null) {
            text.error(code, function + "() searches a String property of a node, such as $v.name", field);
        } else {
            property = property(function, field.propertyOf(), code);
            if (property.isPresent() && !scalarText(property.get().type())) {
                text.error(
                        code,
                        function + "() searches a String, and "
                                + property.get().owner().name() + "."
                                + property.get().property().name() + " is "
                                + property.get().type().display(),
                        field);
                property = Optional.empty();
            }
        }
        Optional<Expression> query = operands.apply(words);
        if (query.isPresent() && !(fixed(query.get()) && scalarText(query.get().type()))) {
            text.error(code, function + "() searches for a String, a literal or a parameter", words);
            query = Optional.empty();
        }
        return property.isEmpty() || query.isEmpty()
                ? Optional.empty()
                : Optional.of(new Tokens(property.get(), query.get()));
    }

    /** Of a node; {@code code} is the fault of a variable that isn't bound where the language gives it one of its own. */
    private Optional<Expression.PropertyOf> property(
            String function, GqParser.PropertyOfContext place, QueryCode code) {
        String name = QueryText.name(place.VAR().getSymbol());
        Optional<Variable> variable = variables.find(name);
        if (variable.isPresent() && variable.get() instanceof Variable.OfEdge edge) {
            text.error(
                    QueryCode.EDGE_VARIABLE,
                    function + "() searches nodes, and $" + name + " is an edge of "
                            + edge.type().name(),
                    place);
            return Optional.empty();
        }
        if (code == QueryCode.NEAREST
                && variable.isPresent()
                && variable.get() instanceof Variable.OfNode node
                && node.type().property(place.lname().getText()).isEmpty()) {
            text.error(
                    code,
                    node.type().name() + " has no property '" + place.lname().getText() + "'",
                    place);
            return Optional.empty();
        }
        if (code == QueryCode.NEAREST && variable.isEmpty()) {
            text.error(code, "$" + name + " is not bound here", place);
            return Optional.empty();
        }
        return properties.apply(place).map(Expression.PropertyOf.class::cast);
    }

    /** The same for every row. */
    private static boolean fixed(Expression expression) {
        return expression instanceof Expression.Constant || expression instanceof Expression.ParameterOf;
    }

    private static boolean scalarText(PropertyType type) {
        return type.scalar() == Scalar.STRING && !type.list();
    }
}
