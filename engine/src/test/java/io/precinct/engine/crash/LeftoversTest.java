package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a writer has begun when it is killed, under the names that the library gives them until they are whole. */
class LeftoversTest {
    private static final CollectRequest ONE = new CollectRequest(OptionalInt.of(1), Optional.empty(), false);

    @TempDir
    private Path root;

    @Test
    void whatAKilledWriterLeftHalfWrittenIsCollectedAndWhatIsNotOfTheLibraryIsNot() throws Exception {
        try (LocalEngine engine = new LocalEngine(root)) {
            LocalEngine.Opened opened = engine.create("g", SmallGraph.SCHEMA);
            SmallGraph graph = new SmallGraph(opened.graph());
            graph.load("a", 0, 100);
            opened.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
            List<String> before = StoreFiles.all(opened.folder());
            String dataset = before.stream()
                    .filter(file -> file.endsWith(".lance"))
                    .findFirst()
                    .orElseThrow();
            dataset = dataset.substring(0, dataset.indexOf('/', "data/".length()));
            List<String> begun = List.of(
                    dataset + "/data/.tmpmYe995",
                    dataset + "/_transactions/.tmpQ0aZx1",
                    dataset + "/_versions/d15007715757195947447.manifest#1",
                    dataset + "/_deletions/.tmp7Yh2bC",
                    // Of a dataset that was made for a change that never was.
                    "data/t99-dead/_versions/18446744073709551614.manifest",
                    "data/t99-dead/_versions/latest_version_hint.json");
            List<String> others = List.of(dataset + "/notes.txt", "data/README", dataset + "/data/notes.txt");
            for (String file : begun) {
                plant(opened.folder().resolve(file));
            }
            for (String file : others) {
                plant(opened.folder().resolve(file));
            }
            CollectReport report = opened.graph().collect(ONE, LocalEngine.BY, () -> false);
            assertThat(StoreFiles.all(opened.folder()))
                    .doesNotContainAnyElementsOf(begun)
                    .containsAll(others)
                    .contains(dataset + "/_versions/latest_version_hint.json");
            assertThat(report.objects()).isGreaterThanOrEqualTo(begun.size());
            assertThat(opened.graph().verify(() -> false).findings()).isEmpty();
            graph.load("b", 0, 100);
            assertThat(graph.content()).hasSize(200);
        }
    }

    private static void plant(Path file) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "half of it");
    }
}
