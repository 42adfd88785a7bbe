package io.precinct.engine.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.reference.LocalGraphs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every sample of the user's guide in the project's languages runs, and shows what it says. */
class DocumentSamplesTest {
    private static final Path GUIDE = Path.of("../docs/user");

    private static final String PAGE = """
            A page.

            ```pg
            node A { a: String @key }
            ```

            ```jsonl
            {"type":"A","data":{"a":"x"}}
            ```

            ```gq {"p": "x"}
            query q($p: String) { match { $v: A { a: $p } } return { $v.a } }
            ```

            ```json
            [ { "v.a": "x" } ]
            ```

            ```json
            {"not": "a result"}
            ```
            """;

    /** Pages whose samples come in pairs or need an embedder: SchemaDocumentTest and SearchGuideTest run those. */
    private static final Set<String> ELSEWHERE = Set.of("branches.md", "evolution.md", "search.md");

    @TestFactory
    Stream<DynamicTest> everyPageOfTheGuideRuns(@TempDir Path root) throws IOException {
        List<Path> pages;
        try (Stream<Path> found = Files.walk(GUIDE)) {
            pages = found.filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> !ELSEWHERE.contains(path.getFileName().toString()))
                    .sorted()
                    .toList();
        }
        assertThat(pages).isNotEmpty();
        return pages.stream()
                .map(page -> DynamicTest.dynamicTest(GUIDE.relativize(page).toString(), () -> {
                    try (LocalGraphs graphs = new LocalGraphs(Files.createDirectories(
                            root.resolve(page.getFileName().toString())))) {
                        new DocumentPage(graphs).run(Files.readString(page));
                    }
                }));
    }

    @Test
    void samplesRunInOrderAndOnlyARowsBlockBehindAQueryIsItsResult(@TempDir Path root) {
        try (LocalGraphs graphs = new LocalGraphs(root)) {
            assertThat(new DocumentPage(graphs).run(PAGE)).isEqualTo(3);
        }
    }

    @Test
    void pageWhoseRowsAreOthersFails(@TempDir Path root) {
        try (LocalGraphs graphs = new LocalGraphs(root)) {
            assertThatThrownBy(() -> new DocumentPage(graphs).run(PAGE.replace("\"v.a\": \"x\"", "\"v.a\": \"y\"")))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void pageWithASampleThatCannotRunFails(@TempDir Path root) {
        try (LocalGraphs graphs = new LocalGraphs(root)) {
            assertThatThrownBy(() -> new DocumentPage(graphs).run(PAGE.replace("$v: A", "$v: B")))
                    .isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> new DocumentPage(graphs).run(PAGE.substring(PAGE.indexOf("```jsonl"))))
                    .isInstanceOf(AssertionError.class);
        }
    }
}
