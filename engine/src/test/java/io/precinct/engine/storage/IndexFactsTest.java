package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.compaction.Compaction;
import org.lance.compaction.CompactionOptions;
import org.lance.compaction.CompactionTask;
import org.lance.compaction.RewriteResult;
import org.lance.index.Index;
import org.lance.index.IndexOptions;
import org.lance.index.IndexParams;
import org.lance.index.IndexType;
import org.lance.index.scalar.ScalarIndexParams;
import org.lance.operation.CreateIndex;
import org.lance.operation.Rewrite;
import org.lance.operation.RewriteGroup;
import org.lance.operation.Update;

/** Indexes of detached versions: built without a commit, registered by one, grown by segments. */
class IndexFactsTest {
    private static final String NAME = "id_idx";

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

    private long appended(long base, String... ids) {
        try (Dataset dataset = raw.open(base)) {
            return RawDataset.detached(dataset, base, RawDataset.append(raw.stage(ids)));
        }
    }

    private static IndexParams params(IndexType type) {
        return IndexParams.builder()
                .setScalarIndexParams(
                        type == IndexType.BTREE
                                ? ScalarIndexParams.create("btree")
                                : ScalarIndexParams.create(
                                        "inverted", "{\"base_tokenizer\":\"simple\",\"language\":\"English\"}"))
                .build();
    }

    /** Builds a segment over the fragments under a name of its own, and commits nothing. */
    private static Index built(Dataset dataset, IndexType type, List<Integer> fragments) {
        UUID uuid = UUID.randomUUID();
        Index index = dataset.createIndex(IndexOptions.builder(List.of("id"), type, params(type))
                .withIndexName("building_" + uuid.toString().replace("-", ""))
                .withIndexUUID(uuid.toString())
                .withFragmentIds(fragments)
                .replace(true)
                .build());
        dataset.mergeIndexMetadata(uuid.toString(), type, Optional.empty());
        return Index.builder()
                .uuid(uuid)
                .name(NAME)
                .fields(index.fields())
                .fragments(fragments)
                .datasetVersion(dataset.version())
                .indexDetails(index.indexDetails().orElseThrow())
                .indexVersion(index.indexVersion())
                .build();
    }

    private static List<Integer> fragments(Dataset dataset) {
        return dataset.getFragments().stream().map(Fragment::getId).toList();
    }

    private long indexed(long version, IndexType type, List<Integer> without) {
        try (Dataset dataset = raw.open(version)) {
            List<Integer> own = fragments(dataset).stream()
                    .filter(id -> !without.contains(id))
                    .toList();
            return RawDataset.detached(
                    dataset,
                    version,
                    CreateIndex.builder()
                            .withNewIndices(List.of(built(dataset, type, own)))
                            .build());
        }
    }

    private long unindexedRows(long version) {
        try (Dataset dataset = raw.open(version)) {
            return ((Number) dataset.getIndexStatistics(NAME).get("num_unindexed_rows")).longValue();
        }
    }

    private List<String> found(long version, String id) throws Exception {
        try (Dataset dataset = raw.open(version)) {
            return RawDataset.ids(dataset, Optional.of("id = '" + id + "'"));
        }
    }

