package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectReport.Kind;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.TagName;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.TableStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept stays readable for everybody, and of the rest nothing is left. */
class CollectTest {
    private static final BranchName SIDE = new BranchName("side");
    private static final TagName TAG = new TagName("v1");

    @TempDir
    private Path directory;

    private LogRig rig;
    private GraphLog log;

    @BeforeEach
    void open() {
        rig = new LogRig(directory);
        rig.limits = new LogSettings.Limits(
                64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, 32, Duration.ZERO, Duration.ofMillis(1));
        log = rig.create();
    }

    @AfterEach
    void close() {
        log.close();
        rig.close();
    }

    private static CollectRequest keeping(int commits) {
        return new CollectRequest(OptionalInt.of(commits), Optional.empty(), false);
    }

    private CollectReport collect(int commits) {
        return log.collect(keeping(commits), LogRig.BY, () -> false);
    }

    private CommitId written(BranchName branch, String id, long value, LogRig.Form form) {
        return log.commit(branch, rig.put(Map.of(id, Optional.of(value)), form), AccessGate.UNRESTRICTED)
                .orElseThrow()
                .commit()
                .id();
    }

    private CommitId inline(String id, long value) {
        return written(BranchName.MAIN, id, value, LogRig.Form.INLINE);
    }

    private CommitId fragments(String id, long value) {
        return written(BranchName.MAIN, id, value, LogRig.Form.FRAGMENTS);
    }

    private static void fails(Class<? extends EngineFailure> kind, ThrowingCallable call) {
        assertThat(catchThrowableOfType(EngineException.class, call).failure()).isInstanceOf(kind);
    }

    private long bytes() {
        return rig.objects.keys().stream()
                        .filter(key -> !key.startsWith("schema/"))
                        .mapToLong(key -> rig.objects.get(key).orElseThrow().length)
                        .sum()
                + rig.tables.files().stream()
                        .mapToLong(TableStore.StoredFile::bytes)
                        .sum();
    }

    /** By processes that know everything of old, and by one that knows nothing. */
    private void isSound() {
        try (GraphLog fresh = rig.open()) {
            assertThat(fresh.verify(() -> false).findings()).isEmpty();
        }
        assertThat(log.verify(() -> false).sound()).isTrue();
    }

    private void churn(int commits) {
        for (int i = 0; i < commits; i++) {
            if (i % 3 == 0) {
                fragments("key" + i % 7, i);
            } else {
                inline("key" + i % 7, i);
            }
        }
    }

    @Test
    void whatAChurnedGraphTakesAfterwardsIsItsNewestStateAndLittleMore() {
        churn(100);
        Map<String, Long> newest = rig.read(log);
        long before = bytes();
        try (GraphLog other = rig.open()) {
            other.head(BranchName.MAIN);
            CollectReport report = collect(1);
            assertThat(report.complete()).isTrue();
            assertThat(report.bytes()).isGreaterThan(before / 2);
            assertThat(report.reclaimed()).allMatch(kind -> kind.objects() > 0);
            assertThat(rig.read(other)).isEqualTo(newest);
        }
        assertThat(rig.read(log)).isEqualTo(newest);
        isSound();
        long live = rig
                .tables
                .filesOf(log.head(BranchName.MAIN).type(LogRig.ITEM.id()).pin())
                .stream()
                .flatMap(key ->
                        rig.tables.files().stream().filter(file -> file.key().equals(key)))
                .mapToLong(TableStore.StoredFile::bytes)
                .sum();
        assertThat(rig.tables.files().stream()
                        .mapToLong(TableStore.StoredFile::bytes)
                        .sum())
                .isEqualTo(live);
        assertThat(bytes()).as("live %s, before %s", live, before).isLessThanOrEqualTo(2 * live + 20_000);
        // A second run finds nothing, and leaves no trace of itself.
        List<String> keys = rig.objects.keys();
        assertThat(collect(1).objects()).isZero();
        assertThat(rig.objects.keys()).isEqualTo(keys);
        churn(10);
        isSound();
    }

    @Test
    void aDryRunTellsWhatTheRealRunTakesAndTakesNothing() {
        churn(40);
        log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
        log.deleteBranch(SIDE, LogRig.BY);
        Set<String> before = new HashSet<>(rig.objects.keys());
        rig.tables.files().forEach(file -> before.add(file.key()));
        CollectReport dry =
                log.collect(new CollectRequest(OptionalInt.of(5), Optional.empty(), true), LogRig.BY, () -> false);
        Set<String> after = new HashSet<>(rig.objects.keys());
        rig.tables.files().forEach(file -> after.add(file.key()));
        assertThat(after).isEqualTo(before);
        assertThat(dry.dryRun()).isTrue();
        CollectReport real = collect(5);
        assertThat(real.dryRun()).isFalse();
        assertThat(real.reclaimed()).isEqualTo(dry.reclaimed());
        assertThat(real.oldest()).isEqualTo(dry.oldest());
        Set<String> left = new HashSet<>(rig.objects.keys());
        rig.tables.files().forEach(file -> left.add(file.key()));
        assertThat(before.stream().filter(key -> !left.contains(key))).hasSize((int) real.objects());
        isSound();
    }

