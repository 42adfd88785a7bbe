package io.precinct.engine.query;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;

/** Compiles the query language (.gq). Stateless. */
public final class QueryCompiler {
    private QueryCompiler() {}

    /**
     * Checks one query of a text against a schema. The whole text must parse; the other queries aren't checked.
     *
     * @param queryName empty when the text holds exactly one query
     * @throws EngineException with {@code Invalid} and every error of the text or of the chosen query;
     *     {@code NotSupportedYet} when the query is right and uses what the engine doesn't execute; {@code NotFound}
     *     when the text has no query of the name
     */
    public static CheckedStatement compile(String text, Optional<String> queryName, Schema schema) {
        QueryText query = QueryText.of(text);
        List<GqParser.QueryContext> queries = query.parse();
        query.findings().throwIfAny();
        return check(choose(queries, queryName, query), query, schema);
    }

    /** Checks one query of a text that has parsed. */
    static CheckedStatement check(GqParser.QueryContext chosen, QueryText query, Schema schema) {
        annotations(chosen, query);
        Values values = new Values(query, chosen.parameter());
        String name = chosen.lname().getText();
        Optional<? extends CheckedStatement> checked = chosen.readBody() != null
                ? Optional.of(new ReadChecker(schema, values).check(name, chosen.readBody()))
                : new WriteChecker(schema, values).check(name, chosen.mutation());
        query.findings().throwIfAny();
        return checked.orElseThrow(() -> new IllegalStateException("a query without errors is checked"));
    }

    /**
     * The queries a text declares, in order.
     *
     * @throws EngineException with {@code Invalid} when the text doesn't parse or a declaration is wrong
     */
    public static List<DeclaredQuery> list(String text) {
        QueryText query = QueryText.of(text);
        List<DeclaredQuery> declared = new ArrayList<>();
        for (GqParser.QueryContext written : query.parse()) {
            Annotations annotations = annotations(written, query);
            declared.add(new DeclaredQuery(
                    written.lname().getText(),
                    written.readBody() == null,
                    new Values(query, written.parameter()).declared(),
                    annotations.description(),
                    annotations.instruction()));
        }
        query.findings().throwIfAny();
        return List.copyOf(declared);
    }

    private static GqParser.QueryContext choose(
            List<GqParser.QueryContext> queries, Optional<String> queryName, QueryText text) {
        if (queryName.isPresent()) {
            return queries.stream()
                    .filter(q -> q.lname().getText().equals(queryName.get()))
                    .findFirst()
                    .orElseThrow(() -> new EngineException(new EngineFailure.NotFound("query", queryName.get())));
        }
        if (queries.isEmpty()) {
            throw new EngineException(new EngineFailure.NotFound("query", ""));
        }
        if (queries.size() > 1) {
            text.error(
                    QueryCode.QUERY_CHOICE,
                    "this text holds " + queries.size() + " queries; say by name which one to run",
                    queries.get(1).lname());
            text.findings().throwIfAny();
        }
        return queries.getFirst();
    }

    private record Annotations(Optional<String> description, Optional<String> instruction) {}

    private static Annotations annotations(GqParser.QueryContext query, QueryText text) {
        Optional<String> description = Optional.empty();
        Optional<String> instruction = Optional.empty();
        for (GqParser.QueryAnnotationContext written : query.queryAnnotation()) {
            Token token = written.STRING().getSymbol();
            String value = text.string(token);
            boolean describes = written.DESCRIPTION() != null;
            String word = describes ? "@description" : "@instruction";
            if (value.isBlank()) {
                text.error(QueryCode.DOCUMENTATION, word + " is blank", token);
            }
            if ((describes ? description : instruction).isPresent()) {
                text.error(QueryCode.DOCUMENTATION, word + " is written twice", written);
            }
            if (describes) {
                description = Optional.of(value);
            } else {
                instruction = Optional.of(value);
            }
        }
        return new Annotations(description, instruction);
    }
}
