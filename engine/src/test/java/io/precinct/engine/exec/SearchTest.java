package io.precinct.engine.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.precinct.engine.EngineException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every sentence of the language's search section, on a library small enough to judge by eye. */
class SearchTest {
    private final Library library = new Library()
            .paper("p1", 2001, "The whale", "Whales are swimming in the deep sea", 0, 0)
            .paper("p2", 2002, "Maps", "A map of the sea and of the running rivers", 3, 4)
            .paper("p3", 2003, "Nothing", null, 1, 0)
            .paper("p4", null, "On running", "Runners run", 6, 8)
            .paper("p5", 2003, "Sea", "sea sea sea")
            .author("ada", 1, "studies whales", 1, 1)
            .author("bob", 2, "draws maps", 2, 2)
            .author("cyd", 1, null)
            .edge(Library.WRITTEN_BY, "p1", "ada")
            .edge(Library.WRITTEN_BY, "p1", "bob")
            .edge(Library.WRITTEN_BY, "p2", "bob")
            .edge(Library.WRITTEN_BY, "p3", "ada")
            .edge(Library.WRITTEN_BY, "p4", "cyd")
            .edge(Library.WRITTEN_BY, "p5", "cyd")
            .edge(Library.CITES, "p2", "p1")
            .edge(Library.CITES, "p4", "p5");

    private List<Object> found(String match) {
        return column("query q() { match { " + match + " } return { $p } order { $p.code } }");
    }

    private List<Object> column(String query) {
        return library.run(query, "{}").stream().map(row -> row.get(0)).toList();
    }

    @Test
    void searchMatchesAnyStemInAnyCaseAndNoStopWord() {
        assertThat(found("$p: Paper search($p.body, \"SWIM whale\")")).containsExactly("p1");
        assertThat(found("$p: Paper search($p.body, \"whale river\")")).containsExactly("p1", "p2");
        assertThat(found("$p: Paper search($p.body, \"the of in\")")).isEmpty();
        assertThat(found("$p: Paper search($p.body, \"run\")")).containsExactly("p2", "p4");
    }

    @Test
    void matchTextMatchesTokensAndNoPhrase() {
        assertThat(found("$p: Paper match_text($p.body, \"sea deep\")")).containsExactly("p1", "p2", "p5");
    }

    @Test
    void fuzzyComparesUnstemmedTokensWithinTheirEdits() {
        assertThat(found("$p: Paper fuzzy($p.body, \"whels\", 1)")).isEmpty();
        assertThat(found("$p: Paper fuzzy($p.body, \"whels\")")).containsExactly("p1");
        assertThat(found("$p: Paper fuzzy($p.body, \"swimming\", 0)")).containsExactly("p1");
        assertThat(found("$p: Paper fuzzy($p.body, \"swim\", 0)")).isEmpty();
        assertThat(found("$p: Paper fuzzy($p.body, \"mab rivxrs\", 1)")).containsExactly("p2");
    }

    @Test
    void manyRowsMatchAsFewDo() {
        List<Object> expected = new ArrayList<>(List.of("p1"));
        for (int i = 0; i < 400; i++) {
            String code = "x%03d".formatted(i);
            library.paper(code, i, "t", i % 7 == 0 ? null : i % 3 == 0 ? "A whale, number " + i : "No fish");
            if (i % 7 != 0 && i % 3 == 0) {
                expected.add(code);
            }
        }
        assertThat(found("$p: Paper search($p.body, \"whales\")")).isEqualTo(expected);
        assertThat(found("$p: Paper fuzzy($p.body, \"whalex\", 1)")).isEqualTo(expected);
    }

    @Test
    void nullNeverMatches() {
        assertThat(found("$p: Paper search($p.body, \"sea\") = false")).containsExactly("p3", "p4");
        assertThat(library.run("query q($t: String?) { match { $p: Paper search($p.body, $t) } return { $p } }", "{}"))
                .isEmpty();
    }

    @Test
    void predicatesOfOneVariableAllHold() {
        assertThat(found("$p: Paper search($p.body, \"sea\") search($p.title, \"map\")"))
                .containsExactly("p2");
        assertThat(found("$p: Paper search($p.body, \"sea\") search($p.body, \"whale\")"))
                .containsExactly("p1");
    }

