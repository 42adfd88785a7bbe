package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.FragmentMetadata;
import org.lance.ReadOptions;
import org.lance.Session;
import org.lance.fragment.RowIdMeta;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;
import org.lance.operation.Delete;
import org.lance.operation.Merge;
import org.lance.operation.Operation;
import org.lance.operation.Overwrite;
import org.lance.operation.Project;
import org.lance.operation.Update;
import org.lance.operation.UpdateConfig;

/** Facts of the library: each kind of operation that works as a detached commit, and what rows are known by then. */
class DetachedOperationsTest {
    @TempDir
    Path directory;

    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    private static long commit(RawDataset raw, long parent, Operation operation) {
        try (Dataset base = raw.open(parent)) {
            return RawDataset.detached(base, parent, operation);
        }
    }

    private static long append(RawDataset raw, long parent, String... ids) {
        return commit(raw, parent, RawDataset.append(raw.stage(ids)));
    }

    @Test
    void rowsAndWholeFragmentsAreDeleted() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory);
        long filled = append(raw, append(raw, 1, "a", "b"), "c");
        FragmentMetadata without;
        try (Dataset base = raw.open(filled)) {
            without = base.getFragment(0).deleteRows(List.of(0));
            assertThat(base.getFragment(1).deleteRows(List.of(0)))
                    .as("nothing left")
                    .isNull();
        }
        long deleted = commit(
                raw,
                filled,
                Delete.builder()
                        .updatedFragments(List.of(without))
                        .deletedFragmentIds(List.of(1L))
                        .predicate("")
                        .build());
        assertThat(raw.ids(deleted)).containsExactly("b");
        assertThat(raw.ids(filled)).containsExactly("a", "b", "c");
    }

    @Test
    void unknownFragmentsAreDeletedWithoutAWord() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory);
        long filled = append(raw, 1, "a");
        long deleted = commit(
                raw,
                filled,
                Delete.builder()
                        .updatedFragments(List.of())
                        .deletedFragmentIds(List.of(77L))
                        .predicate("")
                        .build());
        assertThat(raw.ids(deleted)).containsExactly("a");
    }

    @Test
    void theWholeIsOverwrittenUnderAnotherSchema() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory);
        long filled = append(raw, 1, "a");
        Schema texts = new Schema(
                List.of(Field.nullable("id", ArrowType.Utf8.INSTANCE), Field.nullable("n", ArrowType.Utf8.INSTANCE)));
        long overwritten = commit(
                raw,
                filled,
                Overwrite.builder()
                        .fragments(raw.stage(texts, "b"))
                        .schema(texts)
                        .build());
        assertThat(raw.ids(overwritten)).containsExactly("b");
        try (Dataset dataset = raw.open(overwritten)) {
            assertThat(dataset.getSchema().findField("n").getType()).isEqualTo(ArrowType.Utf8.INSTANCE);
        }
        assertThat(raw.ids(filled)).containsExactly("a");
    }

    @Test
    void columnsAreAddedAndTakenAwayWithoutTouchingAFile() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory);
        long filled = append(raw, 1, "a");
        long wide;
        try (Dataset base = raw.open(filled)) {
            Schema wider =
                    Schemas.with(base.getSchema(), new Schema(List.of(Field.nullable("m", ArrowType.Utf8.INSTANCE))));
            wide = commit(
                    raw,
                    filled,
                    Merge.builder()
                            .fragments(List.of(base.getFragment(0).metadata()))
                            .schema(wider)
                            .build());
        }
        Schema only = new Schema(List.of(Field.nullable("id", ArrowType.Utf8.INSTANCE)));
        long narrow = commit(raw, wide, new Project.Builder().schema(only).build());
        try (Dataset before = raw.open(filled);
                Dataset dataset = raw.open(wide);
                Dataset projected = raw.open(narrow)) {
            List<Integer> ids = Schemas.ids(before.getLanceSchema());
            assertThat(Schemas.ids(dataset.getLanceSchema()))
                    .startsWith(ids.toArray(Integer[]::new))
                    .hasSize(3);
            assertThat(Schemas.ids(projected.getLanceSchema())).containsExactly(ids.getFirst());
            assertThat(dataset.getFragment(0).metadata().getFiles())
                    .isEqualTo(before.getFragment(0).metadata().getFiles());
        }
        assertThat(raw.ids(wide)).containsExactly("a");
        assertThat(raw.ids(narrow)).containsExactly("a");
    }

    @Test
    void configurationIsChanged() {
        RawDataset raw = RawDataset.create(allocator, directory);
        long changed = commit(
                raw,
                1,
                new UpdateConfig.Builder()
                        .upsertValues(Map.of("key", "value 😀"))
                        .build());
        try (Dataset dataset = raw.open(changed);
                Dataset head = raw.head()) {
            assertThat(dataset.getConfig()).containsEntry("key", "value 😀");
            assertThat(head.getConfig()).doesNotContainKey("key");
        }
    }

    private static Update replacing(List<Long> removed, List<FragmentMetadata> fresh) {
        return Update.builder()
                .updatedFragments(List.of())
                .removedFragmentIds(removed)
                .newFragments(fresh)
                .fieldsForPreservingFragBitmap(new long[] {0, 1})
                .updateMode(Optional.of(Update.UpdateMode.RewriteRows))
                .build();
    }

    private static List<FragmentMetadata> known(List<FragmentMetadata> staged, long... rowIds) {
        return staged.stream()
                .map(f ->
                        new FragmentMetadata(0, f.getFiles(), f.getPhysicalRows(), null, RowIdMeta.fromRowIds(rowIds)))
                .toList();
    }

    @Test
    void rowsAreRewrittenUnderTheirOwnRowIds() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, Tables.SCHEMA, true);
        long filled = append(raw, append(raw, 1, "a", "b"), "c");
        long updated = commit(raw, filled, replacing(List.of(0L), known(raw.stage("b", "a"), 1, 0)));
        try (Dataset dataset = raw.open(updated)) {
            assertThat(numbers(dataset, "_rowid")).isEqualTo(Map.of("a", 0L, "b", 1L, "c", 2L));
        }
    }

    /** By the id of its row. */
    private static Map<String, Long> numbers(Dataset dataset, String column) throws Exception {
        Map<String, Long> found = new HashMap<>();
        try (LanceScanner scanner = dataset.newScan(
                        new ScanOptions.Builder().columns(List.of("id", column)).build());
                ArrowReader reader = scanner.scanBatches()) {
            while (reader.loadNextBatch()) {
                VarCharVector ids = (VarCharVector) reader.getVectorSchemaRoot().getVector("id");
                UInt8Vector numbers = (UInt8Vector) reader.getVectorSchemaRoot().getVector(column);
                for (int i = 0; i < ids.getValueCount(); i++) {
                    found.put(String.valueOf(ids.getObject(i)), numbers.get(i));
                }
            }
        }
        return found;
    }

    @Test
    void theVersionsThatRowsAreStampedWithAreNoneThatCouldBeOpened() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, Tables.SCHEMA, true);
        long first = append(raw, 1, "a");
        long second = append(raw, first, "b");
        try (Dataset dataset = raw.open(second)) {
            Map<String, Long> created = numbers(dataset, "_row_created_at_version");
            assertThat(created).isEqualTo(Map.of("a", 2L, "b", first + 1));
            assertThat(second).isNotEqualTo(first + 1);
        }
    }

    @Test
    void rowIdsOfTwoChainsMeet() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, Tables.SCHEMA, true);
        long base = append(raw, 1, "a");
        long left = append(raw, base, "left");
        long right = append(raw, base, "right");
        try (Dataset one = raw.open(left);
                Dataset other = raw.open(right)) {
            assertThat(numbers(one, "_rowid").get("left"))
                    .isEqualTo(numbers(other, "_rowid").get("right"));
        }
    }

    /** What two children of one parent say of their rows when they share a session: by its caches, the same. */
    private Map<String, Long> rowIdsOfTheSecondChild(long metadataBytes) throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory.resolve("cache-" + metadataBytes), Tables.SCHEMA, true);
        long base = append(raw, 1, "a", "b", "c");
        List<FragmentMetadata> left = known(raw.stage("a"), 0);
        List<FragmentMetadata> right = known(raw.stage("c"), 2);
        long one = commit(raw, base, replacing(List.of(0L), left));
        long other = commit(raw, base, replacing(List.of(0L), right));
        try (Session session = Session.create(16 << 20, metadataBytes);
                Dataset first = open(raw, one, session);
                Dataset second = open(raw, other, session)) {
            assertThat(numbers(first, "_rowid")).isEqualTo(Map.of("a", 0L));
            return numbers(second, "_rowid");
        }
    }

    private static Dataset open(RawDataset raw, long version, Session session) {
        return Dataset.open(
                raw.uri(),
                new ReadOptions.Builder()
                        .setVersion(version)
                        .setSession(session)
                        .build());
    }

    @Test
    void stableRowIdsOfOneChildAreThoseOfAnotherWhenTheyShareACache() throws Exception {
        assertThat(rowIdsOfTheSecondChild(0)).isEqualTo(Map.of("c", 2L));
        assertThat(rowIdsOfTheSecondChild(16 << 20)).isEqualTo(Map.of("c", 0L));
    }

    @Test
    void ourDatasetsHaveNoStableRowIds() {
        try (Tables tables = new Tables(directory, false)) {
            Pin pin = tables.store.create("t", Tables.SCHEMA);
            RawDataset raw =
                    new RawDataset(allocator, directory.resolve(pin.dataset()).toString());
            try (Dataset dataset = raw.open(1)) {
                assertThat(dataset.hasStableRowIds()).isFalse();
            }
        }
    }

    @Test
    void aManifestThatIsHandedOverIsTheVersionThatIsOpened() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory);
        List<Long> versions = new ArrayList<>(List.of(1L));
        for (String id : List.of("a", "b")) {
            versions.add(append(raw, versions.getLast(), id));
        }
        for (long version : versions) {
            ManifestFile manifest = new ManifestFile(
                    "manifest",
                    java.nio.file.Files.readAllBytes(
                            Path.of(raw.uri()).resolve("_versions").resolve(DatasetFiles.manifestName(version))));
            try (Dataset dataset = Dataset.open(
                    raw.uri(),
                    new ReadOptions.Builder()
                            .setVersion(version)
                            .setSerializedManifest(manifest.message())
                            .build())) {
                assertThat(dataset.version()).isEqualTo(version);
                assertThat(RawDataset.ids(dataset, Optional.empty())).isEqualTo(raw.ids(version));
            }
        }
    }
}
