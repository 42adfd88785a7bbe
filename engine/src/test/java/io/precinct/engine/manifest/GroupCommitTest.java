package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers that wait for the same branch share a record; each has its own commit and its own fate. */
class GroupCommitTest {
    @TempDir
    private Path directory;

    private LogRig rig;
    private GraphLog log;
    private final List<Writer> writers = new ArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger recordPuts = new AtomicInteger();

    @BeforeEach
    void open() {
        rig = new LogRig(directory);
        rig.create().close();
        log = rig.open();
        rig.commit(log, rig.put("a", 1));
    }

    @AfterEach
    void close() throws InterruptedException {
        released.countDown();
        for (Writer writer : writers) {
            writer.thread.join();
        }
        log.close();
        rig.close();
    }

    /** One write on a thread of its own. */
    private final class Writer {
        final AtomicReference<GraphLog.Committed> committed = new AtomicReference<>();
        final AtomicReference<Throwable> failed = new AtomicReference<>();
        final AtomicBoolean flagged = new AtomicBoolean();
        final Thread thread;

        Writer(WriteAttempt attempt) {
            thread = Thread.ofPlatform().unstarted(() -> {
                try {
                    rig.commit(log, attempt).ifPresent(committed::set);
                } catch (RuntimeException thrown) {
                    failed.set(thrown);
                }
                flagged.set(Thread.currentThread().isInterrupted());
            });
            writers.add(this);
        }

        CommitInfo commit() {
            assertThat(failed.get()).isNull();
            return committed.get().commit();
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    private int waiting() {
        StreamId stream = log.head(BranchName.MAIN).stream();
        return ((StoredGraphLog) log).streams().committing(stream, Committer::waiting);
    }

    private boolean isRecord(String key) {
        return key.startsWith("log/") && !key.contains("~refs") && !key.contains("/checkpoint/");
    }

    /** The put of the next record holds until {@link #released}; {@code later} says what meets those after it. */
    private void holdTheNextPut(java.util.function.IntFunction<Optional<Fault>> later) {
        rig.objects.faults(request -> {
            if (request.operation() != Operation.PUT_IF_ABSENT || !isRecord(request.key())) {
                return Optional.empty();
            }
            int number = recordPuts.getAndIncrement();
            if (number == 0) {
                held.countDown();
                awaited(released);
                return Optional.empty();
            }
            return later.apply(number);
        });
        new Writer(rig.put("first", 0)).thread.start();
        awaited(held);
    }

    private Writer queued(WriteAttempt attempt) {
        int before = waiting();
        Writer writer = new Writer(attempt);
        writer.thread.start();
        while (waiting() == before && writer.thread.isAlive()) {
            Thread.onSpinWait();
        }
        return writer;
    }

    private void release() throws InterruptedException {
        released.countDown();
        for (Writer writer : writers) {
            writer.thread.join();
        }
    }

    private WriteAttempt put(String id, String request) {
        return rig.attempt(
                Map.of(id, Optional.of(7L)),
                LogRig.Form.INLINE,
                false,
                new Provenance("actor-" + request, request, Optional.of("decision-" + request)));
    }

    @Test
    void shareARecordWithACommitEachInTheOrderOfTheirComing() throws InterruptedException {
        holdTheNextPut(number -> Optional.empty());
        long before = log.head(BranchName.MAIN).sequence();
        for (int i = 0; i < 12; i++) {
            queued(put("key" + i, "request" + i));
        }
        release();
        assertThat(log.head(BranchName.MAIN).sequence())
                .as("the held record and one for all that waited")
                .isEqualTo(before + 2);
        List<CommitInfo> commits = writers.stream().skip(1).map(Writer::commit).toList();
        assertThat(commits).extracting(CommitInfo::sequence).containsOnly(before + 2);
        assertThat(commits).extracting(CommitInfo::actor).containsExactlyElementsOf(names("actor-request", 12));
        CommitId parent = writers.getFirst().commit().id();
        for (CommitInfo commit : commits) {
            assertThat(commit.parent()).contains(parent);
            parent = commit.id();
        }
    }

    private static List<String> names(String prefix, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(prefix + i);
        }
        return names;
    }