    @Test
    void theNewestCommitsStayReadableAndOlderOnesAreSaidToBeReclaimed() {
        List<CommitId> commits = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            commits.add(i % 4 == 0 ? fragments("a", i) : inline("a", i));
        }
        CollectReport report = collect(10);
        assertThat(report.oldest())
                .singleElement()
                .satisfies(oldest -> assertThat(oldest.commit().id()).isEqualTo(commits.get(70)));
        for (GraphLog one : List.of(log, rig.open())) {
            for (int i = 70; i < 80; i++) {
                assertThat(rig.read(one.at(commits.get(i)))).containsEntry("a", (long) i);
            }
            assertThat(one.commits(BranchName.MAIN, Optional.empty(), 100))
                    .extracting(CommitInfo::id)
                    .containsExactlyElementsOf(commits.subList(70, 80).reversed());
            assertThat(one.asOf(BranchName.MAIN, java.time.Instant.MAX).commit().id())
                    .isEqualTo(commits.getLast());
            fails(EngineFailure.HistoryReclaimed.class, () -> one.asOf(BranchName.MAIN, java.time.Instant.EPOCH));
            fails(EngineFailure.HistoryReclaimed.class, () -> one.parent(one.authored(commits.get(70))));
        }
        fails(EngineFailure.HistoryReclaimed.class, () -> log.at(commits.get(69)));
        fails(EngineFailure.HistoryReclaimed.class, () -> log.createTag(TAG, commits.get(3), LogRig.BY));
        isSound();
    }

    @Test
    void anAgeKeepsWhatTheBranchWasThenAndSince() {
        List<CommitId> commits = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            commits.add(fragments("a", i));
        }
        CollectRequest old = new CollectRequest(OptionalInt.of(1), Optional.of(Duration.ofDays(1)), false);
        assertThat(log.collect(old, LogRig.BY, () -> false).objects()).isZero();
        CollectRequest now = new CollectRequest(OptionalInt.of(3), Optional.of(Duration.ZERO), false);
        CollectReport report = log.collect(now, LogRig.BY, () -> false);
        assertThat(report.oldest().getFirst().commit().id()).isEqualTo(commits.get(7));
        assertThat(report.objects()).isPositive();
        isSound();
    }

    @Test
    void tagsAndOriginsOfBranchesHoldWhatTheyName() {
        CommitId tagged = fragments("a", 1);
        log.createTag(TAG, tagged, LogRig.BY);
        fragments("a", 2);
        log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
        written(SIDE, "b", 1, LogRig.Form.FRAGMENTS);
        churn(20);
        collect(1);
        assertThat(rig.read(log.at(TAG))).containsExactlyEntriesOf(Map.of("a", 1L));
        assertThat(rig.read(log.head(SIDE))).containsEntry("a", 2L).containsEntry("b", 1L);
        isSound();
        log.deleteTag(TAG, LogRig.BY);
        collect(1);
        assertThat(rig.read(log.head(SIDE))).containsEntry("a", 2L).containsEntry("b", 1L);
        try (GraphLog fresh = rig.open()) {
            assertThat(rig.read(fresh.head(SIDE))).containsEntry("a", 2L);
        }
        isSound();
        log.deleteBranch(SIDE, LogRig.BY);
        collect(1);
        isSound();
        assertThat(rig.objects.keys().stream().filter(key -> key.matches("log/0[^/]+/[0-9]{20}")))
                .as("the head's record and the fences after it")
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void aDamagedCheckpointWithoutItsRecordsIsLoud() {
        churn(20);
        collect(2);
        rig.objects.keys().stream()
                .filter(key -> key.contains("/checkpoint/"))
                .forEach(key -> rig.objects.overwrite(key, new byte[] {1, 2, 3}));
        try (GraphLog fresh = rig.open()) {
            fails(EngineFailure.Corrupt.class, () -> fresh.head(BranchName.MAIN));
            fails(EngineFailure.Corrupt.class, () -> fresh.collect(keeping(1), LogRig.BY, () -> false));
            assertThat(fresh.verify(() -> false).sound()).isFalse();
        }
    }

    @Test
    void aProcessThatSleptThroughACollectionSeesTheNewestStateAndWritesAfterIt() {
        churn(5);
        try (GraphLog sleeper = rig.open()) {
            sleeper.head(BranchName.MAIN);
            churn(20);
            collect(1);
            assertThat(rig.read(sleeper)).isEqualTo(rig.read(log));
        }
        try (GraphLog sleeper = rig.open()) {
            sleeper.head(BranchName.MAIN);
            churn(20);
            collect(1);
            rig.commit(sleeper, rig.put("late", 1));
            assertThat(rig.read(log)).containsEntry("late", 1L).hasSize(8);
            assertThat(rig.read(sleeper)).isEqualTo(rig.read(log));
        }
        isSound();
    }

    @Test
    void aCancelledRunIsFinishedByTheNext() {
        churn(30);
        int cut = 0;
        boolean complete = false;
        for (int looks = 0; !complete; looks += 3) {
            int[] left = {looks};
            complete = log.collect(keeping(1), LogRig.BY, () -> left[0]-- <= 0).complete();
            cut += complete ? 0 : 1;
            isSound();
        }
        assertThat(cut).isGreaterThan(5);
        assertThat(collect(1).complete()).isTrue();
        isSound();
        assertThat(collect(1).objects()).isZero();
    }

    @Test
    void limitsAreAskedFor() {
        assertThat(catchThrowableOfType(
                        IllegalArgumentException.class,
                        () -> new CollectRequest(OptionalInt.empty(), Optional.empty(), true)))
                .isNotNull();
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> keeping(0)))
                .isNotNull();
        assertThat(Kind.values()).hasSize(4);
    }
}
