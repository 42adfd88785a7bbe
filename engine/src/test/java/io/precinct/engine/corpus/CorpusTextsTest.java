package io.precinct.engine.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.EngineException;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.schema.SchemaCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the corpus says of texts alone, without a graph: what the compilers refuse, plans of evolution, lint. */
class CorpusTextsTest {
    private static final Path ROOT = Path.of("src/test/resources/corpus");

    /** Refusals that need nothing but the text and the schema. */
    private static final Pattern STATIC = Pattern.compile("(?s)([QTGSC]\\d+|OG-NM-10\\d) .*|not supported: .*");

    @TestFactory
    List<DynamicTest> everyTextIsTakenOrRefusedAsItsPageSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> pages = Files.list(ROOT)) {
            for (Path page : pages.sorted().toList()) {
                List<CorpusFile.Case> cases = new CorpusFile(page).cases();
                if (!cases.isEmpty()) {
                    tests.add(DynamicTest.dynamicTest(
                            page.getFileName().toString(), () -> cases.forEach(CorpusTextsTest::check)));
                }
            }
        }
        return tests;
    }

    /** The first step; those behind it may stand on what it did. */
    private static void check(CorpusFile.Case one) {
        CorpusFile.Step step = one.steps().getFirst();
        Steps.Form form = one.table() ? Steps.Form.CELL : Steps.Form.LINES;
        String expected = one.expected().getFirst().get("owner");
        boolean shown = one.steps().size() == 1
                || !one.table()
                || STATIC.matcher(expected).matches();
        switch (step.word()) {
            case "lint", "evolve" ->
                assertThat(said(one, step, form)).as(one.name()).isEqualTo(expected);
            case "pg", "gq" -> {
                if (shown && STATIC.matcher(expected).matches()) {
                    assertThat(said(one, step, form)).as(one.name()).isEqualTo(expected);
                } else if (!expected.startsWith("query_not_found")) {
                    assertThat(said(one, step, form)).as(one.name()).isEqualTo("ok");
                }
            }
            default -> {
                // A load is judged by its data.
            }
        }
    }

    private static String said(CorpusFile.Case one, CorpusFile.Step step, Steps.Form form) {
        String schema = one.base().schema();
        try {
            switch (step.word()) {
                case "lint" -> {
                    return Steps.lint(schema, step.text(), form);
                }
                case "evolve" -> {
                    return Steps.plan(step.argument().isBlank() ? schema : step.argument(), step.text(), form);
                }
                case "pg" -> SchemaCompiler.compile(step.text());
                default -> QueryCompiler.compile(step.text(), Optional.empty(), SchemaCompiler.compile(schema));
            }
            return "ok";
        } catch (EngineException e) {
            return Steps.failure(e, form);
        }
    }
}
