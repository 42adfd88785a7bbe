package io.precinct.engine.query;

import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.CheckedStatement.SortKey;
import io.precinct.engine.query.Expression.Aggregate.Function;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;

/** Checks one read query. */
final class ReadChecker {
    private final Schema schema;
    private final Values values;
    private final QueryText text;
    private final Touching touching;
    private final Variables variables = Variables.outermost();
    private final Expressions expressions;

    private final List<Projection> projections = new ArrayList<>();
    private final Map<String, Integer> aliases = new HashMap<>();
    private final Map<String, Integer> unnamed = new HashMap<>();
    private final Set<String> columns = new HashSet<>();
    /** Aliases of projections that were reported. */
    private final Set<String> faulty = new HashSet<>();

    private Optional<Rank> rank = Optional.empty();
    /** Some alias-reference orders. */
    private boolean byAlias;

    ReadChecker(Schema schema, Values values) {
        this.schema = schema;
        this.values = values;
        this.text = values.text();
        this.touching = new Touching(schema);
        this.expressions = new Expressions(values, variables, touching);
    }

    CheckedStatement.Read check(String name, GqParser.ReadBodyContext body) {
        Pattern pattern = new MatchChecker(schema, values, touching, variables)
                .check(body.matchBlock().clause());
        List<GqParser.ProjectionContext> returned = body.returnBlock().projection();
        boolean aggregates = returned.stream().anyMatch(p -> p.expression().aggregate() != null);
        returned.forEach(projection -> project(projection, aggregates));
        List<SortKey> order = new ArrayList<>();
        OptionalLong limit = limit(body.limitClause());
        if (body.orderBlock() != null) {
            List<GqParser.SortContext> keys = body.orderBlock().sort();
            for (GqParser.SortContext sort : keys) {
                sort(sort, sort == keys.getFirst(), aggregates).ifPresent(order::add);
            }
            ranked(body.orderBlock(), body.limitClause() != null);
        }
        return new CheckedStatement.Read(
                name, values.declared(), pattern, projections, rank, order, limit, touching.done(), schema.hash());
    }

    /** What a rank asks of the rest of the query. */
    private void ranked(GqParser.OrderBlockContext order, boolean limited) {
        if (rank.isEmpty()) {
            return;
        }
        if (rank.get() instanceof Rank.Nearest && !limited) {
            text.error(QueryCode.NEAREST_WITHOUT_LIMIT, "nearest() orders every row there is; add a limit", order);
        }
        if (rank.get() instanceof Rank.Nearest && byAlias) {
            text.error(
                    QueryCode.NEAREST_AND_ALIAS,
                    "order by nearest() itself and by properties, not by aliases beside it or of it",
                    order);
        }
        if (rank.get() instanceof Rank.Rrf && !limited) {
            text.error(QueryCode.FUSION, "rrf() fuses every row there is; add a limit", order);
        }
    }

    private OptionalLong limit(GqParser.LimitClauseContext clause) {
        if (clause == null) {
            return OptionalLong.empty();
        }
        // The language allows 64 unsigned bits; no result has more rows than 63 can count.
        BigInteger written = clause.INT().getText().length() > 100
                ? BigInteger.TWO.pow(64)
                : new BigInteger(clause.INT().getText());
        if (written.bitLength() > 64) {
            text.error(QueryCode.SYNTAX, "invalid integer: a limit is below 2^64", clause);
            return OptionalLong.empty();
        }
        return OptionalLong.of(written.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue());
    }

