package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Files of one graph that are gone or not what was written: its readers are told which, the graph beside it notices nothing,
 * and with the right bytes back everything goes on, in the very processes that failed.
 */
class DamagedFilesTest {
    @TempDir
    private Path root;

    private Map<String, Integer> content;

    enum Damage {
        REMOVED_DATA(".lance") {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
            }
        },
        CUT_DATA(".lance") {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            }
        },
        /** Where a data file says what it is: its pages have no digests. */
        FLIPPED_END_OF_DATA(".lance") {
            @Override
            void to(Path file) throws IOException {
                flip(file, Files.size(file) - 2);
            }
        },
        REMOVED_MANIFEST(".manifest") {
            @Override
            void to(Path file) throws IOException {
                Files.delete(file);
            }
        },
        FLIPPED_MANIFEST(".manifest") {
            @Override
            void to(Path file) throws IOException {
                flip(file, Files.size(file) / 2);
            }
        },
        FLIPPED_RECORD("log") {
            @Override
            void to(Path file) throws IOException {
                flip(file, Files.size(file) / 2);
            }
        },
        CUT_RECORD("log") {
            @Override
            void to(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
            }
        };

        private final String kind;

        Damage(String kind) {
            this.kind = kind;
        }

        abstract void to(Path file) throws IOException;

        private static void flip(Path file, long at) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            bytes[(int) at] ^= 1;
            Files.write(file, bytes);
        }

        /** The newest file of the kind that reading the graph takes. */
        Path victim(Path graph) throws IOException {
            List<Path> files = StoreFiles.all(graph).stream()
                    .filter(file -> switch (kind) {
                        case "log" -> file.matches("log/[^~/][^/]*/[0-9]{20}");
                        case ".manifest" -> file.matches("data/t1-[^/]+/_versions/d[0-9]+\\.manifest");
                        default -> file.startsWith("data/t1-") && file.endsWith(kind);
                    })
                    .map(graph::resolve)
                    .sorted(Comparator.comparing(Damage::modified))
                    .toList();
            return files.getLast();
        }

        private static java.time.Instant modified(Path file) {
            try {
                return Files.getLastModifiedTime(file).toInstant();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    @BeforeEach
    void twoGraphs() {
        try (TenantStore store = new TenantStore(root)) {
            for (String name : List.of("one", "other")) {
                SmallGraph graph = store.create(name);
                graph.load("a", 0, 400);
                graph.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
                graph.insert("b", 1);
                content = graph.content();
            }
        }
        assertThat(content).hasSize(401);
    }

    @AfterEach
    void theOtherGraphIsSound() {
        try (TenantStore store = new TenantStore(root)) {
            assertThat(store.open("other").graph().verify(() -> false).findings())
                    .isEmpty();
            assertThat(store.open("one").graph().verify(() -> false).findings()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isToldToTheReadersOfItsGraphAloneAndForgottenOnceItIsMended(Damage damage) throws Exception {
        try (TenantStore store = new TenantStore(root)) {
            Path file = damage.victim(store.folder("one"));
            byte[] right = Files.readAllBytes(file);
            damage.to(file);

            EngineException failed = catchThrowableOfType(
                    EngineException.class, () -> store.open("one").content());
            assertThat(failed).as("reading with %s", damage).isNotNull();
            assertThat(failed.failure())
                    .isInstanceOfSatisfying(
                            EngineFailure.Corrupt.class,
                            corrupt -> assertThat(
                                            store.folder("one").relativize(file).toString())
                                    .as("the object that is named")
                                    .startsWith(corrupt.object()));
            assertThat(failed.failure().retry()).isEqualTo(EngineFailure.Retry.NEVER);
            if (damage != Damage.FLIPPED_END_OF_DATA) {
                // What is inside a data file has no digest, and a check reads no rows.
                VerifyReport report = store.open("one").graph().verify(() -> false);
                assertThat(report.findings())
                        .extracting(VerifyReport.Finding::place)
                        .contains(store.folder("one").relativize(file).toString());
            }
            SmallGraph other = store.open("other");
            assertThat(other.content()).isEqualTo(content);
            other.insert("c", 2);
            assertThat(other.content()).hasSize(402);

            Files.write(file, right);
            SmallGraph one = store.open("one");
            assertThat(one.content()).isEqualTo(content);
            one.update("a7", 70);
            one.delete("a8");
            one.load("d", 0, 100);
            one.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
            assertThat(one.content()).hasSize(500).containsEntry("a7", 70).doesNotContainKey("a8");
        }
    }

    @Test
    void aDamagedCheckpointCostsRequestsAndNothingElse() throws Exception {
        try (TenantStore store = new TenantStore(root)) {
            SmallGraph one = store.open("one");
            for (int i = 0; i < 70; i++) {
                one.update("b", i);
            }
            content = one.content();
        }
        List<Path> checkpoints;
        Path folder = root.resolve("graphs/one");
        checkpoints = StoreFiles.all(folder).stream()
                .filter(file -> file.matches("log/[^~/][^/]*/checkpoint/[0-9]{20}"))
                .map(folder::resolve)
                .toList();
        assertThat(checkpoints).isNotEmpty();
        Map<Path, byte[]> right = new java.util.HashMap<>();
        for (Path checkpoint : checkpoints) {
            right.put(checkpoint, Files.readAllBytes(checkpoint));
            Damage.flip(checkpoint, Files.size(checkpoint) / 2);
        }
        try (TenantStore store = new TenantStore(root)) {
            SmallGraph one = store.open("one");
            assertThat(one.content()).isEqualTo(content);
            one.update("b", 100);
            assertThat(one.content()).containsEntry("b", 100);
            assertThat(one.graph().verify(() -> false).findings())
                    .isNotEmpty()
                    .allMatch(finding -> finding.kind() == VerifyReport.Kind.CHECKPOINT_DAMAGED);
        }
        for (Path checkpoint : checkpoints) {
            Files.write(checkpoint, right.get(checkpoint));
        }
    }
}
