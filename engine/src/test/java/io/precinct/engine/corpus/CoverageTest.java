package io.precinct.engine.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.query.Lint;
import io.precinct.engine.query.QueryCode;
import io.precinct.engine.schema.EvolutionCode;
import io.precinct.engine.schema.SchemaCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds that the pages of the corpus leave nothing out that the languages say. */
class CoverageTest {
    private static final Path ROOT = Path.of("src/test/resources/corpus");

    private static List<CorpusFile.Case> cases;
    private static String outcomes;

    @BeforeAll
    static void read() throws IOException {
        cases = new ArrayList<>();
        try (Stream<Path> pages = Files.list(ROOT)) {
            for (Path page : pages.sorted().toList()) {
                cases.addAll(new CorpusFile(page).cases());
            }
        }
        StringBuilder all = new StringBuilder();
        cases.forEach(one -> one.expected()
                .forEach(step -> step.values().forEach(text -> all.append(text).append('\n'))));
        outcomes = all.toString();
    }

    /** As a word of its own at the start of an outcome or behind another finding, or as a plan's or lint's code. */
    private static Set<String> missing(Stream<String> codes) {
        Set<String> missing = new TreeSet<>();
        codes.filter(code -> !Pattern.compile("(?m)(^|; |: |\\[| |\")" + Pattern.quote(code) + "(\\b|\")")
                        .matcher(outcomes)
                        .find())
                .forEach(missing::add);
        return missing;
    }

    @Test
    void everyCodeOfASchemaHasACase() {
        assertThat(missing(Arrays.stream(SchemaCode.values()).map(SchemaCode::code)))
                .isEmpty();
    }

    @Test
    void everyCodeOfAQueryHasACase() {
        assertThat(missing(Arrays.stream(QueryCode.values()).map(QueryCode::code)))
                .isEmpty();
        assertThat(missing(Stream.of("P1", "P2", "P3", "P4", "P5", "P6"))).isEmpty();
    }

    @Test
    void everyCodeOfLintHasACase() {
        assertThat(missing(Stream.of(Lint.UNREADABLE + " error", Lint.NEVER_UPDATED + " warning")))
                .isEmpty();
    }

    @Test
    void everyCodeOfEvolutionHasACase() {
        assertThat(missing(Arrays.stream(EvolutionCode.values()).map(EvolutionCode::code)))
                .isEmpty();
    }

    @Test
    void everyKindOfStepHasACase() {
        assertThat(missing(Stream.of(
                        "add_type",
                        "rename_type",
                        "drop_type",
                        "add_property",
                        "rename_property",
                        "drop_property",
                        "change_property_type",
                        "extend_enum",
                        "add_constraint",
                        "drop_constraint",
                        "change_cardinality",
                        "update_type_metadata",
                        "update_property_metadata",
                        "unsupported_change")))
                .isEmpty();
    }

    @Test
    void everyRuleThatDataKeepsHasACase() {
        assertThat(missing(Stream.of(
                        "required",
                        "enum",
                        "range",
                        "check",
                        "unique",
                        "endpoint_not_found",
                        "card",
                        "key_conflict",
                        "load_syntax",
                        "load_record",
                        "load_value",
                        "load_id")))
                .isEmpty();
    }

    /** A column of each form of projection, with the name it gets. */
    @Test
    void everyFormOfColumnHasACase() {
        assertThat(outcomes)
                .contains("\"x.s\":\"b\"")
                .contains("\"x\":\"1\"")
                .contains("\"p\":5")
                .contains("\"literal\":7")
                .contains("\"now\":\"")
                .contains("\"x.i\":3.0")
                .contains("\"renamed\":3")
                .contains("\"distance\":");
    }

    @Test
    void everyDeviationFromALenientEngineHasACase() throws IOException {
        List<String> wanted = Files.readAllLines(ROOT.resolve("fixes.md")).stream()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .toList();
        List<String> found = cases.stream().map(CorpusFile.Case::name).toList();
        assertThat(found).containsAll(wanted);
        assertThat(wanted).hasSizeGreaterThanOrEqualTo(42);
    }

    @Test
    void everyKindOfCaseIsThere() {
        assertThat(cases.size()).isGreaterThanOrEqualTo(1_500);
        assertThat(cases.stream().flatMap(one -> one.steps().stream()).map(CorpusFile.Step::word))
                .contains("pg", "gq", "jsonl", "lint", "evolve", "apply");
    }
}