    private void project(GqParser.ProjectionContext written, boolean aggregates) {
        GqParser.ExpressionContext expression = written.expression();
        Optional<Expression> read = expression.aggregate() != null
                ? aggregate(expression.aggregate())
                : Expressions.ranks(expression)
                        ? expressions.rank(expression).map(Expression.Score::new)
                        : expressions.read(expression);
        if (read.isEmpty()) {
            if (written.lname() != null) {
                faulty.add(written.lname().getText());
            }
            return;
        }
        Expression value = read.get();
        if (isBlob(value, expression)) {
            return;
        }
        boolean key = switch (value) {
            case Expression.Aggregate aggregate -> true;
            case Expression.PropertyOf property -> true;
            case Expression.NodeOf node -> true;
            case Expression.TextTest test -> false;
            case Expression.Score score -> false;
            case Expression.ParameterOf parameter -> false;
            case Expression.Constant constant -> false;
            case Expression.Now now -> false;
        };
        if (aggregates && !key) {
            text.error(
                    QueryCode.NEGATION_OR_GROUPING,
                    "beside an aggregate only $v and $v.p can be returned; they are the grouping key",
                    expression);
        }
        String column = written.lname() != null ? written.lname().getText() : column(value);
        if (!columns.add(column)) {
            text.error(
                    QueryCode.DUPLICATE_COLUMN,
                    "two columns are named '" + column + "'; rename one with 'as'",
                    written);
        }
        (written.lname() != null ? aliases : unnamed).putIfAbsent(column, projections.size());
        projections.add(new Projection(column, value));
    }

    /** Reported when it is. */
    private boolean isBlob(Expression value, ParserRuleContext place) {
        boolean blob = value.type().scalar() == Scalar.BLOB;
        if (blob) {
            text.error(
                    QueryCode.BLOB_VALUE,
                    "a Blob is no value of a query; read its content with GET blob?entity=…&type=…&id=…&property=…",
                    place);
        }
        return blob;
    }

    private static String column(Expression value) {
        return switch (value) {
            case Expression.PropertyOf property ->
                property.variable() + "." + property.property().name();
            case Expression.NodeOf node -> node.variable();
            case Expression.TextTest test -> test.kind().name().toLowerCase(Locale.ROOT);
            case Expression.Score score ->
                switch (score.rank()) {
                    case Rank.Nearest nearest -> "nearest";
                    case Rank.Bm25 bm25 -> "bm25";
                    case Rank.Rrf fusion -> "rrf";
                };
            case Expression.ParameterOf parameter -> parameter.parameter().name();
            case Expression.Constant constant -> "literal";
            case Expression.Now now -> "now";
            case Expression.Aggregate aggregate -> column(aggregate.argument());
        };
    }

    private Optional<Expression> aggregate(GqParser.AggregateContext written) {
        GqParser.ExpressionContext argument = written.expression();
        if (argument.aggregate() != null) {
            text.error(QueryCode.FUNCTION, "an aggregate can't hold another aggregate", argument);
            return Optional.empty();
        }
        Optional<Expression> read = expressions.read(argument);
        if (read.isEmpty()) {
            return read;
        }
        if (isBlob(read.get(), argument)) {
            return Optional.empty();
        }
        Function function = switch (written.getStart().getType()) {
            case GqParser.COUNT -> Function.COUNT;
            case GqParser.SUM -> Function.SUM;
            case GqParser.AVG -> Function.AVG;
            case GqParser.MIN -> Function.MIN;
            case GqParser.MAX -> Function.MAX;
            default -> throw new IllegalStateException("no aggregate: " + written.getText());
        };
        Expression value = read.get();
        PropertyType type = value.type();
        boolean node = value instanceof Expression.NodeOf;
        boolean number = type.scalar().numeric() && !type.list();
        boolean fits = switch (function) {
            case COUNT -> true;
            case SUM, AVG -> number;
            case MIN, MAX -> !node && (number || (type.scalar() == Scalar.STRING && !type.list()));
        };
        if (!fits) {
            text.error(
                    QueryCode.AGGREGATE,
                    written.getStart().getText() + "() needs "
                            + (function == Function.SUM || function == Function.AVG ? "a number" : "a number or String")
                            + ", and this is " + (node ? "a node" : type.display()),
                    written);
            return Optional.empty();
        }
        PropertyType result = switch (function) {
            case COUNT -> PropertyType.of(Scalar.I64);
            case SUM, AVG -> PropertyType.of(Scalar.F64).asNullable();
            case MIN, MAX -> type.asNullable();
        };
        return Optional.of(new Expression.Aggregate(function, value, result));
    }

