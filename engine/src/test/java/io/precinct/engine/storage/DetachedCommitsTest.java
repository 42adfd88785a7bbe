package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.FragmentMetadata;
import org.lance.Ref;
import org.lance.cleanup.CleanupPolicy;
import org.lance.index.IndexParams;
import org.lance.index.IndexType;
import org.lance.index.scalar.ScalarIndexParams;
import org.lance.operation.Update;

/** Facts of the library about commits that don't move a dataset's head, on which the storage protocol is built. */
class DetachedCommitsTest {
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

    @Test
    void anAttachedAppendOfAnOldVersionLandsOnTheNewestWhateverTheRetries() throws Exception {
        try (Dataset stale = raw.open(1);
                Dataset other = raw.open(1)) {
            assertThat(RawDataset.attached(other, 1, RawDataset.append(raw.stage("foreign")), 0))
                    .isEqualTo(2);
            assertThat(RawDataset.attached(stale, 1, RawDataset.append(raw.stage("mine")), 0))
                    .isEqualTo(3);
        }
        assertThat(raw.ids(3)).containsExactlyInAnyOrder("foreign", "mine");
    }

    @Test
    void aDetachedCommitIgnoresTheHeadDoesNotMoveItAndCanBeChained() throws Exception {
        long first;
        try (Dataset empty = raw.open(1);
                Dataset other = raw.open(1)) {
            RawDataset.attached(other, 1, RawDataset.append(raw.stage("foreign")), 0);
            first = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a")));
            assertThat(empty.latestVersion()).isEqualTo(2);
        }
        assertThat(first).isNegative();
        long second;
        try (Dataset parent = raw.open(first)) {
            second = RawDataset.detached(parent, first, RawDataset.append(raw.stage("b")));
        }
        assertThat(raw.ids(first)).containsExactly("a");
        assertThat(raw.ids(second)).containsExactly("a", "b");
        try (Dataset head = raw.head()) {
            assertThat(RawDataset.ids(head, Optional.empty())).containsExactly("foreign");
        }
    }

    @Test
    void whatCommitsByItselfIsRefusedAtADetachedVersion() {
        long version;
        try (Dataset empty = raw.open(1)) {
            version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a")));
        }
        IndexParams btree = IndexParams.builder()
                .setScalarIndexParams(ScalarIndexParams.create("btree"))
                .build();
        try (Dataset detached = raw.open(version)) {
            assertThatThrownBy(() -> detached.delete("id = 'a'")).isInstanceOf(Exception.class);
            assertThatThrownBy(() ->
                            detached.createIndex(List.of("id"), IndexType.BTREE, Optional.of("ids"), btree, false))
                    .isInstanceOf(Exception.class);
            assertThatThrownBy(() -> detached.tags().create("tag", version)).isInstanceOf(Exception.class);
            assertThatThrownBy(() -> detached.createBranch("branch", Ref.ofMain(version)))
                    .isInstanceOf(Exception.class);
            assertThat(detached.latestVersion()).isEqualTo(1);
        }
    }

    @Test
    void theBaseIsTheHandlesVersionWhateverTheTransactionSays() throws Exception {
        try (Dataset empty = raw.open(1)) {
            long first = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a")));
            long astray = RawDataset.detached(empty, first, RawDataset.append(raw.stage("b")));
            assertThat(raw.ids(astray)).containsExactly("b");
        }
    }

    @Test
    void noConflictIsFoundBetweenDetachedCommitsSoAStaleDeletionBringsARowBack() throws Exception {
        long both;
        try (Dataset empty = raw.open(1)) {
            both = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a", "b", "c")));
        }
        FragmentMetadata withoutA;
        FragmentMetadata withoutB;
        try (Dataset base = raw.open(both)) {
            withoutA = base.getFragments().getFirst().deleteRows(List.of(0));
            withoutB = base.getFragments().getFirst().deleteRows(List.of(1));
            long first = RawDataset.detached(base, both, update(withoutA));
            try (Dataset next = raw.open(first)) {
                assertThat(raw.ids(RawDataset.detached(next, first, update(withoutB))))
                        .contains("a");
            }
        }
    }

    private static Update update(FragmentMetadata updated) {
        return Update.builder()
                .updatedFragments(List.of(updated))
                .removedFragmentIds(List.of())
                .newFragments(List.of())
                .fieldsForPreservingFragBitmap(new long[] {0, 1})
                .updateMode(Optional.of(Update.UpdateMode.RewriteRows))
                .build();
    }

    @Test
    void stagedFragmentsNameNoBaseAndOneOfAnotherChainCanBeTakenOver() throws Exception {
        List<FragmentMetadata> staged = raw.stage("s");
        assertThat(staged).allMatch(fragment -> fragment.getId() == 0);
        long here;
        long there;
        try (Dataset empty = raw.open(1)) {
            here = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("here")));
            there = RawDataset.detached(empty, 1, RawDataset.append(staged));
        }
        try (Dataset left = raw.open(here);
                Dataset right = raw.open(there)) {
            FragmentMetadata other = right.getFragments().getFirst().metadata();
            FragmentMetadata adopted = new FragmentMetadata(0, other.getFiles(), other.getPhysicalRows(), null, null);
            assertThat(raw.ids(RawDataset.detached(left, here, RawDataset.append(List.of(adopted)))))
                    .containsExactly("here", "s");
        }
    }

    @Test
    void fragmentNumbersOfTwoChainsMeetSoTheyIdentifyNothing() {
        try (Dataset empty = raw.open(1)) {
            long one = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("one")));
            long other = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("other")));
            try (Dataset left = raw.open(one);
                    Dataset right = raw.open(other)) {
                assertThat(left.getFragments().getFirst().getId())
                        .isEqualTo(right.getFragments().getFirst().getId());
            }
        }
    }

    @Test
    void theLibrarysOwnCleanupDestroysWhatOnlyDetachedVersionsName() throws Exception {
        long version;
        try (Dataset empty = raw.open(1)) {
            version = RawDataset.detached(empty, 1, RawDataset.append(raw.stage("a")));
            RawDataset.attached(empty, 1, RawDataset.append(raw.stage("b")), 0);
        }
        try (Dataset head = raw.head()) {
            head.cleanupWithPolicy(CleanupPolicy.builder()
                    .withBeforeTimestampMillis(System.currentTimeMillis() + 60_000)
                    .withDeleteUnverified(true)
                    .build());
        }
        assertThatThrownBy(() -> raw.ids(version)).isInstanceOf(Exception.class);
    }

    @Test
    void nothingOfOursCallsTheLibrarysCleanup() throws Exception {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            assertThat(sources.filter(path -> path.toString().endsWith(".java")))
                    .noneMatch(path -> read(path).contains("cleanupWithPolicy"));
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
