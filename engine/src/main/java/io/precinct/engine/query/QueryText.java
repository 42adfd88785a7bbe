package io.precinct.engine.query;

import io.precinct.engine.query.grammar.GqLexer;
import io.precinct.engine.query.grammar.GqParser;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.Findings;
import io.precinct.engine.schema.SourceText;
import io.precinct.engine.schema.Syntax;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** One query text under compilation: its place finder and its findings. Confined to one compilation. */
record QueryText(SourceText source, Findings findings) {
    static QueryText of(String text) {
        return new QueryText(new SourceText(text), new Findings());
    }

    /** The queries of the text; none when it has syntax errors. Two queries of one name are an error. */
    List<GqParser.QueryContext> parse() {
        CommonTokenStream tokens =
                new CommonTokenStream(Syntax.quiet(new GqLexer(CharStreams.fromString(source.text()))));
        String code = QueryCode.SYNTAX.code();
        if (!Syntax.shallow(tokens, GqParser.VOCABULARY, source, findings, code)) {
            return List.of();
        }
        GqParser parser = new GqParser(tokens);
        Syntax.report(parser, source, findings, code);
        Optional<GqParser.QueryFileContext> file = Syntax.read(parser::queryFile);
        if (file.isEmpty() || findings.failed()) {
            return List.of();
        }
        List<GqParser.QueryContext> queries = new ArrayList<>(file.get().query());
        Set<String> names = new HashSet<>();
        for (GqParser.QueryContext query : queries) {
            if (!names.add(query.lname().getText())) {
                error(
                        QueryCode.DUPLICATE_QUERY,
                        "query '" + query.lname().getText() + "' is declared twice in this text",
                        query.lname());
            }
        }
        return queries;
    }

    void error(QueryCode code, String message, ParserRuleContext place) {
        findings.error(code.code(), message, source.of(place));
    }

    void error(QueryCode code, String message, Token place) {
        findings.error(code.code(), message, source.of(place));
    }

    void error(QueryCode code, String message, Diagnostic.Span place) {
        findings.error(code.code(), message, place);
    }

    String string(Token token) {
        return Syntax.string(token, source, findings, QueryCode.SYNTAX.code());
    }

    Optional<Long> integer(Token token) {
        return Syntax.integer(token, source, findings, QueryCode.SYNTAX.code());
    }

    /** A variable's name without its '$'. */
    static String name(Token variable) {
        return variable.getText().substring(1);
    }
}
