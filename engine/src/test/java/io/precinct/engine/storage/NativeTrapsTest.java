package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.Tables.Row;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.FragmentMetadata;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;

/** What the library does to those who are not careful, and that ours is. Where it kills the process, in one of its own. */
class NativeTrapsTest {
    @TempDir
    Path directory;

    private static String chain(int terms) {
        return IntStream.range(0, terms).mapToObj(i -> "n = " + i).collect(Collectors.joining(" OR "));
    }

    /** Runs in a process of its own: a chain of terms on a stack of the given size. */
    static final class ChainOfTerms {
        private ChainOfTerms() {}

        public static void main(String[] arguments) throws Exception {
            try (RootAllocator allocator = new RootAllocator()) {
                RawDataset raw = RawDataset.create(allocator, Path.of(arguments[0]));
                Thread thread = new Thread(
                        null,
                        () -> {
                            try (Dataset dataset = raw.head()) {
                                RawDataset.ids(dataset, Optional.of(chain(Integer.parseInt(arguments[1]))));
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        "chain",
                        Long.parseLong(arguments[2]) << 20);
                thread.setUncaughtExceptionHandler((t, e) -> {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(1);
                });
                thread.start();
                thread.join();
            }
        }
    }

    private ChildProcess.End child(int terms, int stackMegabytes) throws Exception {
        return ChildProcess.run(
                        ChainOfTerms.class,
                        directory.resolve("child-" + terms + "-" + stackMegabytes),
                        Integer.toString(terms),
                        Integer.toString(stackMegabytes))
                .end();
    }

    @Test
    @Tag("slow")
    void aLongChainOfTermsKillsTheProcessOnASmallStackAndNotOnOurs() throws Exception {
        assertThat(child(2_000, 1)).isEqualTo(ChildProcess.End.KILLED);
        assertThat(child(2_000, 64)).isEqualTo(ChildProcess.End.FINISHED);
    }

    @Test
    void columnsAreTakenByPositionUnlessTheyAreMappedByName() throws Exception {
        Schema texts = new Schema(
                List.of(Field.nullable("id", ArrowType.Utf8.INSTANCE), Field.nullable("n", ArrowType.Utf8.INSTANCE)));
        Schema swapped = new Schema(List.of(texts.findField("n"), texts.findField("id")));
        try (RootAllocator allocator = new RootAllocator()) {
            NativeRuntime.require();
            RawDataset raw = new RawDataset(allocator, directory.toAbsolutePath() + "/texts");
            Dataset.write()
                    .allocator(allocator)
                    .uri(raw.uri())
                    .schema(texts)
                    .execute()
                    .close();
            try (Dataset empty = raw.open(1)) {
                long version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage(swapped, "a")));
                assertThat(raw.ids(version)).containsExactly("n of a");
            }
        }
        try (Tables tables = new Tables(directory.resolve("ours"), false)) {
            // Tables hand their columns over in reverse.
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            assertThat(tables.ids(tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L))))))
                    .containsExactly("a");
        }
    }

    @Test
    void theSameFragmentTwiceShowsItsRowsTwiceAndIsRefusedByOurs() throws Exception {
        try (RootAllocator allocator = new RootAllocator()) {
            RawDataset raw = RawDataset.create(allocator, directory);
            List<FragmentMetadata> once = raw.stage("a");
            try (Dataset empty = raw.open(1)) {
                long version = RawDataset.detached(
                        empty,
                        1,
                        RawDataset.append(
                                Stream.concat(once.stream(), once.stream()).toList()));
                assertThat(raw.ids(version)).containsExactly("a", "a");
            }
        }
        try (Tables tables = new Tables(directory.resolve("ours"), false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            TableStore.Staged staged = tables.stage(empty, new Row("a", 1L));
            assertThatThrownBy(() -> tables.store.append(empty, List.of(staged, staged)))
                    .isInstanceOf(NativeErrors.ContractBroken.class);
        }
    }

    @Test
    void batchesOfNoRowsMeanNoRowsAtAll() throws Exception {
        try (RootAllocator allocator = new RootAllocator()) {
            RawDataset raw = RawDataset.create(allocator, directory);
            try (Dataset empty = raw.open(1)) {
                long version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a")));
                try (Dataset dataset = raw.open(version);
                        LanceScanner scanner = dataset.newScan(new ScanOptions.Builder()
                                .columns(List.of("id"))
                                .batchSize(0)
                                .build());
                        var reader = scanner.scanBatches()) {
                    assertThat(reader.loadNextBatch()).isFalse();
                }
            }
        }
    }

    @Test
    void charactersBeyondTheFirstPlaneFailInAFilterAndAreFoundByOurs() {
        try (RootAllocator allocator = new RootAllocator()) {
            RawDataset raw = RawDataset.create(allocator, directory);
            try (Dataset dataset = raw.head()) {
                assertThatThrownBy(() -> RawDataset.ids(dataset, Optional.of("id = '😀'")))
                        .isInstanceOf(Exception.class);
            }
        }
        try (Tables tables = new Tables(directory.resolve("ours"), false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row("😀", 1L))));
            assertThat(tables.store.locate(pin, "id", List.of("😀"))).hasSize(1);
        }
    }

    @Test
    void cutAndEmptyFilesAreReportedAsDamage() throws Exception {
        for (double left : new double[] {0, 0.5}) {
            Path own = directory.resolve("left-" + left);
            try (Tables tables = new Tables(own, false)) {
                Pin empty = tables.store.create("t", Tables.SCHEMA);
                Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L))));
                try (Stream<Path> files = Files.walk(own.resolve(pin.dataset()).resolve("data"))) {
                    Path data = files.filter(Files::isRegularFile).findFirst().orElseThrow();
                    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
                        file.setLength((long) (file.length() * left));
                    }
                }
                assertThatThrownBy(() -> tables.rows(pin))
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                e -> assertThat(e.failure()).isInstanceOf(EngineFailure.Corrupt.class));
            }
        }
    }
}
