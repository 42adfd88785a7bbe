package io.precinct.engine.query;

import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.query.Variables.Variable;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Checks expressions over the variables of one block. An empty answer means that the fault was reported. */
final class Expressions {
    private final Values values;
    private final Variables variables;
    private final Touching touching;
    private final QueryText text;
    private final SearchFunctions functions;

    Expressions(Values values, Variables variables, Touching touching) {
        this.values = values;
        this.variables = variables;
        this.touching = touching;
        this.text = values.text();
        this.functions = new SearchFunctions(variables, text, this::read, this::property);
    }

    /** Everything but aggregates and aliases, which only some places know. */
    Optional<Expression> read(GqParser.ExpressionContext expression) {
        if (expression.now() != null) {
            return Optional.of(new Expression.Now());
        }
        if (expression.propertyOf() != null) {
            return property(expression.propertyOf());
        }
        if (expression.VAR() != null) {
            return variable(expression.VAR().getSymbol());
        }
        if (expression.literal() != null) {
            return Literals.read(expression.literal(), text).map(c -> c);
        }
        if (expression.lname() != null) {
            text.error(
                    QueryCode.ALIAS,
                    "'" + expression.getText() + "' would be an alias, and only order { } can use one; a variable is $"
                            + expression.getText(),
                    expression);
            return Optional.empty();
        }
        if (expression.aggregate() != null) {
            text.error(
                    QueryCode.FUNCTION,
                    expression.aggregate().getStart().getText() + "() can't stand here; only return { } aggregates",
                    expression);
            return Optional.empty();
        }
        return textTest(expression).map(test -> test.map(t -> (Expression) t)).orElseGet(() -> {
            text.error(
                    QueryCode.FUNCTION,
                    expression.getStart().getText() + "() ranks rows in order { } and shows a score in return { };"
                            + " it can't stand here",
                    expression);
            return Optional.empty();
        });
    }

    /** Empty when this is no text predicate; holds nothing when it is a faulty one. */
    private Optional<Optional<Expression.TextTest>> textTest(GqParser.ExpressionContext expression) {
        return Stream.of(expression.search(), expression.fuzzy(), expression.matchText())
                .filter(Objects::nonNull)
                .findFirst()
                .map(this::textTest);
    }

    private Optional<Expression.TextTest> textTest(ParserRuleContext place) {
        return switch (place) {
            case GqParser.SearchContext search -> functions.search(search);
            case GqParser.FuzzyContext fuzzy -> functions.fuzzy(fuzzy);
            case GqParser.MatchTextContext match -> functions.matchText(match);
            default -> throw new IllegalStateException("no text predicate: " + place.getText());
        };
    }

    /** A text predicate as a clause. */
    Optional<Predicate> holds(GqParser.TextClauseContext clause) {
        return textTest((ParserRuleContext) clause.getChild(0))
                .map(test -> new Predicate.Compare(
                        test, Operator.EQ, new Expression.Constant(true, PropertyType.of(Scalar.BOOL))));
    }

    static boolean ranks(GqParser.ExpressionContext expression) {
        return expression.nearest() != null || expression.bm25() != null || expression.rrf() != null;
    }

    /** The rank function that an expression is. */
    Optional<Rank> rank(GqParser.ExpressionContext expression) {
        return expression.nearest() != null
                ? functions.rank(expression.nearest())
                : expression.bm25() != null ? functions.rank(expression.bm25()) : functions.rank(expression.rrf());
    }

    Optional<Rank> rank(GqParser.NearestContext nearest) {
        return functions.rank(nearest);
    }

    Optional<Expression> property(GqParser.PropertyOfContext place) {
        String name = QueryText.name(place.VAR().getSymbol());
        Optional<Variable> variable = variables.find(name);
        if (variable.isEmpty()) {
            text.error(QueryCode.PROPERTY, "$" + name + " is not bound here", place);
            return Optional.empty();
        }
        EntityType owner;
        switch (variable.get()) {
            case Variable.Unknown unknown -> {
                return Optional.empty();
            }
            case Variable.OfNode node -> owner = node.type();
            case Variable.OfEdge edge -> owner = edge.type();
        }
        Optional<Property> property = owner.property(place.lname().getText());
        if (property.isEmpty()) {
            text.error(
                    QueryCode.PROPERTY,
                    owner.name() + " has no property '" + place.lname().getText() + "'",
                    place);
        }
        return property.map(p -> {
            touching.names(owner, p);
            return new Expression.PropertyOf(name, owner, p);
        });
    }

