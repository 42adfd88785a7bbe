package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.Tables.Row;
import java.io.File;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.WriteParams;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.Query;
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
                thread.start();
                thread.join();
            }
            System.out.println("alive");
        }
    }

    private String child(int terms, int stackMegabytes) throws Exception {
        Path own = Files.createDirectories(directory.resolve("child-" + terms + "-" + stackMegabytes));
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + own,
                        "-XX:ErrorFile=" + own.resolve("hs_err.log"),
                        "-XX:-CreateCoredumpOnCrash",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChainOfTerms.class.getName(),
                        own.toString(),
                        Integer.toString(terms),
                        Integer.toString(stackMegabytes))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() == 0 && output.contains("alive") ? "alive" : "dead";
    }

    @Test
    @Tag("slow")
    void aLongChainOfTermsKillsTheProcessOnASmallStackAndNotOnOurs() throws Exception {
        assertThat(child(2_000, 1)).isEqualTo("dead");
        assertThat(child(2_000, 64)).isEqualTo("alive");
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

    @Test
    void aFlippedBitInAPageIsReadAsAnotherValueWithoutAnError() throws Exception {
        long value = 0x1122334455667788L;
        Pin flipped;
        try (Tables tables = new Tables(directory, false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", value))));
            Path data;
            try (Stream<Path> files =
                    Files.walk(directory.resolve(pin.dataset()).resolve("data"))) {
                data = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
            byte[] bytes = Files.readAllBytes(data);
            byte[] wanted = java.nio.ByteBuffer.allocate(8)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array();
            int at = 0;
            while (!java.util.Arrays.equals(bytes, at, at + 8, wanted, 0, 8)) {
                at++;
            }
            bytes[at] ^= 1;
            Files.write(data, bytes);
            flipped = pin;
        }
        try (Tables again = new Tables(directory, false)) {
            assertThat(again.rows(flipped)).containsExactly(new Row("a", value ^ 1));
        }
    }

    @Test
    void arithmeticInAFilterWrapsAndADivisionByZeroFailsAsAnError() throws Exception {
        try (RootAllocator allocator = new RootAllocator()) {
            RawDataset raw = RawDataset.create(allocator, directory);
            try (Dataset empty = raw.open(1)) {
                long version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a", "b")));
                try (Dataset dataset = raw.open(version)) {
                    assertThat(RawDataset.ids(dataset, Optional.of("n + 9223372036854775807 < 0")))
                            .containsExactly("b");
                    assertThatThrownBy(() -> RawDataset.ids(dataset, Optional.of("1 / n = 1")))
                            .isInstanceOf(java.io.IOException.class);
                }
            }
        }
    }

    @Test
    void columnNamesWithADotAndDoubleOnesAreRefused() {
        NativeRuntime.require();
        for (List<String> names : List.of(List.of("a.b", "c"), List.of("a", "a"))) {
            Schema schema = new Schema(names.stream()
                    .map(name -> Field.nullable(name, ArrowType.Utf8.INSTANCE))
                    .toList());
            try (RootAllocator allocator = new RootAllocator()) {
                assertThatThrownBy(() -> Dataset.write()
                                .allocator(allocator)
                                .uri(directory.toAbsolutePath() + "/" + names.hashCode())
                                .schema(schema)
                                .execute()
                                .close())
                        .as(names.toString())
                        .isInstanceOf(Exception.class);
            }
        }
    }

    @Test
    void aNeighbourSearchOfAnotherDimensionIsNotRefusedAndRanksNothing() throws Exception {
        Field coordinate = Field.nullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
        Schema schema = new Schema(
                List.of(new Field("v", FieldType.nullable(new ArrowType.FixedSizeList(4)), List.of(coordinate))));
        NativeRuntime.require();
        try (RootAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            FixedSizeListVector vectors = (FixedSizeListVector) root.getVector("v");
            Float4Vector values = (Float4Vector) vectors.getDataVector();
            for (int row = 0; row < 5; row++) {
                vectors.setNotNull(row);
                for (int at = 0; at < 4; at++) {
                    values.setSafe(4 * row + at, row);
                }
            }
            root.setRowCount(5);
            String uri = directory.toAbsolutePath() + "/vectors";
            Dataset.write()
                    .allocator(allocator)
                    .uri(uri)
                    .schema(schema)
                    .execute()
                    .close();
            RawDataset raw = new RawDataset(allocator, uri);
            long version;
            try (Dataset empty = raw.open(1)) {
                version = RawDataset.detached(
                        empty,
                        1,
                        RawDataset.append(Fragment.write()
                                .datasetUri(uri)
                                .allocator(allocator)
                                .data(root)
                                .mode(WriteParams.WriteMode.CREATE)
                                .execute()));
            }
            try (Dataset dataset = raw.open(version)) {
                assertThat(nearest(dataset, new float[] {3, 3, 3, 3})).isEqualTo(2);
                assertThat(nearest(dataset, new float[] {3, 3, 3})).isEqualTo(5);
            }
        }
    }

    /** How many rows a search for the two nearest ones gives. */
    private static int nearest(Dataset dataset, float[] key) throws Exception {
        Query query = new Query.Builder()
                .setColumn("v")
                .setKey(key)
                .setK(2)
                .setUseIndex(false)
                .build();
        int rows = 0;
        try (LanceScanner scanner =
                        dataset.newScan(new ScanOptions.Builder().nearest(query).build());
                var reader = scanner.scanBatches()) {
            while (reader.loadNextBatch()) {
                rows += reader.getVectorSchemaRoot().getRowCount();
            }
        }
        return rows;
    }

    /** Stamps of row versions want row ids that stay, and those make forks of one dataset share what they must not. */
    @Test
    void stampsOfRowVersionsTellNothingOfADetachedChain() throws Exception {
        NativeRuntime.require();
        try (RootAllocator allocator = new RootAllocator()) {
            RawDataset raw = new RawDataset(allocator, directory.toAbsolutePath() + "/stamped");
            Dataset.write()
                    .allocator(allocator)
                    .uri(raw.uri())
                    .schema(Tables.SCHEMA)
                    .enableStableRowIds(true)
                    .execute()
                    .close();
            long first;
            long second;
            try (Dataset empty = raw.open(1)) {
                first = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a")));
            }
            try (Dataset next = raw.open(first)) {
                second = RawDataset.detached(next, first, RawDataset.append(raw.stage("b")));
            }
            assertThat(stamps(raw, first)).containsExactly(2L);
            assertThat(stamps(raw, second)).hasSize(2).doesNotContain(second);
        }
    }

    private static List<Long> stamps(RawDataset raw, long version) throws Exception {
        List<Long> stamps = new ArrayList<>();
        try (Dataset dataset = raw.open(version);
                LanceScanner scanner = dataset.newScan(new ScanOptions.Builder()
                        .columns(List.of("id", "_row_created_at_version"))
                        .build());
                var reader = scanner.scanBatches()) {
            while (reader.loadNextBatch()) {
                UInt8Vector column = (UInt8Vector) reader.getVectorSchemaRoot().getVector("_row_created_at_version");
                for (int row = 0; row < column.getValueCount(); row++) {
                    stamps.add(column.get(row));
                }
            }
        }
        return stamps;
    }
}
