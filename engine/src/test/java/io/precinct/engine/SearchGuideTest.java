package io.precinct.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of the guide to searching run, on its own schema and data. */
class SearchGuideTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everySampleRuns(@TempDir Path root) throws Exception {
        String guide = Files.readString(Path.of("..", "docs", "user", "search.md"));
        try (TestStores stores = new TestStores(root)) {
            Graph graph = stores.store.create(
                    new GraphId("papers"), blocks(guide, "pg").getFirst(), TestStores.TESTER);
            graph.load(
                    BranchName.MAIN,
                    LoadMode.APPEND,
                    new ByteArrayInputStream(blocks(guide, "jsonl").getFirst().getBytes(StandardCharsets.UTF_8)),
                    AccessGate.UNRESTRICTED,
                    TestStores.TESTER);
            List<List<String>> found = new ArrayList<>();
            for (String query : blocks(guide, "gq")) {
                found.add(titles(graph, query));
            }
            assertThat(found)
                    .containsExactly(
                            List.of("Whales"),
                            List.of("Maps"),
                            List.of("Maps"),
                            List.of("Whales"),
                            List.of("Whales"),
                            List.of("Whales", "Maps"));
        }
    }

    private static List<String> blocks(String guide, String language) {
        List<String> blocks = new ArrayList<>();
        Matcher matcher =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(guide);
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return blocks;
    }

    /** First columns; the words asked for are in the right places only with the typing error that is forgiven. */
    private static List<String> titles(Graph graph, String query) throws Exception {
        Snapshot snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
        CheckedStatement.Read read = (CheckedStatement.Read) graph.compile(snapshot, query, Optional.empty());
        String words = read.name().equals("misspelt") ? "Mabs" : "whale";
        List<String> titles = new ArrayList<>();
        try (RowCursor cursor = graph.query(
                snapshot,
                read,
                JSON.createObjectNode().put("words", words).put("text", "Whales are swimming in the deep sea"),
                AccessGate.UNRESTRICTED,
                ExecutionBudget.unbounded())) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    titles.add((String) batch.get().value(row, 0).orElseThrow());
                }
            }
        }
        return titles;
    }
}
