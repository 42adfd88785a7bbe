package io.precinct.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.manifest.Behind;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.HookedTables;
import io.precinct.engine.manifest.LogRig;
import io.precinct.engine.manifest.LogRig.Form;
import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.storage.TableStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upkeep commutes with whatever else writes: nobody loses anything, and it never mistakes its own work. */
class UpkeepRaceTest {
    private static final TableStore.CompactionLimits MERGE = new TableStore.CompactionLimits(1_000, 0.1);

    @TempDir
    private Path directory;

    private LogRig rig;
    private GraphLog log;
    private GraphLog other;
    private final List<String> tableWrites = new ArrayList<>();
    private HookedTables tables;
    private final Map<String, Long> expected = new TreeMap<>();

    @BeforeEach
    void fourRowsInFourFragments() {
        rig = new LogRig(directory);
        log = rig.create();
        other = rig.open();
        tables = new HookedTables(rig.tables, tableWrites::add);
        for (int i = 0; i < 4; i++) {
            write(log, Map.of("row" + i, Optional.of((long) i)), Form.FRAGMENTS);
        }
    }

    @AfterEach
    void close() {
        log.close();
        other.close();
        rig.close();
    }

    private void write(GraphLog through, Map<String, Optional<Long>> changes, Form form) {
        assertThat(rig.commit(through, rig.put(changes, form))).isPresent();
        changes.forEach((id, value) -> {
            expected.remove(id);
            value.ifPresent(v -> expected.put(id, v));
        });
    }

    private Compact compact() {
        return new Compact(tables, MERGE, LogRig.BY, () -> false);
    }

    private UpkeepReport run(Compact compact, WriteAttempt attempt) {
        return compact.report(
                log.commit(BranchName.MAIN, attempt, AccessGate.UNRESTRICTED).map(GraphLog.Committed::commit));
    }

    private UpkeepReport run(Compact compact) {
        return run(compact, compact);
    }

    /** Upkeep that is parked after its first rewrite and before it publishes, while {@code meanwhile} happens. */
    private record Parked(Compact compact, Runnable meanwhile, AtomicBoolean parked) implements WriteAttempt {
        Parked(Compact compact, Runnable meanwhile) {
            this(compact, meanwhile, new AtomicBoolean());
        }

        @Override
        public void discard() {
            compact.discard();
        }

        @Override
        public Prepared prepare(Snapshot base) {
            Prepared prepared = compact.prepare(base);
            if (parked.compareAndSet(false, true)) {
                meanwhile.run();
            }
            return prepared;
        }

        @Override
        public WhenRefused whenRefused() {
            return compact.whenRefused();
        }
    }

    private UpkeepReport raced(Runnable meanwhile) {
        Compact compact = compact();
        UpkeepReport report = run(compact, new Parked(compact, meanwhile));
        assertThat(report.complete()).isTrue();
        assertThat(rig.read(log)).isEqualTo(expected);
        assertThat(rig.read(other)).isEqualTo(expected);
        return report;
    }

    /** What came in between may be worth a run of its own; after that there is nothing left to do or to write. */
    private void settles() {
        run(compact());
        long sequence = log.head(BranchName.MAIN).sequence();
        tableWrites.clear();
        rig.objects.forgetRequests();
        UpkeepReport nothing = run(compact());
        assertThat(nothing.commit()).isEmpty();
        assertThat(nothing.types()).extracting(UpkeepReport.OfType::action).containsOnly(UpkeepReport.Action.NOTHING);
        assertThat(rig.objects.counts().get(Operation.PUT_IF_ABSENT)).isZero();
        assertThat(rig.objects.counts().get(Operation.PUT)).isZero();
        assertThat(tableWrites).containsOnly("compact");
        assertThat(log.head(BranchName.MAIN).sequence()).isEqualTo(sequence);
        assertThat(rig.read(other)).isEqualTo(expected);
    }

