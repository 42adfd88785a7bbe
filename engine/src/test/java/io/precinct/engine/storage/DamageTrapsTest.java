package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.storage.ChildProcess.End;
import io.precinct.engine.storage.Tables.Row;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;

/** What the library makes of bits that were flipped and of fragments that lack a column. */
class DamageTrapsTest {
    private static final long MARK = 0x1122334455667788L;

    @TempDir
    Path directory;

    private static Path only(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void aFlippedBitOfAPlainPageIsReadAsAnotherValueSinceDataHasNoChecksums() throws Exception {
        try (Tables tables = new Tables(directory, false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(
                    empty, List.of(tables.stage(empty, new Row("a", MARK), new Row("b", MARK + 1))));
            Path data = only(directory.resolve(pin.dataset()).resolve("data"));
            byte[] bytes = Files.readAllBytes(data);
            int at = find(bytes, MARK);
            bytes[at] ^= 2;
            Files.write(data, bytes);
            assertThat(tables.rows(pin)).extracting(Row::n).containsExactly(MARK ^ 2, MARK + 1);
        }
    }

    private static int find(byte[] bytes, long value) {
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + Long.BYTES <= bytes.length; at++) {
            if (file.getLong(at) == value) {
                return at;
            }
        }
        throw new AssertionError("the value is not stored plainly");
    }

    /** Flips a bit of each byte of the newest manifest in turn and opens and reads the version, until one is the end. */
    static final class FlippedManifests {
        private FlippedManifests() {}

        public static void main(String[] arguments) throws Exception {
            try (RootAllocator allocator = new RootAllocator()) {
                RawDataset raw = RawDataset.create(allocator, Path.of(arguments[0]));
                long version;
                try (Dataset empty = raw.open(1)) {
                    version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a", "b")));
                }
                Path manifest = Path.of(raw.uri()).resolve("_versions").resolve(DatasetFiles.manifestName(version));
                byte[] whole = Files.readAllBytes(manifest);
                for (int at = 0; at < whole.length; at++) {
                    byte[] flipped = whole.clone();
                    flipped[at] ^= (byte) (1 << at % 8);
                    Files.write(manifest, flipped);
                    try (Dataset dataset = raw.open(version)) {
                        RawDataset.ids(dataset, Optional.empty());
                    } catch (Exception e) {
                        System.out.println(at + ": " + e.getClass());
                    }
                }
            }
        }
    }

    @Test
    @Tag("slow")
    void someManifestWithAFlippedBitEndsTheProcess() throws Exception {
        ChildProcess.Outcome outcome = ChildProcess.run(FlippedManifests.class, directory);
        assertThat(outcome.end()).as(outcome.output()).isEqualTo(End.KILLED);
    }

    /** A fragment without the column {@code n}, which the dataset has declared to be nullable or not. */
    static final class MissingColumn {
        private MissingColumn() {}

        public static void main(String[] arguments) throws Exception {
            try (RootAllocator allocator = new RootAllocator()) {
                Field number = new Field(
                        "n",
                        new org.apache.arrow.vector.types.pojo.FieldType(
                                Boolean.parseBoolean(arguments[1]), new ArrowType.Int(64, true), null),
                        null);
                Schema schema = new Schema(List.of(Field.nullable("id", ArrowType.Utf8.INSTANCE), number));
                RawDataset raw = RawDataset.create(allocator, Path.of(arguments[0]), schema, false);
                Schema less = new Schema(List.of(schema.findField("id")));
                try (Dataset empty = raw.open(1);
                        VectorSchemaRoot rows = VectorSchemaRoot.create(less, allocator)) {
                    ((VarCharVector) rows.getVector("id")).setSafe(0, "a".getBytes(UTF_8));
                    rows.setRowCount(1);
                    long version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage(rows)));
                    try (Dataset dataset = raw.open(version)) {
                        System.out.println(RawDataset.ids(
                                dataset, new org.lance.ipc.ScanOptions.Builder().columns(List.of("id", "n"))));
                    }
                }
            }
        }
    }

    @Test
    @Tag("slow")
    void aFragmentWithoutAColumnDeclaredNotNullEndsTheProcessAtTheNextScan() throws Exception {
        ChildProcess.Outcome declared = ChildProcess.run(MissingColumn.class, directory.resolve("declared"), "false");
        assertThat(declared.end()).as(declared.output()).isEqualTo(End.KILLED);
        ChildProcess.Outcome nullable = ChildProcess.run(MissingColumn.class, directory.resolve("nullable"), "true");
        assertThat(nullable.end()).as(nullable.output()).isEqualTo(End.FINISHED);
    }

    @Test
    void everyColumnOfOursIsNullableWhateverItsDeclaration() {
        try (Tables tables = new Tables(directory, false)) {
            assertThat(Tables.SCHEMA.findField("id").isNullable()).isFalse();
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row(null, null))));
            assertThat(tables.rows(pin)).containsExactly(new Row(null, null));
        }
    }
}
