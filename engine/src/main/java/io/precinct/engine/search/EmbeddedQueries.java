package io.precinct.engine.search;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.QueryCode;
import io.precinct.engine.query.Rank;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.Scalar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts vectors in the place of the texts that a read ranks by. A read that ranks by none never asks a provider. */
public final class EmbeddedQueries {
    private final Arguments arguments;
    private final Embeddings embeddings;
    private final Map<Wanted, float[]> made = new HashMap<>();

    private record Wanted(PropertyId property, String text) {}

    private EmbeddedQueries(Arguments arguments, Embeddings embeddings) {
        this.arguments = arguments;
        this.embeddings = embeddings;
    }

    /**
     * The plan with every text of {@code nearest} embedded; a text that is null stays.
     *
     * @throws EngineException {@code EmbeddingFailed}; {@code Invalid} for a blank text
     */
    public static LogicalPlan resolve(LogicalPlan plan, Arguments arguments, Embeddings embeddings) {
        EmbeddedQueries queries = new EmbeddedQueries(arguments, embeddings);
        CheckedStatement.Read read = plan.statement();
        List<Projection> projections =
                read.projections().stream().map(queries::projection).toList();
        Optional<Rank> rank = read.rank().map(queries::rank);
        if (queries.made.isEmpty()) {
            return plan;
        }
        return new LogicalPlan(
                new CheckedStatement.Read(
                        read.name(),
                        read.parameters(),
                        read.pattern(),
                        projections,
                        rank,
                        read.order(),
                        read.limit(),
                        read.touched(),
                        read.schemaHash()),
                plan.access());
    }

    private Projection projection(Projection projection) {
        return projection.expression() instanceof Expression.Score score
                ? new Projection(projection.column(), new Expression.Score(rank(score.rank())))
                : projection;
    }

    private Rank rank(Rank rank) {
        return switch (rank) {
            case Rank.Arm arm -> arm(arm);
            case Rank.Rrf fusion -> new Rank.Rrf(arm(fusion.first()), arm(fusion.second()), fusion.k());
        };
    }

    private Rank.Arm arm(Rank.Arm arm) {
        return switch (arm) {
            case Rank.Bm25 bm25 -> bm25;
            case Rank.Nearest nearest ->
                nearest.query().type().scalar() == Scalar.VECTOR
                        ? nearest
                        : text(nearest.query())
                                .<Rank.Arm>map(text -> new Rank.Nearest(nearest.property(), vector(nearest, text)))
                                .orElse(nearest);
        };
    }

    private Optional<String> text(Expression query) {
        return query instanceof Expression.ParameterOf parameter
                ? arguments.value(parameter.parameter()).map(String.class::cast)
                : query instanceof Expression.Constant constant
                        ? Optional.of((String) constant.value())
                        : Optional.empty();
    }

    private Expression vector(Rank.Nearest nearest, String text) {
        if (text.isBlank()) {
            throw new EngineException(new EngineFailure.Invalid(List.of(Diagnostic.atLine(
                    QueryCode.NEAREST.code(), "the text that nearest() looks for is blank; give it words", 0))));
        }
        Expression.PropertyOf of = nearest.property();
        float[] vector = made.computeIfAbsent(
                new Wanted(of.property().id(), text), wanted -> embeddings.of(text, of.owner(), of.property()));
        return new Expression.Constant(vector, of.type().required());
    }
}