    @Test
    void withoutARaceTheSecondRunWritesNothing() {
        write(log, Map.of("small", Optional.of(5L)), Form.INLINE);
        UpkeepReport report = run(compact());
        assertThat(report.commit().map(CommitInfo::kind)).contains(CommitInfo.Kind.UPKEEP);
        assertThat(report.types())
                .extracting(
                        UpkeepReport.OfType::action, UpkeepReport.OfType::folded, UpkeepReport.OfType::fragmentsAfter)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(UpkeepReport.Action.COMPACTED, 1L, 1));
        tableWrites.clear();
        assertThat(run(compact()).commit()).isEmpty();
        assertThat(tableWrites).containsExactly("compact");
        settles();
    }

    @Test
    void survivesASmallInsertElsewhereWithoutPreparingAgain() {
        assertThat(raced(() -> write(other, Map.of("new", Optional.of(9L)), Form.INLINE))
                        .commit())
                .isPresent();
        assertThat(tableWrites).filteredOn("compact"::equals).hasSize(1);
        settles();
    }

    @Test
    void survivesAnUpdateAndADeleteOfTheVeryRowsItRewrites() {
        assertThat(raced(() -> write(other, Map.of("row0", Optional.of(70L), "row1", Optional.empty()), Form.INLINE))
                        .commit())
                .isPresent();
        assertThat(tableWrites).filteredOn("compact"::equals).hasSize(1);
        settles();
    }

    @Test
    void aLostSlotUsesTheRewrittenFragmentsAgain() {
        assertThat(raced(() -> write(other, Map.of("new", Optional.of(9L)), Form.FRAGMENTS))
                        .commit())
                .isPresent();
        assertThat(tableWrites).containsExactly("compact", "commitCompaction", "commitCompaction");
        settles();
    }

    @Test
    void rowsThatWereReplacedInRewrittenFragmentsStayReplaced() {
        raced(() -> write(
                other,
                Map.of("row0", Optional.of(70L), "row1", Optional.empty(), "row2", Optional.of(72L)),
                Form.FRAGMENTS));
        settles();
    }

    @Test
    void aWinnerThatCompactedAlreadyLeavesNothingToPublish() {
        Compact second = compact();
        UpkeepReport report = raced(() -> other.commit(BranchName.MAIN, second, AccessGate.UNRESTRICTED));
        assertThat(report.commit()).isEmpty();
        assertThat(log.head(BranchName.MAIN).head().kind()).isEqualTo(CommitInfo.Kind.UPKEEP);
        settles();
    }

    @Test
    void aBranchMadeMeanwhileKeepsItsOwnState() {
        BranchName side = new BranchName("side");
        write(log, Map.of("small", Optional.of(5L)), Form.INLINE);
        raced(() -> other.createBranch(side, BranchName.MAIN, LogRig.BY));
        Map<String, Long> then = Map.copyOf(expected);
        write(log, Map.of("row0", Optional.empty()), Form.INLINE);
        settles();
        assertThat(rig.read(other.head(side))).isEqualTo(then);
    }

    @Test
    void anUnclearAnswerIsNotTakenForALoss() {
        rig.objects.failNext(Operation.PUT_IF_ABSENT, Fault.IN_DOUBT_AFTER);
        assertThat(run(compact()).commit()).isPresent();
        assertThat(log.commits(BranchName.MAIN, Optional.empty(), 10))
                .filteredOn(commit -> commit.kind() == CommitInfo.Kind.UPKEEP)
                .hasSize(1);
        settles();
    }

    @Test
    void aCancelledRunChangesNothingAndSaysSo() {
        Compact compact = new Compact(tables, MERGE, LogRig.BY, () -> true);
        UpkeepReport report = run(compact);
        assertThat(report.complete()).isFalse();
        assertThat(report.commit()).isEmpty();
        assertThat(report.types()).extracting(UpkeepReport.OfType::action).containsOnly(UpkeepReport.Action.SKIPPED);
        assertThat(rig.read(log)).isEqualTo(expected);
        assertThat(tableWrites).isEmpty();
        settles();
    }

    @Test
    void writersGoOnBesideIt() throws Exception {
        race();
        settles();
    }

    @Test
    void foldsBehindTheWritersGoOnBesideItToo() throws Exception {
        try (Behind behind = Behind.threads(2)) {
            rig.background = Optional.of(behind);
            rig.limits = new LogSettings.Limits(
                    64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, 24, Duration.ofSeconds(30), Duration.ofMillis(1));
            log.close();
            other.close();
            log = rig.open();
            other = rig.open();
            race();
            assertThat(behind.failures()).isEmpty();
            log.close();
            other.close();
            rig.background = Optional.empty();
            log = rig.open();
            other = rig.open();
            settles();
        }
    }

    private void race() throws Exception {
        int writers = 3;
        int writes = 40;
        try (ExecutorService threads = Executors.newFixedThreadPool(writers + 1)) {
            AtomicBoolean done = new AtomicBoolean();
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                String own = "w" + writer;
                GraphLog through = writer % 2 == 0 ? log : other;
                running.add(threads.submit(() -> {
                    rig.commit(through, rig.put(own, 0));
                    for (int i = 1; i <= writes; i++) {
                        if (i % 10 == 0) {
                            rig.commit(through, rig.put(Map.of(own + "/" + i, Optional.of((long) i)), Form.FRAGMENTS));
                        } else {
                            // Nobody else changes this row, so a read-modify-write is never refused.
                            rig.commit(through, rig.add(own, 1));
                        }
                    }
                }));
            }
            Future<Integer> upkeep = threads.submit(() -> {
                int published = 0;
                while (!done.get()) {
                    published += run(compact()).commit().isPresent() ? 1 : 0;
                }
                return published;
            });
            for (Future<?> writer : running) {
                writer.get();
            }
            done.set(true);
            assertThat(upkeep.get()).isPositive();
        }
        for (int writer = 0; writer < writers; writer++) {
            expected.put("w" + writer, 36L);
            for (int i = 10; i <= writes; i += 10) {
                expected.put("w" + writer + "/" + i, (long) i);
            }
        }
        assertThat(rig.read(log)).isEqualTo(expected);
    }
}
