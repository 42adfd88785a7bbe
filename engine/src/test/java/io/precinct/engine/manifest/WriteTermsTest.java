package io.precinct.engine.manifest;

import static io.precinct.engine.manifest.LogRig.BY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.spi.AccessGate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Conditional writes, and writes that are tried again. */
class WriteTermsTest {
    private static final int WRITERS = 8;

    @TempDir
    private Path directory;

    private static Provenance on(CommitId head) {
        return BY.on(new WriteTerms(Optional.of(head), Optional.empty()));
    }

    private static Provenance once(int id, Snapshot since) {
        return BY.on(new WriteTerms(
                Optional.empty(), Optional.of(new WriteTerms.Once(named(id), since.stream(), since.sequence()))));
    }

    private static CommitId named(int id) {
        return new CommitId("0TRY%022d".formatted(id));
    }

    private static WriteAttempt value(LogRig rig, String id, long value, LogRig.Form form, Provenance by) {
        return rig.attempt(Map.of(id, Optional.of(value)), form, false, by);
    }

    private static WriteAttempt add(LogRig rig, String id, long more, Provenance by) {
        return rig.attempt(Map.of(id, Optional.of(more)), LogRig.Form.INLINE, true, by);
    }

    private static EngineFailure failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
        assertThat(thrown).isInstanceOf(EngineException.class);
        return ((EngineException) thrown).failure();
    }

    @Test
    void aConditionalWriteIsPublishedOnTheVeryCommitItNames() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            CommitId head = log.head(BranchName.MAIN).head().id();
            rig.commit(log, value(rig, "a", 1, LogRig.Form.INLINE, on(head)));
            CommitId next = log.head(BranchName.MAIN).head().id();
            assertThat(failure(() -> rig.commit(log, value(rig, "b", 1, LogRig.Form.INLINE, on(head)))))
                    .isEqualTo(new EngineFailure.PreconditionFailed(head, next));
            assertThat(rig.read(log)).isEqualTo(Map.of("a", 1L));
        }
    }

    @Test
    void anotherProcesssCommitIsSeenByAConditionalWrite() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            CommitId head = log.head(BranchName.MAIN).head().id();
            rig.commit(other, rig.put("x", 1));
            assertThat(failure(() -> rig.commit(log, value(rig, "b", 1, LogRig.Form.INLINE, on(head)))))
                    .isInstanceOf(EngineFailure.PreconditionFailed.class);
            assertThat(rig.read(log)).isEqualTo(Map.of("x", 1L));
        }
    }

    @Test
    void upkeepMovesNoConditionAndANewBranchStandsOnWhatItWasMadeFrom() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            rig.commit(log, rig.put("a", 1));
            CommitId head = log.head(BranchName.MAIN).head().id();
            log.commit(BranchName.MAIN, new Kept(rig), AccessGate.UNRESTRICTED);
            assertThat(log.head(BranchName.MAIN).head().kind()).isEqualTo(CommitInfo.Kind.UPKEEP);
            rig.commit(log, value(rig, "b", 1, LogRig.Form.INLINE, on(head)));
            BranchName side = new BranchName("side");
            CommitId source = log.createBranch(side, BranchName.MAIN, BY).head().id();
            log.commit(side, new Kept(rig), AccessGate.UNRESTRICTED);
            log.commit(side, value(rig, "c", 1, LogRig.Form.INLINE, on(source)), AccessGate.UNRESTRICTED);
            assertThat(rig.read(log.head(side))).containsKey("c");
        }
    }

    /** Upkeep that finds a pin worth moving to itself. */
    private record Kept(LogRig rig) implements WriteAttempt {
        @Override
        public Prepared prepare(Snapshot base) {
            TypeSnapshot items = base.type(LogRig.ITEM.id());
            Composer.Detached folded = new Composer(rig.tables)
                    .fold(items, base.sequence())
                    .orElseGet(() -> new Composer.Detached(items.pin(), base.sequence(), items.pin()));
            return new Prepared(
                    base,
                    CommitInfo.Kind.UPKEEP,
                    BY,
                    Map.of(LogRig.ITEM.id(), new TypeWrite.Repin(folded.pin(), base.sequence(), items.pin())),
                    Map.of(),
                    Footprint.NONE);
        }

        @Override
        public WhenRefused whenRefused() {
            return WhenRefused.PREPARE_AGAIN;
        }

        @Override
        public void discard() {}
    }

    @Test
    void ofConditionalWritersOnOneCommitExactlyOneIsPublished() throws Exception {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            for (int round = 0; round < 20; round++) {
                CommitId head = log.head(BranchName.MAIN).head().id();
                String id = "round" + round;
                List<Boolean> won = atOnce(writer -> {
                    try {
                        rig.commit(
                                writer % 2 == 0 ? log : other,
                                value(rig, id + "-" + writer, 1, LogRig.Form.INLINE, on(head)));
                        return true;
                    } catch (EngineException failed) {
                        assertThat(failed.failure()).isInstanceOf(EngineFailure.PreconditionFailed.class);
                        return false;
                    }
                });
                assertThat(won).as("round %d", round).containsOnlyOnce(true);
                assertThat(rig.read(log)).hasSize(round + 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LogRig.Form.class)
    void aWriteThatIsTriedAgainIsAnsweredWithItsFirstCommit(LogRig.Form form) {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            Snapshot since = log.head(BranchName.MAIN);
            Provenance by = once(1, since);
            GraphLog.Committed first =
                    rig.commit(log, value(rig, "a", 1, form, by)).orElseThrow();
            assertThat(first.repeated()).isFalse();
            assertThat(first.commit().id()).isEqualTo(named(1));
            rig.commit(log, rig.put("a", 2));
            rig.commit(log, rig.put("b", 3));
            for (GraphLog where : List.of(log, other, rig.open())) {
                GraphLog.Committed again =
                        rig.commit(where, value(rig, "a", 1, form, by)).orElseThrow();
                assertThat(again.repeated()).isTrue();
                assertThat(again.commit()).isEqualTo(first.commit());
                assertThat(rig.read(again.snapshot())).isEqualTo(Map.of("a", 1L));
            }
            assertThat(rig.read(log)).isEqualTo(Map.of("a", 2L, "b", 3L));
        }
    }

    @Test
    void concurrentTriesOfOneWriteArePublishedOnce() throws Exception {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            rig.commit(log, rig.put("sum", 0));
            for (int round = 1; round <= 20; round++) {
                Provenance by = once(round, log.head(BranchName.MAIN));
                List<CommitInfo> told = atOnce(writer -> rig.commit(
                                writer % 2 == 0 ? log : other,
                                writer == 7 ? rig.put("noise", writer) : patient(rig, by))
                        .map(GraphLog.Committed::commit)
                        .orElseThrow());
                Set<CommitId> names =
                        told.subList(0, 7).stream().map(CommitInfo::id).collect(Collectors.toSet());
                assertThat(names).as("round %d", round).hasSize(1);
                assertThat(rig.read(log)).as("round %d", round).containsEntry("sum", (long) round);
            }
        }
    }

    /** Adds one, again on what others left. */
    private static WriteAttempt patient(LogRig rig, Provenance by) {
        WriteAttempt add = add(rig, "sum", 1, by);
        return new WriteAttempt() {
            @Override
            public Prepared prepare(Snapshot base) {
                return add.prepare(base);
            }

            @Override
            public WhenRefused whenRefused() {
                return WhenRefused.PREPARE_AGAIN;
            }

            @Override
            public WriteTerms terms() {
                return add.terms();
            }

            @Override
            public void discard() {
                add.discard();
            }
        };
    }

    @Test
    void aWriteBelongsToTheLifeOfTheBranchInWhichItWasFirstTried() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            BranchName side = new BranchName("side");
            Snapshot first = log.createBranch(side, BranchName.MAIN, BY);
            Provenance published = once(1, first);
            Provenance lost = once(2, first);
            CommitInfo commit = log.commit(
                            side, value(rig, "a", 1, LogRig.Form.INLINE, published), AccessGate.UNRESTRICTED)
                    .orElseThrow()
                    .commit();
            log.deleteBranch(side, BY);
            log.createBranch(side, BranchName.MAIN, BY);
            assertThat(log.commit(side, value(rig, "a", 1, LogRig.Form.INLINE, published), AccessGate.UNRESTRICTED)
                            .orElseThrow()
                            .commit())
                    .isEqualTo(commit);
            assertThatThrownBy(() ->
                            log.commit(side, value(rig, "a", 1, LogRig.Form.INLINE, lost), AccessGate.UNRESTRICTED))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            thrown -> assertThat(thrown.failure().code()).isEqualTo("branch_replaced"));
            assertThat(rig.read(log.head(side))).isEmpty();
        }
    }

    /** What each of so many threads did, begun at the same moment. */
    private static <T> List<T> atOnce(Writing<T> writing) throws Exception {
        CyclicBarrier ready = new CyclicBarrier(WRITERS);
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            List<Future<T>> running = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int who = writer;
                running.add(threads.submit((Callable<T>) () -> {
                    ready.await();
                    return writing.by(who);
                }));
            }
            List<T> done = new ArrayList<>();
            for (Future<T> one : running) {
                done.add(one.get());
            }
            return done;
        }
    }

    @FunctionalInterface
    private interface Writing<T> {
        T by(int writer);
    }
}
