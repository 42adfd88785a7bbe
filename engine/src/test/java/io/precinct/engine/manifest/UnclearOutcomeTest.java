package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A published record is never reported as failed, and an unclear one never as anything but unclear. */
class UnclearOutcomeTest {
    private static final BranchName SIDE = new BranchName("side");

    @TempDir
    private Path directory;

    private static boolean isRecordOf(String key, Snapshot branch) {
        return key.matches("log/" + branch.stream() + "/\\d{20}");
    }

    /** Calls {@code after} with each conditional put's key and result. */
    private record Observed(ObjectStore store, BiConsumer<String, PutResult> after) implements ObjectStore {
        @Override
        public PutResult putIfAbsent(String key, byte[] bytes) {
            PutResult result = store.putIfAbsent(key, bytes);
            after.accept(key, result);
            return result;
        }

        @Override
        public void put(String key, byte[] bytes) {
            store.put(key, bytes);
        }

        @Override
        public Optional<byte[]> get(String key) {
            return store.get(key);
        }

        @Override
        public List<String> list(String prefix, Optional<String> startAfter, int limit) {
            return store.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(String key) {
            store.delete(key);
        }
    }

    @Test
    void aFailureThatSaysNothingOfItsEffectIsResolvedByTheSamePutAgain() {
        try (LogRig rig = new LogRig(directory);
                GraphLog created = rig.create()) {
            Snapshot main = created.head(BranchName.MAIN);
            AtomicInteger puts = new AtomicInteger();
            ObjectStore untyped = new Observed(rig.objects, (key, result) -> {
                if (isRecordOf(key, main) && puts.getAndIncrement() == 0) {
                    throw new IllegalStateException("broken after the effect");
                }
            });
            try (GraphLog log = rig.open(untyped)) {
                assertThat(rig.commit(log, rig.put("a", 1))).isPresent();
            }
            assertThat(puts).hasValue(2);
            assertThat(created.commits(BranchName.MAIN, Optional.empty(), 10)).hasSize(2);
        }
    }

    @Test
    void aCheckpointThatFailsInAnyWayLeavesTheCommitPublished() {
        try (LogRig rig = new LogRig(directory);
                GraphLog created = rig.create()) {
            AtomicInteger failed = new AtomicInteger();
            ObjectStore broken = new Observed(rig.objects, (key, result) -> {
                if (key.contains("/checkpoint/")) {
                    failed.incrementAndGet();
                    throw new IllegalStateException("no checkpoint");
                }
            });
            try (GraphLog log = rig.open(broken)) {
                for (int i = 0; i < 40; i++) {
                    assertThat(rig.commit(log, rig.put("a", i))).isPresent();
                }
            }
            assertThat(failed.get()).isPositive();
            assertThat(rig.read(created)).isEqualTo(Map.of("a", 39L));
        }
    }

    @Test
    void anUnclearCommitIsNotTriedAgainInTheBranchsNextLife() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            Snapshot side = log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            log.head(SIDE);
            AtomicInteger puts = new AtomicInteger();
            AtomicBoolean nested = new AtomicBoolean();
            rig.objects.faults(request -> {
                if (nested.get()
                        || request.operation() != Operation.PUT_IF_ABSENT
                        || !isRecordOf(request.key(), side)) {
                    return Optional.empty();
                }
                if (puts.incrementAndGet() == 2) {
                    // The record is there, its writer can't know, and meanwhile the branch ends and begins again.
                    nested.set(true);
                    other.deleteBranch(SIDE, LogRig.BY);
                    other.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
                    assertThatThrownBy(() -> stale(log, side)).isInstanceOf(EngineException.class);
                    nested.set(false);
                }
                return Optional.of(puts.get() == 1 ? Fault.IN_DOUBT_AFTER : Fault.UNAVAILABLE_BEFORE);
            });
            assertThatThrownBy(() -> log.commit(SIDE, rig.put("a", 1), AccessGate.UNRESTRICTED))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.CommitInDoubt.class));
            rig.objects.faults(request -> Optional.empty());
            assertThat(rig.read(other.head(SIDE))).isEmpty();
        }
    }

    /** Lets {@code log} read the end of the stream, as any reader beside the writer may. */
    private static void stale(GraphLog log, Snapshot side) {
        log.head(side.branch());
        throw new EngineException(
                new EngineFailure.NotFound("branch", side.branch().value()));
    }

    @Test
    void aSlotThatIsWonOnPrunedHistoryIsNotACommit() {
        try (LogRig rig = new LogRig(directory)) {
            rig.limits = new LogSettings.Limits(
                    64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, 32, Duration.ZERO, Duration.ofMillis(1));
            try (GraphLog log = rig.create();
                    GraphLog other = rig.open()) {
                rig.commit(log, rig.put("a", 0));
                for (int i = 1; i < 40; i++) {
                    rig.commit(other, rig.put("a", i));
                }
                other.collect(new CollectRequest(OptionalInt.of(1), Optional.empty(), false), LogRig.BY, () -> false);
                GraphLog.Committed committed = rig.commit(log, rig.put("b", 1)).orElseThrow();
                assertThat(committed.snapshot().sequence()).isEqualTo(43);
                try (GraphLog fresh = rig.open()) {
                    assertThat(rig.read(fresh)).isEqualTo(Map.of("a", 39L, "b", 1L));
                }
            }
        }
    }
}