    /** A bare variable: a parameter hides a binding of the same name. */
    private Optional<Expression> variable(Token token) {
        String name = QueryText.name(token);
        Optional<Parameter> parameter = values.parameter(name);
        if (parameter.isPresent()) {
            return Optional.of(new Expression.ParameterOf(parameter.get()));
        }
        Optional<Variable> variable = variables.find(name);
        if (variable.isEmpty()) {
            text.error(QueryCode.UNKNOWN_VARIABLE, "$" + name + " is neither a parameter nor bound here", token);
            return Optional.empty();
        }
        return switch (variable.get()) {
            case Variable.Unknown unknown -> Optional.empty();
            case Variable.OfNode node -> Optional.of(new Expression.NodeOf(name, node.type()));
            case Variable.OfEdge edge -> {
                text.error(
                        QueryCode.EDGE_VARIABLE,
                        "$" + name + " is an edge of " + edge.type().name() + "; name one of its properties",
                        token);
                yield Optional.empty();
            }
        };
    }

    Optional<Predicate> filter(GqParser.FilterContext filter) {
        GqParser.ExpressionContext left = filter.expression(0);
        GqParser.ExpressionContext right = filter.expression(1);
        boolean searching = textPredicate(left) || textPredicate(right);
        Optional<Expression> first = operand(left, searching);
        Optional<Expression> second = operand(right, searching);
        if (first.isEmpty() || second.isEmpty()) {
            return Optional.empty();
        }
        return compare(first.get(), operator(filter.operator().getStart()), second.get(), filter);
    }

    private static boolean textPredicate(GqParser.ExpressionContext expression) {
        return expression.search() != null || expression.fuzzy() != null || expression.matchText() != null;
    }

    private Optional<Expression> operand(GqParser.ExpressionContext expression, boolean searching) {
        if (ranks(expression)) {
            text.error(
                    QueryCode.FUNCTION,
                    expression.getStart().getText() + "() ranks rows in order { }; it can't be compared",
                    expression);
            return Optional.empty();
        }
        Optional<Expression> read = read(expression);
        if (searching && read.isPresent() && read.get().type().scalar() != Scalar.BOOL) {
            text.error(QueryCode.FUNCTION, "a text predicate compares with a Bool only", expression);
            return Optional.empty();
        }
        return scalar(read, expression);
    }

    private Optional<Expression> scalar(Optional<Expression> read, ParserRuleContext place) {
        if (read.isPresent() && read.get() instanceof Expression.NodeOf node) {
            text.error(
                    QueryCode.OPERANDS,
                    "$" + node.variable() + " is a node and can't be compared; name one of its properties",
                    place);
            return Optional.empty();
        }
        return read;
    }

    /** {@code $q contains $m} where no edge has that name. */
    Optional<Predicate> comparison(GqParser.TraversalContext traversal) {
        Optional<Expression> left = variable(traversal.from).flatMap(e -> scalar(Optional.of(e), traversal));
        Optional<Expression> right = variable(traversal.to).flatMap(e -> scalar(Optional.of(e), traversal));
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        Operator operator = traversal.edgeWord().CONTAINS() != null ? Operator.CONTAINS : Operator.STARTS_WITH;
        return compare(left.get(), operator, right.get(), traversal);
    }

    private Optional<Predicate> compare(Expression left, Operator operator, Expression right, ParserRuleContext place) {
        PropertyType one = left.type();
        PropertyType other = right.type();
        if (one.scalar() == Scalar.VECTOR || other.scalar() == Scalar.VECTOR) {
            text.error(QueryCode.OPERANDS, "vectors can't be compared; order by nearest() to rank them", place);
            return Optional.empty();
        }
        if (one.scalar() == Scalar.BLOB || other.scalar() == Scalar.BLOB) {
            text.error(QueryCode.OPERANDS, "the contents of Blobs can't be compared", place);
            return Optional.empty();
        }
        boolean fits = switch (operator) {
            case EQ, NE, LT, LTE, GT, GTE -> !one.list() && !other.list() && Types.compatible(one, other);
            case CONTAINS ->
                one.list() ? !other.list() && Types.compatible(one.element(), other) : text(one) && text(other);
            case STARTS_WITH -> text(one) && text(other);
        };
        if (!fits) {
            text.error(
                    QueryCode.OPERANDS,
                    shown(left) + " and " + shown(right) + " can't be compared by " + word(operator),
                    place);
            return Optional.empty();
        }
        return Optional.of(new Predicate.Compare(left, operator, right));
    }

    private static boolean text(PropertyType type) {
        return type.scalar() == Scalar.STRING && !type.list();
    }

    private static String shown(Expression expression) {
        return expression instanceof Expression.Now
                ? "now()"
                : expression.type().display();
    }

    static String word(Operator operator) {
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

    static Operator operator(Token token) {
        return switch (token.getType()) {
            case GqParser.EQ -> Operator.EQ;
            case GqParser.NE -> Operator.NE;
            case GqParser.LT -> Operator.LT;
            case GqParser.LTE -> Operator.LTE;
            case GqParser.GT -> Operator.GT;
            case GqParser.GTE -> Operator.GTE;
            case GqParser.CONTAINS -> Operator.CONTAINS;
            case GqParser.STARTS_WITH -> Operator.STARTS_WITH;
            default -> throw new IllegalStateException("no operator: " + token.getText());
        };
    }
}
