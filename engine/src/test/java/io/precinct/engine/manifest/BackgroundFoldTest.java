package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.upkeep.Compact;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Overlays become fragments behind the writers: nobody waits for it, loses by it or fails with it. */
class BackgroundFoldTest {
    @TempDir
    private Path directory;

    private final Behind behind = Behind.byHand();

    @AfterEach
    void stop() {
        behind.close();
    }

    /** Folds in line beyond {@code records} and behind the writers at an eighth of it. */
    private static LogSettings.Limits limits(int records) {
        return new LogSettings.Limits(
                64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, records, Duration.ofSeconds(30), Duration.ofMillis(1));
    }

    private LogRig rig(String name, int records, Optional<Background> background) {
        LogRig rig = new LogRig(directory.resolve(name));
        rig.limits = limits(records);
        rig.background = background;
        return rig;
    }

    private static TypeSnapshot items(GraphLog log) {
        return log.head(BranchName.MAIN).type(LogRig.ITEM.id());
    }

    private static Map<String, Optional<Long>> changes(Random random) {
        Map<String, Optional<Long>> changes = new TreeMap<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            changes.put(
                    "key" + random.nextInt(12),
                    random.nextInt(4) > 0 ? Optional.of((long) random.nextInt(1_000)) : Optional.empty());
        }
        return changes;
    }

    private static void apply(Map<String, Optional<Long>> changes, Map<String, Long> to) {
        changes.forEach((id, value) -> value.ifPresentOrElse(present -> to.put(id, present), () -> to.remove(id)));
    }

    @Test
    void foldedBehindIsTheStateThatIsFoldedInLine() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int folds = 0;
        try (LogRig ahead = rig("behind", 64, Optional.of(behind));
                LogRig inLine = rig("in-line", 8, Optional.empty());
                GraphLog one = ahead.create();
                GraphLog other = inLine.create()) {
            Map<String, Long> expected = new TreeMap<>();
            for (int i = 0; i < 100; i++) {
                Map<String, Optional<Long>> changes = changes(random);
                ahead.commit(one, ahead.put(changes, LogRig.Form.INLINE));
                inLine.commit(other, inLine.put(changes, LogRig.Form.INLINE));
                apply(changes, expected);
                assertThat(ahead.read(one)).as("seed %s", seed).isEqualTo(expected);
                assertThat(inLine.read(other)).as("seed %s", seed).isEqualTo(expected);
                if (items(one).overlay().entries().isEmpty() || behind.runPlanned() == 0) {
                    continue;
                }
                folds += items(one).overlay().isEmpty() ? 1 : 0;
                assertThat(ahead.read(one)).as("folded, seed %s", seed).isEqualTo(expected);
            }
            try (GraphLog fresh = ahead.open()) {
                assertThat(ahead.read(fresh)).as("seed %s", seed).isEqualTo(expected);
            }
            assertThat(one.commits(BranchName.MAIN, Optional.empty(), 1_000))
                    .as("a fold is no commit")
                    .extracting(CommitInfo::kind)
                    .containsOnly(CommitInfo.Kind.MUTATION, CommitInfo.Kind.GENESIS);
        }
        assertThat(folds).isGreaterThan(4);
    }

    @Test
    void aFoldThatLeavesThePinAsItWasStandsAgainstPinsMadeBeforeIt() {
        try (LogRig rig = rig("cancelled", 8, Optional.of(behind));
                GraphLog one = rig.create();
                GraphLog other = rig.open()) {
            rig.commit(one, rig.put("gone", 1));
            // Another process makes a pin that holds the row, and is late to publish it.
            boolean[] met = new boolean[1];
            TableStore late = new HookedTables(rig.tables, write -> {
                if (write.equals("append") && !met[0]) {
                    met[0] = true;
                    rig.commit(one, rig.delete("gone"));
                    behind.runPlanned();
                    assertThat(items(one).foldedThrough()).isEqualTo(3);
                }
            });
            other.commit(
                    BranchName.MAIN,
                    new Compact(late, new TableStore.CompactionLimits(1_000, 0.1), LogRig.BY, () -> false),
                    AccessGate.UNRESTRICTED);
            assertThat(met[0]).isTrue();
            assertThat(rig.read(other)).as("what was deleted").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 0})
    void writersDuringAFoldLoseNothing(long fixed) {
        long seed = fixed == 0 ? new Random().nextLong() : fixed;
        Random random = new Random(seed);
        try (LogRig rig = rig("race", 64, Optional.of(behind));
                GraphLog created = rig.create();
                GraphLog other = rig.open()) {
            Map<String, Long> expected = new TreeMap<>();
            AtomicBoolean racing = new AtomicBoolean();
            AtomicInteger raced = new AtomicInteger();
            GraphLog[] own = new GraphLog[1];
            HookedTables tables = new HookedTables(rig.tables, write -> {
                if (!racing.compareAndSet(true, false)) {
                    return;
                }
                for (int i = random.nextInt(4); i >= 0; i--) {
                    raced.incrementAndGet();
                    Map<String, Optional<Long>> changes = changes(random);
                    LogRig.Form form = random.nextInt(5) == 0 ? LogRig.Form.FRAGMENTS : LogRig.Form.INLINE;
                    rig.commit(random.nextBoolean() ? own[0] : other, rig.put(changes, form));
                    apply(changes, expected);
                }
            });
            try (GraphLog log = rig.open(rig.objects, tables)) {
                own[0] = log;
                for (int i = 0; i < 60; i++) {
                    Map<String, Optional<Long>> changes = changes(random);
                    rig.commit(log, rig.put(changes, LogRig.Form.INLINE));
                    apply(changes, expected);
                    racing.set(true);
                    behind.runPlanned();
                    racing.set(false);
                    assertThat(rig.read(log)).as("seed %s", seed).isEqualTo(expected);
                    assertThat(rig.read(other)).as("seed %s", seed).isEqualTo(expected);
                }
            }
            assertThat(raced.get()).as("seed %s", seed).isPositive();
            assertThat(behind.failures()).as("seed %s", seed).isEmpty();
            assertThat(rig.read(created)).as("seed %s", seed).isEqualTo(expected);
        }
    }

    @Test
    void rowsWrittenAfterTheFoldBeganStayInTheOverlay() {
        AtomicBoolean racing = new AtomicBoolean();
        try (LogRig rig = rig("stay", 16, Optional.of(behind));
                GraphLog created = rig.create()) {
            HookedTables tables = new HookedTables(rig.tables, write -> {
                if (write.equals("append") && racing.compareAndSet(false, true)) {
                    rig.commit(created, rig.put("late", 9));
                }
            });
            try (GraphLog log = rig.open(rig.objects, tables)) {
                rig.commit(log, rig.put("a", 1));
                rig.commit(log, rig.put("b", 2));
                behind.runPlanned();
                assertThat(items(log).overlay().entries()).containsOnlyKeys("late");
                assertThat(items(log).pin().rows()).isEqualTo(2);
                assertThat(rig.read(log)).isEqualTo(Map.of("a", 1L, "b", 2L, "late", 9L));
            }
        }
    }

    @Test
    void onlyAtTheBoundDoesAWriteFoldInLine() {
        List<String> writes = new ArrayList<>();
        try (LogRig rig = rig("bound", 24, Optional.of(behind));
                GraphLog created = rig.create();
                GraphLog log = rig.open(rig.objects, new HookedTables(rig.tables, writes::add))) {
            for (int i = 0; i < 24; i++) {
                rig.commit(log, rig.put("a", i));
            }
            assertThat(writes).as("nobody folds behind").isEmpty();
            rig.commit(log, rig.put("a", 24));
            assertThat(writes).isNotEmpty();
            assertThat(items(log).overlay().isEmpty()).isTrue();
            assertThat(rig.read(log)).isEqualTo(Map.of("a", 24L));
        }
    }

    @Test
    void writesThatCancelEachOtherOutAreLetGoWithoutADataset() {
        List<String> writes = new ArrayList<>();
        try (LogRig rig = rig("cancel", 16, Optional.of(behind));
                GraphLog created = rig.create();
                GraphLog log = rig.open(rig.objects, new HookedTables(rig.tables, writes::add))) {
            for (int i = 0; i < 60; i++) {
                rig.commit(log, rig.put("a", i));
                rig.commit(log, rig.delete("a"));
                behind.runPlanned();
            }
            assertThat(writes).isEmpty();
            assertThat(items(log).foldedThrough()).isGreaterThan(100);
            assertThat(rig.read(log)).isEmpty();
            rig.commit(log, rig.put("a", 5));
            assertThat(rig.read(created)).isEqualTo(Map.of("a", 5L));
        }
    }

    @Test
    void aTypeIsFoldedOnceAtATime() {
        try (LogRig rig = rig("once", 400, Optional.of(behind));
                GraphLog log = rig.create()) {
            for (int i = 0; i < 80; i++) {
                rig.commit(log, rig.put("a" + i, i));
            }
            assertThat(behind.planned()).as("one fold, one checkpoint").hasSize(2);
            behind.runPlanned();
            assertThat(items(log).overlay().isEmpty()).isTrue();
            assertThat(behind.planned()).isEmpty();
        }
    }

    @Test
    void aFoldThatFailsIsReportedAndTriedAgainLaterAndLaterWhileWritesGoOn() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (LogRig rig = rig("fail", 4_000, Optional.of(behind));
                GraphLog created = rig.create()) {
            HookedTables tables = new HookedTables(rig.tables, write -> {
                if (broken.get()) {
                    throw new EngineException(
                            new EngineFailure.StorageUnavailable("no disk", EngineFailure.Retry.LATER));
                }
            });
            try (GraphLog log = rig.open(rig.objects, tables)) {
                for (int i = 0; i < 500; i++) {
                    rig.commit(log, rig.put("a" + i % 7, i));
                }
                for (int attempt = 1; attempt <= 12; attempt++) {
                    behind.runPlanned();
                    assertThat(rig.commit(log, rig.put("during", attempt))).isPresent();
                }
                assertThat(behind.failures())
                        .extracting(Background.Failure::retryIn)
                        .startsWith(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4))
                        .endsWith(Duration.ofMinutes(5))
                        .hasSize(12);
                assertThat(behind.failures().getLast().attempts()).isEqualTo(12);
                assertThat(behind.failures().getLast().typeName()).contains("Item");
                assertThat(behind.failures().getLast().branch()).contains(BranchName.MAIN);
                assertThat(behind.planned())
                        .as("it comes again by itself")
                        .extracting(Behind.Planned::delay)
                        .containsExactly(Duration.ofMinutes(5));
                broken.set(false);
                behind.runPlanned();
                assertThat(items(log).overlay().isEmpty()).isTrue();
                assertThat(rig.read(log)).hasSize(8).containsEntry("during", 12L);
            }
        }
    }

    @Test
    void closingWaitsForAFoldThatRunsAndPublishesNoneAfterwards() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (Behind threads = Behind.threads(1);
                LogRig rig = rig("close", 16, Optional.of(threads));
                GraphLog created = rig.create()) {
            HookedTables tables = new HookedTables(rig.tables, write -> {
                reached.countDown();
                awaited(released);
            });
            GraphLog log = rig.open(rig.objects, tables);
            rig.commit(log, rig.put("a", 1));
            rig.commit(log, rig.put("b", 2));
            awaited(reached);
            Thread closing = Thread.ofPlatform().start(log::close);
            while (closing.getState() != Thread.State.WAITING) {
                assertThat(closing.getState()).isNotEqualTo(Thread.State.TERMINATED);
                Thread.onSpinWait();
            }
            released.countDown();
            closing.join();
            long sequence = created.head(BranchName.MAIN).sequence();
            assertThat(sequence).isEqualTo(3);
            assertThat(rig.read(created)).isEqualTo(Map.of("a", 1L, "b", 2L));
            assertThat(threads.failures()).isEmpty();
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 500})
    void costsOneMorePutHoweverLongTheHistory(int depth) {
        try (LogRig rig = rig("cost", 128, Optional.of(behind));
                GraphLog log = rig.create()) {
            for (int i = 0; i < depth; i++) {
                rig.commit(log, rig.put("a" + i % 5, i));
                behind.runPlanned();
            }
            while (!items(log).overlay().isEmpty()) {
                rig.commit(log, rig.put("a", 1));
                behind.runPlanned();
            }
            rig.objects.forgetRequests();
            for (int i = 0; i < 16; i++) {
                rig.commit(log, rig.put("a" + i % 5, i));
            }
            behind.runPlanned();
            Map<Operation, Long> cost = rig.objects.counts();
            // Sixteen writes, the fold, and a checkpoint where one is due.
            assertThat(cost.get(Operation.PUT_IF_ABSENT)).isBetween(17L, 18L);
            assertThat(cost.get(Operation.PUT)).isLessThanOrEqualTo(1);
            assertThat(cost.get(Operation.GET)).isZero();
            assertThat(cost.get(Operation.LIST)).isZero();
            assertThat(items(log).overlay().isEmpty()).isTrue();
        }
    }
}