    @Test
    void eachCommitIsFoundByWhoeverOpensTheGraphLater() throws InterruptedException {
        holdTheNextPut(number -> Optional.empty());
        for (int i = 0; i < 5; i++) {
            queued(put("key" + i, "request" + i));
        }
        release();
        List<CommitInfo> members = writers.stream().skip(1).map(Writer::commit).toList();
        try (GraphLog fresh = rig.open()) {
            List<CommitInfo> history =
                    fresh.commits(BranchName.MAIN, Optional.empty(), 5).reversed();
            assertThat(history).isEqualTo(members);
            assertThat(fresh.commits(BranchName.MAIN, Optional.of(members.get(3).id()), 2))
                    .as("a page that begins inside the record")
                    .containsExactly(members.get(2), members.get(1));
            StoredGraphLog stored = (StoredGraphLog) fresh;
            for (int i = 0; i < members.size(); i++) {
                CommitInfo member = members.get(i);
                assertThat(fresh.commit(member.id())).isEqualTo(member);
                Snapshot then = fresh.at(member.id());
                assertThat(then.sequence()).isEqualTo(member.sequence());
                assertThat(rig.read(then)).isEqualTo(rig.read(fresh));
                CommitRecord.Member line =
                        stored.stream(then.stream()).record(then.sequence()).orElseThrow().members().stream()
                                .filter(one -> one.commit().id().equals(member.id()))
                                .findFirst()
                                .orElseThrow();
                assertThat(line.decisionId()).contains("decision-request" + i);
                assertThat(line.changes().get(LogRig.ITEM.id()).inserted()).containsExactly("key" + i);
            }
        }
    }

    @Test
    void writersOfTheSameRowFollowOneAnother() throws InterruptedException {
        holdTheNextPut(number -> Optional.empty());
        long before = log.head(BranchName.MAIN).sequence();
        Writer one = queued(rig.add("a", 10));
        Writer two = queued(rig.add("a", 100));
        Writer elsewhere = queued(rig.put("b", 5));
        release();
        assertThat(rig.read(log)).isEqualTo(Map.of("a", 111L, "b", 5L, "first", 0L));
        assertThat(one.commit().sequence()).isEqualTo(before + 2);
        assertThat(elsewhere.commit().sequence())
                .as("does not wait behind the second writer of the row")
                .isEqualTo(before + 2);
        assertThat(two.commit().sequence()).isEqualTo(before + 3);
    }

    /** A row that no column can hold. */
    private WriteAttempt unwritable(String id) {
        WriteAttempt fine = rig.put(id, 1);
        return new WriteAttempt() {
            @Override
            public void discard() {}

            @Override
            public Prepared prepare(Snapshot base) {
                Prepared prepared = fine.prepare(base);
                EntityRow row = new EntityRow(
                        id, 1, Optional.empty(), List.of(Optional.of(id), Optional.of("text in a column of numbers")));
                return new Prepared(
                        base,
                        prepared.kind(),
                        prepared.provenance(),
                        Map.of(LogRig.ITEM.id(), new TypeWrite.Inline(List.of(row), Set.of())),
                        prepared.changes(),
                        prepared.footprint());
            }

            @Override
            public WhenRefused whenRefused() {
                return WhenRefused.PREPARE_AGAIN;
            }
        };
    }

    @Test
    void oneThatCantBeWrittenFailsAlone() throws InterruptedException {
        holdTheNextPut(number -> Optional.empty());
        Writer good = queued(rig.put("good", 1));
        Writer bad = queued(unwritable("bad"));
        Writer fine = queued(rig.put("fine", 2));
        release();
        assertThat(bad.failed.get()).isInstanceOf(ClassCastException.class);
        assertThat(List.of(good.commit().id(), fine.commit().id())).doesNotHaveDuplicates();
        assertThat(rig.read(log)).isEqualTo(Map.of("a", 1L, "first", 0L, "good", 1L, "fine", 2L));
    }

