package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.compaction.Compaction;
import org.lance.compaction.CompactionOptions;
import org.lance.compaction.RewriteResult;
import org.lance.fragment.RowIdMeta;
import org.lance.index.DistanceType;
import org.lance.index.Index;
import org.lance.index.IndexOptions;
import org.lance.index.IndexParams;
import org.lance.index.IndexType;
import org.lance.index.scalar.InvertedIndexParams;
import org.lance.index.scalar.ScalarIndexParams;
import org.lance.index.vector.IvfBuildParams;
import org.lance.index.vector.VectorIndexParams;
import org.lance.index.vector.VectorTrainer;
import org.lance.ipc.FullTextQuery;
import org.lance.ipc.Query;
import org.lance.ipc.ScanOptions;
import org.lance.operation.CreateIndex;
import org.lance.operation.Rewrite;
import org.lance.operation.RewriteGroup;
import org.lance.operation.Update;

/** Facts of the library about indexes of detached versions, on which indexes without a moving head will be built. */
@Timeout(60)
class IndexFactsTest {
    private static final int DIMENSION = 4;
    private static final int ROWS = 40;
    private static final Schema SCHEMA = new Schema(List.of(
            Field.nullable("id", ArrowType.Utf8.INSTANCE),
            Field.nullable("n", new ArrowType.Int(64, true)),
            new Field(
                    "v",
                    FieldType.nullable(new ArrowType.FixedSizeList(DIMENSION)),
                    List.of(Field.nullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE))))));
    private static final IndexParams BTREE = IndexParams.builder()
            .setScalarIndexParams(ScalarIndexParams.create("btree"))
            .build();
    // Without positions: building those can hang for ever on few threads.
    private static final IndexParams WORDS = IndexParams.builder()
            .setScalarIndexParams(InvertedIndexParams.builder()
                    .baseTokenizer("simple")
                    .language("English")
                    .withPosition(false)
                    .build())
            .build();

    @TempDir
    Path directory;

    private final RootAllocator allocator = new RootAllocator();

    @AfterEach
    void close() {
        allocator.close();
    }

    /** Rows {@code from} to before {@code from + ROWS}: {@code n} counts, {@code id} ends in the word of its number. */
    private List<FragmentMetadata> stage(RawDataset raw, int from) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
            FixedSizeListVector vectors = (FixedSizeListVector) root.getVector("v");
            Float4Vector items = (Float4Vector) vectors.getDataVector();
            for (int i = 0; i < ROWS; i++) {
                ((VarCharVector) root.getVector("id")).setSafe(i, ("row word" + (from + i)).getBytes(UTF_8));
                ((BigIntVector) root.getVector("n")).setSafe(i, from + i);
                vectors.setNotNull(i);
                for (int d = 0; d < DIMENSION; d++) {
                    items.setSafe(i * DIMENSION + d, d == 0 ? from + i : 0);
                }
            }
            root.setRowCount(ROWS);
            return raw.stage(root);
        }
    }

    /** A chain of appends; its last version. */
    private long filled(RawDataset raw, int fragments) {
        long version = 1;
        for (int i = 0; i < fragments; i++) {
            version = append(raw, version, i * ROWS);
        }
        return version;
    }

    private long append(RawDataset raw, long parent, int from) {
        try (Dataset base = raw.open(parent)) {
            return RawDataset.detached(base, parent, RawDataset.append(stage(raw, from)));
        }
    }

    private static List<Integer> fragmentIds(Dataset dataset) {
        return dataset.getFragments().stream().map(Fragment::getId).toList();
    }

    /** Builds an index over some fragments; nothing is committed. */
    private static Index build(
            Dataset dataset, IndexType type, String column, IndexParams params, String name, List<Integer> fragments) {
        UUID uuid = UUID.randomUUID();
        Index built = dataset.createIndex(IndexOptions.builder(List.of(column), type, params)
                .withIndexName(name)
                .withIndexUUID(uuid.toString())
                .withFragmentIds(fragments)
                .replace(true)
                .build());
        if (type != IndexType.IVF_FLAT) {
            dataset.mergeIndexMetadata(uuid.toString(), type, Optional.empty());
        }
        return Index.builder()
                .uuid(uuid)
                .name(name)
                .fields(built.fields())
                .datasetVersion(dataset.version())
                .fragments(fragments)
                .indexDetails(built.indexDetails().orElseThrow())
                .indexVersion(built.indexVersion())
                .build();
    }

    private static Index named(Index index, String name) {
        return Index.builder()
                .uuid(index.uuid())
                .name(name)
                .fields(index.fields())
                .datasetVersion(index.datasetVersion())
                .fragments(index.fragments().orElseThrow())
                .indexDetails(index.indexDetails().orElseThrow())
                .indexVersion(index.indexVersion())
                .build();
    }

    private static long register(Dataset base, Index... indexes) {
        return RawDataset.detached(
                base,
                base.version(),
                CreateIndex.builder()
                        .withNewIndices(List.of(indexes))
                        .withRemovedIndices(List.of())
                        .build());
    }

    private long indexed(RawDataset raw, long version) {
        try (Dataset base = raw.open(version)) {
            return register(base, build(base, IndexType.BTREE, "n", BTREE, "numbers", fragmentIds(base)));
        }
    }

    private static Set<Integer> covered(Dataset dataset) {
        return dataset.getIndexes().stream()
                .flatMap(index -> index.fragments().orElseThrow().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> ids(Dataset dataset, ScanOptions.Builder options) throws Exception {
        return RawDataset.ids(dataset, options.columns(List.of("id")));
    }

    @Test
    void aTreeIndexIsBuiltWithoutACommitAndRegisteredDetached() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        long version = filled(raw, 2);
        long indexed;
        try (Dataset base = raw.open(version)) {
            Index index = build(base, IndexType.BTREE, "n", BTREE, "numbers", fragmentIds(base));
            assertThat(base.getIndexes()).isEmpty();
            assertThat(base.latestVersion()).isEqualTo(1);
            indexed = register(base, index);
        }
        try (Dataset dataset = raw.open(indexed)) {
            assertThat(dataset.latestVersion()).isEqualTo(1);
            assertThat(covered(dataset)).containsExactlyInAnyOrderElementsOf(fragmentIds(dataset));
            assertThat(dataset.countIndexedRows("numbers", "n >= 0", Optional.empty()))
                    .isEqualTo(2L * ROWS);
            assertThat(ids(dataset, new ScanOptions.Builder().filter("n = 41"))).containsExactly("row word41");
        }
    }

    @Test
    void aTextIndexIsBuiltWithoutACommitAndRegisteredDetached() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        long indexed;
        try (Dataset base = raw.open(filled(raw, 2))) {
            indexed = register(base, build(base, IndexType.INVERTED, "id", WORDS, "words", fragmentIds(base)));
        }
        try (Dataset dataset = raw.open(append(raw, indexed, 2 * ROWS))) {
            for (String word : List.of("word7", "word41", "word81")) {
                assertThat(RawDataset.ids(
                                dataset,
                                new ScanOptions.Builder()
                                        .columns(List.of("id", "_score"))
                                        .fullTextQuery(FullTextQuery.match(word, "id"))))
                        .containsExactly("row " + word);
            }
        }
    }

    @Test
    void aVectorIndexIsBuiltOnTrainedCentroidsAndRegisteredDetached() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        long indexed;
        try (Dataset base = raw.open(filled(raw, 2))) {
            IvfBuildParams untrained =
                    new IvfBuildParams.Builder().setNumPartitions(2).build();
            float[] centroids = VectorTrainer.trainIvfCentroids(base, "v", untrained, DistanceType.L2);
            assertThat(centroids).hasSize(2 * DIMENSION);
            IndexParams params = IndexParams.builder()
                    .setVectorIndexParams(new VectorIndexParams.Builder(new IvfBuildParams.Builder()
                                    .setNumPartitions(2)
                                    .setCentroids(centroids)
                                    .build())
                            .setDistanceType(DistanceType.L2)
                            .build())
                    .build();
            indexed = register(base, build(base, IndexType.IVF_FLAT, "v", params, "near", fragmentIds(base)));
        }
        try (Dataset dataset = raw.open(append(raw, indexed, 2 * ROWS))) {
            for (int wanted : new int[] {7, 41, 81}) {
                Query query = new Query.Builder()
                        .setColumn("v")
                        .setKey(new float[] {wanted + 0.1f, 0, 0, 0})
                        .setK(1)
                        .setMinimumNprobes(2)
                        .build();
                assertThat(RawDataset.ids(
                                dataset,
                                new ScanOptions.Builder()
                                        .columns(List.of("id", "_distance"))
                                        .nearest(query)))
                        .containsExactly("row word" + wanted);
            }
        }
    }

    /** Compacts all of {@code version} into fragments numbered from {@code firstId}; the committed version. */
    private long compacted(RawDataset raw, long version, int firstId) {
        try (Dataset base = raw.open(version)) {
            CompactionOptions options =
                    CompactionOptions.builder().withTargetRowsPerFragment(1000).build();
            List<RewriteResult> results = new ArrayList<>();
            Compaction.planCompaction(base, options)
                    .getCompactionTasks()
                    .forEach(task -> results.add(task.execute(base)));
            int[] next = {firstId};
            List<RewriteGroup> groups = results.stream()
                    .map(result -> RewriteGroup.builder()
                            .oldFragments(result.getOriginalFragments())
                            .newFragments(result.getNewFragments().stream()
                                    .map(f -> new FragmentMetadata(
                                            next[0]++, f.getFiles(), f.getPhysicalRows(), null, f.getRowIdMeta()))
                                    .toList())
                            .build())
                    .toList();
            return RawDataset.detached(
                    base, version, Rewrite.builder().groups(groups).build());
        }
    }

    @Test
    void aRewriteUnderNewNumbersKeepsAnIndexesCoverageAndUnderNumberZeroLosesIt() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, true);
        long indexed = indexed(raw, filled(raw, 3));
        try (Dataset kept = raw.open(compacted(raw, indexed, 3))) {
            assertThat(kept.getFragments()).hasSize(1);
            assertThat(covered(kept)).containsAll(fragmentIds(kept));
            assertThat(ids(kept, new ScanOptions.Builder().filter("n = 41"))).containsExactly("row word41");
        }
        try (Dataset lost = raw.open(compacted(raw, indexed, 0))) {
            assertThat(covered(lost)).doesNotContainAnyElementsOf(fragmentIds(lost));
        }
    }

    @Test
    void aRewriteOfRowsKnownByAddressLosesAnIndexesCoverageAndAnswersRight() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        try (Dataset rewritten = raw.open(compacted(raw, indexed(raw, filled(raw, 3)), 3))) {
            assertThat(covered(rewritten)).doesNotContainAnyElementsOf(fragmentIds(rewritten));
            assertThat(ids(rewritten, new ScanOptions.Builder().filter("n = 41")))
                    .containsExactly("row word41");
        }
    }

    @Test
    void aSecondSegmentBuiltUnderAnotherNameCompletesTheCoverageUnderTheRealOne() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        long grown = append(raw, indexed(raw, filled(raw, 2)), 2 * ROWS);
        long twice;
        try (Dataset base = raw.open(grown)) {
            assertThat(covered(base)).containsExactly(0, 1);
            twice = register(base, named(build(base, IndexType.BTREE, "n", BTREE, "later", List.of(2)), "numbers"));
        }
        try (Dataset dataset = raw.open(twice)) {
            assertThat(dataset.getIndexes()).extracting(Index::name).containsExactly("numbers", "numbers");
            assertThat(covered(dataset)).containsExactly(0, 1, 2);
            assertThat(ids(dataset, new ScanOptions.Builder().filter("n = 41"))).containsExactly("row word41");
            assertThat(ids(dataset, new ScanOptions.Builder().filter("n = 81"))).containsExactly("row word81");
        }
    }

    /** Replaces the first fragment by rows whose row ids are its own and whose numbers are others. */
    private Set<Integer> coveredAfterRewritingRows(RawDataset raw, long version, long... preserving) {
        try (Dataset base = raw.open(version)) {
            List<FragmentMetadata> fresh = stage(raw, 1000).stream()
                    .map(f -> new FragmentMetadata(
                            0,
                            f.getFiles(),
                            f.getPhysicalRows(),
                            null,
                            RowIdMeta.fromRowIds(
                                    IntStream.range(0, ROWS).asLongStream().toArray())))
                    .toList();
            Update update = Update.builder()
                    .updatedFragments(List.of())
                    .removedFragmentIds(List.of(0L))
                    .newFragments(fresh)
                    .fieldsForPreservingFragBitmap(preserving)
                    .updateMode(Optional.of(Update.UpdateMode.RewriteRows))
                    .build();
            try (Dataset updated = raw.open(RawDataset.detached(base, version, update))) {
                assertThat(updated.countRows()).isEqualTo(2L * ROWS);
                Set<Integer> newOnes = new TreeSet<>(fragmentIds(updated));
                newOnes.removeAll(fragmentIds(base));
                assertThat(newOnes).hasSize(1);
                newOnes.retainAll(covered(updated));
                return newOnes;
            }
        }
    }

    @Test
    void anUpdateThatNamesNoFieldLetsAnIndexClaimRowsItNeverSawAndOneThatNamesAllDoesNot() {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, true);
        long indexed = indexed(raw, filled(raw, 2));
        assertThat(coveredAfterRewritingRows(raw, indexed)).isNotEmpty();
        try (Dataset base = raw.open(indexed)) {
            long[] every = Schemas.ids(base.getLanceSchema()).stream()
                    .mapToLong(Integer::longValue)
                    .toArray();
            assertThat(every).hasSize(3);
            assertThat(coveredAfterRewritingRows(raw, indexed, every)).isEmpty();
        }
    }

    @Test
    void aTextIndexWithoutATokenizerIsRefused() {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        IndexParams bare = IndexParams.builder()
                .setScalarIndexParams(InvertedIndexParams.builder().build())
                .build();
        try (Dataset base = raw.open(filled(raw, 1))) {
            assertThatThrownBy(() -> build(base, IndexType.INVERTED, "id", bare, "words", fragmentIds(base)))
                    .isInstanceOf(Exception.class);
        }
    }

    /** On fewer compute threads than the process is started with, this build waits for itself for ever. */
    @Test
    @Tag("slow")
    void aTextIndexWithPositionsIsBuiltToItsEndOnTheThreadsThatWeAskFor() throws Exception {
        assertThat(NativeRuntime.problems(System.getenv(), true)).isEmpty();
        RawDataset raw = RawDataset.create(allocator, directory);
        IndexParams positions = IndexParams.builder()
                .setScalarIndexParams(InvertedIndexParams.builder()
                        .baseTokenizer("simple")
                        .language("English")
                        .withPosition(true)
                        .build())
                .build();
        String[] texts = IntStream.range(0, 50_000)
                .mapToObj(i -> "word" + i % 1000 + " of text " + i)
                .toArray(String[]::new);
        long filled;
        try (Dataset empty = raw.open(1)) {
            filled = RawDataset.detached(empty, 1, RawDataset.append(raw.stage(Tables.SCHEMA, texts)));
        }
        try (Dataset base = raw.open(filled);
                Dataset indexed = raw.open(
                        register(base, build(base, IndexType.INVERTED, "id", positions, "words", fragmentIds(base))))) {
            assertThat(RawDataset.ids(
                            indexed,
                            new ScanOptions.Builder()
                                    .columns(List.of("id", "_score"))
                                    .fullTextQuery(FullTextQuery.phrase("of text 777", "id"))))
                    .containsExactly("word777 of text 777");
        }
    }

    private static Query query(String column, float... key) {
        return new Query.Builder().setColumn(column).setKey(key).setK(1).build();
    }

    @Test
    void aSearchByAVectorOfAnotherLengthOrOfNoVectorColumnIsIgnoredAndGivesEveryRow() throws Exception {
        RawDataset raw = RawDataset.create(allocator, directory, SCHEMA, false);
        try (Dataset dataset = raw.open(filled(raw, 1))) {
            assertThat(ids(dataset, new ScanOptions.Builder().nearest(query("v", 7, 0, 0, 0))))
                    .hasSize(1);
            assertThat(ids(dataset, new ScanOptions.Builder().nearest(query("v", 7, 0, 0))))
                    .hasSize(ROWS);
            assertThat(ids(dataset, new ScanOptions.Builder().nearest(query("v"))))
                    .hasSize(ROWS);
            assertThat(ids(dataset, new ScanOptions.Builder().nearest(query("n", 7, 0, 0, 0))))
                    .hasSize(ROWS);
        }
    }
}