    private Optional<SortKey> sort(GqParser.SortContext sort, boolean first, boolean aggregates) {
        if (sort.nearest() != null) {
            ranking(expressions.rank(sort.nearest()), first, aggregates, sort);
            return Optional.empty();
        }
        GqParser.ExpressionContext expression = sort.expression();
        boolean descending = sort.DESC() != null;
        // "true" and "false" are literals to the grammar and may be aliases here.
        Optional<String> alias = expression.lname() != null
                        || (expression.literal() != null
                                && (expression.literal().TRUE() != null
                                        || expression.literal().FALSE() != null))
                ? Optional.of(expression.getText())
                : Optional.empty();
        if (alias.isPresent()) {
            byAlias = true;
            if (faulty.contains(alias.get())) {
                return Optional.empty();
            }
            Integer column = aliases.get(alias.get());
            if (column != null && projections.get(column).expression() instanceof Expression.Score score) {
                ranking(Optional.of(score.rank()), first, aggregates, sort);
                return Optional.empty();
            }
            return column(
                    aliases.get(alias.get()), descending, "no projection has the alias '" + alias.get() + "'", sort);
        }
        if (expression.aggregate() != null) {
            return aggregate(expression.aggregate())
                    .flatMap(wanted -> column(
                            indexOf(wanted),
                            descending,
                            "order by an aggregate only when it is returned as well",
                            sort));
        }
        if (expression.propertyOf() != null) {
            Optional<Expression> property = expressions.property(expression.propertyOf());
            if (property.isEmpty()) {
                return Optional.empty();
            }
            if (aggregates) {
                return column(
                        unnamed.get(column(property.get())),
                        descending,
                        "an aggregate query orders by its columns; return " + expression.getText() + " as well",
                        sort);
            }
            return sortable(property.get().type(), sort)
                    ? Optional.of(new SortKey(property, -1, descending))
                    : Optional.empty();
        }
        if (Expressions.ranks(expression)) {
            if (expression.nearest() != null) {
                text.error(QueryCode.ORDERING, "nearest() orders by ascending distance and takes no direction", sort);
            }
            ranking(expressions.rank(expression), first, aggregates, sort);
            return Optional.empty();
        }
        text.error(QueryCode.ORDERING, "order by a property $v.p or by an alias, not by this", expression);
        return Optional.empty();
    }

    private void ranking(Optional<Rank> read, boolean first, boolean aggregates, GqParser.SortContext place) {
        if (!first) {
            text.error(
                    QueryCode.RANK_POSITION,
                    "a rank function comes first in order { }; the keys behind it break ties",
                    place);
        } else if (aggregates) {
            text.error(QueryCode.ORDERING, "an aggregate query orders by its columns and can't rank", place);
        } else {
            rank = read;
        }
    }

    private Integer indexOf(Expression wanted) {
        for (int i = 0; i < projections.size(); i++) {
            if (projections.get(i).expression().equals(wanted)) {
                return i;
            }
        }
        return null;
    }

    private Optional<SortKey> column(Integer index, boolean descending, String missing, ParserRuleContext place) {
        if (index == null) {
            text.error(QueryCode.ALIAS, missing, place);
            return Optional.empty();
        }
        return sortable(projections.get(index).expression().type(), place)
                ? Optional.of(new SortKey(Optional.empty(), index, descending))
                : Optional.empty();
    }

    private boolean sortable(PropertyType type, ParserRuleContext place) {
        boolean sortable = !type.list() && type.scalar() != Scalar.VECTOR && type.scalar() != Scalar.BLOB;
        if (!sortable) {
            text.error(QueryCode.ORDERING, type.display() + " has no order", place);
        }
        return sortable;
    }
}