    @Test
    void anUnclearPutIsUnclearToEachByItsOwnCommit() throws InterruptedException {
        holdTheNextPut(number -> Optional.of(number == 1 ? Fault.IN_DOUBT_AFTER : Fault.UNAVAILABLE_BEFORE));
        for (int i = 0; i < 4; i++) {
            queued(rig.put("key" + i, i));
        }
        release();
        rig.objects.faults(request -> Optional.empty());
        Set<CommitId> doubted = new HashSet<>();
        for (Writer writer : writers.subList(1, 5)) {
            assertThat(writer.failed.get())
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure())
                                    .isInstanceOfSatisfying(
                                            EngineFailure.CommitInDoubt.class, doubt -> doubted.add(doubt.commitId())));
        }
        assertThat(doubted).hasSize(4);
        try (GraphLog fresh = rig.open()) {
            for (CommitId id : doubted) {
                assertThat(fresh.commit(id).id()).as("it was there after all").isEqualTo(id);
            }
        }
    }

    @Test
    void aStoreThatCertainlyRefusedFailsAllAndLeavesNothing() throws InterruptedException {
        holdTheNextPut(number -> Optional.of(Fault.UNAVAILABLE_BEFORE));
        for (int i = 0; i < 3; i++) {
            queued(rig.put("key" + i, i));
        }
        release();
        rig.objects.faults(request -> Optional.empty());
        for (Writer writer : writers.subList(1, 4)) {
            assertThat(writer.failed.get())
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.StorageUnavailable.class));
        }
        assertThat(rig.read(log)).isEqualTo(Map.of("a", 1L, "first", 0L));
        assertThat(rig.commit(log, rig.put("after", 1))).isPresent();
    }

    @Test
    void aWaitingWriterThatIsCancelledIsNotPublishedAndHoldsUpNobody() throws InterruptedException {
        holdTheNextPut(number -> Optional.empty());
        Writer cancelled = queued(rig.put("cancelled", 1));
        Writer other = queued(rig.put("other", 2));
        cancelled.thread.interrupt();
        cancelled.thread.join();
        assertThat(cancelled.failed.get())
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure()).isEqualTo(new EngineFailure.Interrupted(false)));
        assertThat(cancelled.flagged).isTrue();
        release();
        assertThat(other.commit()).isNotNull();
        assertThat(rig.read(log)).isEqualTo(Map.of("a", 1L, "first", 0L, "other", 2L));
    }

    @Test
    void onceAdmittedAnInterruptChangesNothing() throws InterruptedException {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        holdTheNextPut(number -> {
            second.countDown();
            // Throws when the thread that puts is interrupted.
            awaited(goOn);
            return Optional.empty();
        });
        Writer leader = queued(rig.put("leader", 1));
        Writer follower = queued(rig.put("follower", 2));
        released.countDown();
        awaited(second);
        leader.thread.interrupt();
        follower.thread.interrupt();
        goOn.countDown();
        release();
        assertThat(leader.commit().sequence()).isEqualTo(follower.commit().sequence());
        assertThat(leader.flagged).isTrue();
        assertThat(follower.flagged).isTrue();
    }

    @Test
    void aRecordTakesNoMoreThanItsBound() throws InterruptedException {
        log.close();
        rig.limits = new LogSettings.Limits(
                64 << 10, 200, 64 << 10, 8_192, 4 << 20, 4_096, Duration.ofSeconds(30), Duration.ofMillis(1));
        log = rig.open();
        holdTheNextPut(number -> Optional.empty());
        long before = log.head(BranchName.MAIN).sequence();
        for (int i = 0; i < 12; i++) {
            queued(rig.put("key" + i, i));
        }
        release();
        List<Long> sequences = writers.stream()
                .skip(1)
                .map(writer -> writer.commit().sequence())
                .toList();
        assertThat(sequences).isSorted();
        assertThat(sequences.getLast() - before).isBetween(4L, 12L);
        assertThat(rig.read(log)).hasSize(14);
    }

    @Test
    void slowStagingOfOneHoldsUpNoOther() throws InterruptedException {
        CountDownLatch staging = new CountDownLatch(1);
        CountDownLatch staged = new CountDownLatch(1);
        log.close();
        log = rig.open(rig.objects, new HookedTables(rig.tables, write -> {
            if (write.equals("append")) {
                staging.countDown();
                awaited(staged);
            }
        }));
        Writer large = new Writer(rig.put(Map.of("large", Optional.of(1L)), LogRig.Form.FRAGMENTS));
        large.thread.start();
        awaited(staging);
        for (int i = 0; i < 5; i++) {
            assertThat(rig.commit(log, rig.put("small" + i, i))).isPresent();
        }
        assertThat(large.committed.get()).isNull();
        staged.countDown();
        large.thread.join();
        assertThat(large.commit().sequence())
                .isEqualTo(log.head(BranchName.MAIN).sequence());
        assertThat(rig.read(log)).hasSize(7).containsEntry("large", 1L).containsEntry("small4", 4L);
    }

    @Test
    void largeAndSmallWritesShareARecordToo() throws InterruptedException {
        holdTheNextPut(number -> Optional.empty());
        long before = log.head(BranchName.MAIN).sequence();
        Writer small = queued(rig.put("small", 1));
        Writer large = queued(rig.put(Map.of("large", Optional.of(2L), "a", Optional.empty()), LogRig.Form.FRAGMENTS));
        Writer after = queued(rig.put("after", 3));
        release();
        assertThat(List.of(
                        small.commit().sequence(),
                        large.commit().sequence(),
                        after.commit().sequence()))
                .containsOnly(before + 2);
        Map<String, Long> expected = Map.of("first", 0L, "small", 1L, "large", 2L, "after", 3L);
        assertThat(rig.read(log)).isEqualTo(expected);
        try (GraphLog fresh = rig.open()) {
            assertThat(rig.read(fresh)).isEqualTo(expected);
        }
    }

    @Test
    void aConflictNamesTheType() {
        try (GraphLog other = rig.open()) {
            WriteAttempt raced = rig.add("a", 1);
            WriteAttempt losing = new WriteAttempt() {
                @Override
                public void discard() {}

                @Override
                public Prepared prepare(Snapshot base) {
                    Prepared prepared = raced.prepare(base);
                    rig.commit(other, rig.add("a", 5));
                    return prepared;
                }

                @Override
                public WhenRefused whenRefused() {
                    return WhenRefused.FAIL;
                }
            };
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> rig.commit(log, losing)))
                    .hasMessageContaining("type Item: 'a' was written");
        }
    }
}