    @Test
    void predicatesHoldOnVariablesThatTraversalsIntroduce() {
        assertThat(found("$p: Paper $p writtenBy $a search($a.bio, \"whale\")")).containsExactly("p1", "p3");
        assertThat(found("$p: Paper not { $p writtenBy $a search($a.bio, \"whale\") }"))
                .containsExactly("p2", "p4", "p5");
        assertThat(found("$p: Paper not { $p cites $o fuzzy($o.body, \"whales\", 0) }"))
                .containsExactly("p1", "p3", "p4", "p5");
    }

    @Test
    void predicatesCompareWithBools() {
        assertThat(found("$p: Paper search($p.body, \"sea\") != true")).containsExactly("p3", "p4");
        assertThat(library.run(
                        "query q($b: Bool) { match { $p: Paper $b = search($p.body, \"sea\") } return { $p } order { $p.code } }",
                        "{\"b\": false}"))
                .containsExactly(List.of("p3"), List.of("p4"));
    }

    @Test
    void predicatesAreValues() {
        assertThat(library.run(
                        "query q() { match { $p: Paper { year: 2003 } } return { $p, search($p.body, \"sea\") } order { $p.code } }",
                        "{}"))
                .containsExactly(List.of("p3", false), List.of("p5", true));
    }

    @Test
    void nearestReturnsTheClosestInOrderAndNoNulls() {
        assertThat(column("query q() { match { $p: Paper } return { $p } order { nearest($p.vec, [0, 0]) } limit 9 }"))
                .containsExactly("p1", "p3", "p2", "p4");
        assertThat(column("query q() { match { $p: Paper } return { $p } order { nearest($p.vec, [6, 8]) } limit 2 }"))
                .containsExactly("p4", "p2");
        assertThat(column("query q() { match { $p: Paper } return { $p } order { nearest($p.vec, [6, 8]) } limit 0 }"))
                .isEmpty();
        assertThat(library.run(
                        "query q($v: Vector(2)?) { match { $p: Paper } return { $p } order { nearest($p.vec, $v) } limit 3 }",
                        "{}"))
                .isEmpty();
    }

    @Test
    void scoresAreColumns() {
        assertThat(library.run(
                        "query q($v: Vector(2)) { match { $p: Paper } return { $p, nearest($p.vec, $v) } order { $p.code } }",
                        "{\"v\": [0, 0]}"))
                .containsExactly(
                        List.of("p1", 0.0),
                        List.of("p2", 5.0),
                        List.of("p3", 1.0),
                        List.of("p4", 10.0),
                        Arrays.asList("p5", null));
        List<List<Object>> scored = library.run(
                "query q() { match { $p: Paper } return { $p, bm25($p.body, \"whale\") as s } order { $p.code } }",
                "{}");
        // Four texts of 4, 4, 2 and 3 tokens; one holds the word once.
        double idf = Math.log(1 + (4 - 1 + 0.5) / (1 + 0.5));
        assertThat((Double) scored.get(0).get(1))
                .isCloseTo(idf / (1 + 1.2 * (0.25 + 0.75 * 4 / (13 / 4.0))), within(1e-9));
        assertThat(scored.subList(1, 5))
                .allSatisfy(row -> assertThat(row.get(1)).isEqualTo(0.0));
    }

    @Test
    void bm25FiltersAndNeedsNoLimit() {
        assertThat(column("query q() { match { $p: Paper } return { $p } order { bm25($p.body, \"sea\") } }"))
                .containsExactly("p5", "p1", "p2");
        assertThat(column(
                        "query q() { match { $p: Paper } return { $p } order { bm25($p.body, \"sea\") asc } limit 1 }"))
                .containsExactly("p5");
        assertThat(column("query q() { match { $p: Paper } return { $p } order { bm25($p.body, \"the\") } }"))
                .isEmpty();
    }

    @Test
    void bm25StandsBesideTextPredicatesOfTheSameVariable() {
        assertThat(
                        column(
                                "query q() { match { $p: Paper search($p.title, \"whale map\") } return { $p } order { bm25($p.body, \"sea\") } }"))
                .containsExactly("p1", "p2");
    }

