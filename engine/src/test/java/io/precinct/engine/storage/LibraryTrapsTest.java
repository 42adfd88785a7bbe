package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lance.Dataset;
import org.lance.ReadOptions;

/** What the library answers where one would expect a failure, and that ours keeps away from it. */
class LibraryTrapsTest {
    @TempDir
    Path directory;

    private final RootAllocator allocator = new RootAllocator();
    private RawDataset raw;

    @BeforeEach
    void create() {
        raw = RawDataset.create(allocator, directory);
    }

    @AfterEach
    void close() {
        allocator.close();
    }

    private long filled() {
        try (Dataset empty = raw.open(1)) {
            return RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a", "b")));
        }
    }

    @Test
    void wholeNumbersOverflowInAFilterWithoutAWordAndDivisionByNothingFailsAtTheScan() throws Exception {
        try (Dataset dataset = raw.open(filled())) {
            assertThat(RawDataset.ids(dataset, Optional.of("n + 9223372036854775807 < 0")))
                    .containsExactly("b");
            assertThatThrownBy(() -> RawDataset.ids(dataset, Optional.of("1 / (n - n) = 1")))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void columnsCannotBeNamedLikePathsOrLikeTheLibrarysOwnAndOursRefuseThemInAFilter() {
        for (String name : List.of("a.b", "_rowid")) {
            Schema schema = new Schema(List.of(Field.nullable(name, ArrowType.Utf8.INSTANCE)));
            assertThatThrownBy(() -> Dataset.write()
                            .allocator(allocator)
                            .uri(directory + "/named-" + name)
                            .schema(schema)
                            .execute()
                            .close())
                    .isInstanceOf(Exception.class);
        }
        assertThatThrownBy(() -> Filters.render(new ColumnPredicate.IsNull("a.b")))
                .isInstanceOf(NativeErrors.ContractBroken.class);
    }

    @Test
    void oneColumnTwiceIsRefused() {
        Field field = Field.nullable("a", ArrowType.Utf8.INSTANCE);
        assertThatThrownBy(() -> Dataset.write()
                        .allocator(allocator)
                        .uri(directory + "/twice")
                        .schema(new Schema(List.of(field, field)))
                        .execute()
                        .close())
                .isInstanceOf(Exception.class);
    }

    @Test
    void itsSqlWritesFilesOfThisMachine() throws Exception {
        Path file = directory.resolve("written.csv");
        try (Dataset dataset = raw.open(filled());
                ArrowReader reader = dataset.sql("COPY (SELECT id FROM dataset) TO '" + file + "'")
                        .intoBatchRecords()) {
            while (reader.loadNextBatch()) {
                assertThat(reader.getVectorSchemaRoot().getRowCount()).isPositive();
            }
        }
        assertThat(file).exists();
    }

    @Test
    void afterItsEndADatasetAndAFragmentThatIsNotThereFailWithoutHarm() {
        Dataset dataset = raw.open(filled());
        assertThatThrownBy(() -> dataset.getFragment(77).metadata()).isInstanceOf(NullPointerException.class);
        dataset.close();
        assertThatThrownBy(dataset::countRows).isInstanceOf(Exception.class);
        assertThatThrownBy(dataset::getFragments).isInstanceOf(Exception.class);
    }

    @Test
    void itHandsOutTheSecretsItWasOpenedWith() {
        try (Dataset dataset = Dataset.open(
                raw.uri(),
                new ReadOptions.Builder()
                        .setStorageOptions(Map.of("aws_secret_access_key", "hunter2"))
                        .build())) {
            assertThat(dataset.getInitialStorageOptions()).containsEntry("aws_secret_access_key", "hunter2");
        }
    }

    /**
     * Nothing outside of this package reaches the library. Cleanup and drop destroy what detached versions name; SQL
     * reaches files; the options hold secrets; deltas are not there; stable row ids are mixed up between chains.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cleanupWithPolicy(",
                "Dataset.drop(",
                ".sql(",
                "getInitialStorageOptions(",
                "getLatestStorageOptions(",
                ".delta(",
                ".mergeInsert(",
                "enableStableRowIds(true",
                "memory://",
                ".nearest(",
                ".withPosition(true"
            })
    void nothingOfOursCalls(String call) throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/io/precinct/engine/storage"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                assertThat(Files.readString(source, UTF_8))
                        .as(source.toString())
                        .doesNotContain(call);
            }
        }
    }

    @Test
    void aFullDiskIsReportedAsSuch() {
        for (String text : List.of("IO error: No space left on device (os error 28)", "Disk quota exceeded")) {
            assertThat(NativeErrors.of("data/t", allocator, new IOException(text)))
                    .hasMessageContaining("the disk is full")
                    .isInstanceOfSatisfying(
                            io.precinct.engine.EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.StorageUnavailable.class));
        }
    }
}