    private static String[] many(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    @Test
    void anIndexIsBuiltWithoutACommitAndRegisteredByADetachedOne() throws Exception {
        for (IndexType type : List.of(IndexType.BTREE, IndexType.INVERTED)) {
            long rows = appended(1, many(type.name().toLowerCase(java.util.Locale.ROOT), 100));
            try (Dataset dataset = raw.open(rows)) {
                built(dataset, type, fragments(dataset));
                assertThat(dataset.version()).isEqualTo(rows);
                assertThat(dataset.listIndexes()).isEmpty();
            }
            long indexed = indexed(rows, type, List.of());
            assertThat(indexed).isNegative();
            assertThat(unindexedRows(indexed)).isZero();
            try (Dataset head = raw.head()) {
                assertThat(head.listIndexes()).isEmpty();
            }
        }
    }

    @Test
    void rowsBeyondAnIndexAreFoundAndASecondSegmentCoversThem() throws Exception {
        long indexed = indexed(appended(1, many("a", 100)), IndexType.BTREE, List.of());
        List<Integer> covered;
        try (Dataset dataset = raw.open(indexed)) {
            covered = fragments(dataset);
        }
        long grown = appended(indexed, many("b", 50));
        assertThat(unindexedRows(grown)).isEqualTo(50);
        assertThat(found(grown, "b7")).containsExactly("b7");
        assertThat(found(grown, "a7")).containsExactly("a7");

        long whole = indexed(grown, IndexType.BTREE, covered);
        assertThat(unindexedRows(whole)).isZero();
        assertThat(found(whole, "b7")).containsExactly("b7");
        assertThat(found(whole, "a7")).containsExactly("a7");
        try (Dataset dataset = raw.open(whole)) {
            assertThat(dataset.getIndexes()).hasSize(2);
        }
    }

    /** Deletes the first row and adds another, as one update that says which columns keep their place in indexes. */
    private long replaced(long version, long[] preserving) {
        try (Dataset dataset = raw.open(version)) {
            FragmentMetadata left = dataset.getFragments().getFirst().deleteRows(List.of(0));
            return RawDataset.detached(
                    dataset,
                    version,
                    Update.builder()
                            .updatedFragments(List.of(left))
                            .removedFragmentIds(List.of())
                            .newFragments(raw.stage("new"))
                            .fieldsForPreservingFragBitmap(preserving)
                            .updateMode(Optional.of(Update.UpdateMode.RewriteRows))
                            .build());
        }
    }

    @Test
    void anUpdateThatNamesEveryColumnLeavesNewRowsToTheScan() throws Exception {
        long indexed = indexed(appended(1, many("a", 100)), IndexType.BTREE, List.of());
        long updated = replaced(indexed, new long[] {0, 1});
        assertThat(found(updated, "new")).containsExactly("new");
        assertThat(found(updated, "a0")).isEmpty();
        assertThat(found(updated, "a1")).containsExactly("a1");
    }

    /** Merges all fragments into one that gets an id above every known one. */
    private static long compacted(Dataset dataset, long version, int firstFree) {
        List<RewriteGroup> groups = new ArrayList<>();
        int next = firstFree;
        for (CompactionTask task : Compaction.planCompaction(
                        dataset,
                        CompactionOptions.builder()
                                .withTargetRowsPerFragment(1_000)
                                .build())
                .getCompactionTasks()) {
            RewriteResult result = task.execute(dataset);
            List<FragmentMetadata> fresh = new ArrayList<>();
            for (FragmentMetadata made : result.getNewFragments()) {
                fresh.add(new FragmentMetadata(
                        next++, made.getFiles(), made.getPhysicalRows(), made.getDeletionFile(), made.getRowIdMeta()));
            }
            groups.add(RewriteGroup.builder()
                    .oldFragments(result.getOriginalFragments())
                    .newFragments(fresh)
                    .build());
        }
        return RawDataset.detached(
                dataset, version, Rewrite.builder().groups(groups).build());
    }

    @Test
    void aRewriteTakesRowsOutOfAnIndexAndNoneOutOfAnAnswer() throws Exception {
        long two = appended(appended(1, many("a", 100)), many("b", 100));
        long indexed = indexed(two, IndexType.BTREE, List.of());
        long merged;
        try (Dataset dataset = raw.open(indexed)) {
            int free = fragments(dataset).stream()
                            .mapToInt(Integer::intValue)
                            .max()
                            .orElseThrow()
                    + 1;
            merged = compacted(dataset, indexed, free);
        }
        try (Dataset dataset = raw.open(merged)) {
            assertThat(dataset.getFragments()).hasSize(1);
        }
        for (String id : List.of("a0", "a99", "b0", "b99")) {
            assertThat(found(merged, id)).containsExactly(id);
        }
        assertThat(found(merged, "c0")).isEmpty();
    }
}