    @Test
    void rankingComesAfterTheWholePatternAndBeforeTheLimit() {
        assertThat(
                        column(
                                "query q() { match { $p: Paper $p writtenBy $a $a: Author { team: 2 } } return { $p } order { nearest($p.vec, [1, 0]) } limit 1 }"))
                .containsExactly("p1");
        assertThat(
                        column(
                                "query q() { match { $a: Author { team: 1 } $p writtenBy $a } return { $p } order { nearest($p.vec, [6, 8]) } limit 2 }"))
                .containsExactly("p4", "p3");
    }

    @Test
    void rowsOfARankedEntityStaySideBySide() {
        assertThat(library.run(
                        "query q() { match { $p: Paper $p writtenBy $a } return { $a, $p } order { nearest($a.vec, [1, 1]), $p.year desc } limit 3 }",
                        "{}"))
                .containsExactly(List.of("ada", "p3"), List.of("ada", "p1"), List.of("bob", "p2"));
    }

    @Test
    void furtherKeysBreakTiesAndIdsBreakTheRest() {
        library.paper("p6", 2000, null, null, 1, 0).paper("p0", 1999, null, null, 1, 0);
        assertThat(column("query q() { match { $p: Paper } return { $p } order { nearest($p.vec, [1, 0]) } limit 3 }"))
                .containsExactly("p0", "p3", "p6");
        assertThat(
                        column(
                                "query q() { match { $p: Paper } return { $p } order { nearest($p.vec, [1, 0]), $p.year desc } limit 3 }"))
                .containsExactly("p3", "p6", "p0");
    }

    @Test
    void fusionAddsTheSharesOfBothArms() {
        List<List<Object>> rows = library.run(
                "query q() { match { $p: Paper } return { $p, rrf(bm25($p.body, \"sea\"), nearest($p.vec, [0, 0])) as s }"
                        + " order { rrf(bm25($p.body, \"sea\"), nearest($p.vec, [0, 0])) } limit 9 }",
                "{}");
        // bm25: p5 p1 p2; nearest: p1 p3 p2 p4
        assertThat(rows)
                .containsExactly(
                        List.of("p1", 1 / 62.0 + 1 / 61.0),
                        List.of("p2", 1 / 63.0 + 1 / 63.0),
                        List.of("p5", 1 / 61.0),
                        List.of("p3", 1 / 62.0),
                        List.of("p4", 1 / 64.0));
    }

    @Test
    void scoreOfAFusionDoesNotDependOnTheLimit() {
        String query =
                "query q() { match { $p: Paper } return { $p, rrf(bm25($p.body, \"sea\"), nearest($p.vec, [0, 0])) as s } }";
        List<List<Object>> all = library.run(query, "{}");
        assertThat(library.run(query.replace("} }", "} limit 2 }"), "{}")).isEqualTo(all.subList(0, 2));
    }

    @Test
    void fusionTakesItsConstantAndTheFirstArmFirst() {
        String query = "query q($k: I32?) { match { $p: Paper } return { $p }"
                + " order { rrf(bm25($p.title, \"map\"), bm25($p.title, \"nothing\"), $k) } limit 9 }";
        assertThat(library.run(query, "{\"k\": 1}")).containsExactly(List.of("p2"), List.of("p3"));
        assertThatThrownBy(() -> library.run(query, "{\"k\": 0}"))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("T21"));
        assertThatThrownBy(() -> library.run(query, "{}")).isInstanceOf(EngineException.class);
    }

    @Test
    void fusionRanksByTheFirstArmsVariable() {
        assertThat(library.run(
                        "query q() { match { $p: Paper $p writtenBy $a } return { $p, $a }"
                                + " order { rrf(bm25($p.body, \"sea\"), nearest($a.vec, [2, 2])) } limit 9 }",
                        "{}"))
                // p1 is 1 in the first arm and 0 in the second (by bob), p2 is 2 and 1, p5 is 0, p3 is 2 in the second
                .containsExactly(
                        List.of("p1", "ada"),
                        List.of("p1", "bob"),
                        List.of("p2", "bob"),
                        List.of("p5", "cyd"),
                        List.of("p3", "ada"));
    }
}
