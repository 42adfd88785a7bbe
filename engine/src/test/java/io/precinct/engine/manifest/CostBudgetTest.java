package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.FeedPage;
import io.precinct.engine.FeedRequest;
import io.precinct.engine.GraphId;
import io.precinct.engine.feed.Feed;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Views;
import io.precinct.engine.write.WriteTools;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests per operation, counted: an object store bills and delays each of them. */
class CostBudgetTest {
    private static final BranchName SIDE = new BranchName("side");

    @TempDir
    private Path directory;

    private static Map<Operation, Long> cost(LogRig rig, Runnable operation) {
        rig.objects.forgetRequests();
        operation.run();
        return rig.objects.counts();
    }

    private static Map<Operation, Long> counts(long putsIfAbsent, long puts, long gets, long lists) {
        return Map.of(
                Operation.PUT_IF_ABSENT, putsIfAbsent,
                Operation.PUT, puts,
                Operation.GET, gets,
                Operation.LIST, lists,
                Operation.DELETE, 0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1_000})
    void doesNotGrowWithHistory(int depth) {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            for (int i = 1; i < depth; i++) {
                rig.commit(log, rig.put("warm" + i % 5, i));
            }
            assertThat(log.head(BranchName.MAIN).sequence()).isEqualTo(depth);

            assertThat(cost(rig, () -> rig.commit(log, rig.put("a", 1)))).isEqualTo(counts(1, 0, 0, 0));
            assertThat(cost(rig, () -> log.head(BranchName.MAIN))).isEqualTo(counts(0, 0, 1, 0));
            assertThat(cost(rig, () -> rig.commit(log, rig.delete("missing"))))
                    .as("that nothing changes is said of the newest state only")
                    .isEqualTo(counts(0, 0, 1, 0));

            rig.objects.forgetRequests();
            try (GraphLog cold = rig.open()) {
                cold.head(BranchName.MAIN);
                assertThat(rig.objects.counts().get(Operation.LIST)).isZero();
                // List of branches: hint, record 1, missing record 2. Stream: hint, checkpoint or first record, at
                // most 31 records after it, a missing one; and the schema.
                assertThat(rig.objects.counts().get(Operation.GET)).isLessThanOrEqualTo(3 + 3 + 31 + 1);
                assertThat(rig.objects.counts().get(Operation.PUT_IF_ABSENT)).isZero();
            }

            // The genesis of the stream and the line in the list; is the source newest, is the name free.
            assertThat(cost(rig, () -> log.createBranch(SIDE, BranchName.MAIN, LogRig.BY)))
                    .isEqualTo(counts(2, 0, 2, 0));
            // The end of the stream and the line in the list, each on a state that was looked for first.
            assertThat(cost(rig, () -> log.deleteBranch(SIDE, LogRig.BY))).isEqualTo(counts(2, 0, 2, 0));
        }
    }

    /** The head is asked for once, and a cursor that stands on it says that there is no more. */
    @ParameterizedTest
    @ValueSource(ints = {10, 1_000})
    void aCaughtUpPollOfTheFeedIsOneRequest(int depth) {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            for (int i = 1; i < depth; i++) {
                rig.commit(log, rig.put("warm" + i % 5, i));
            }
            WriteTools unused = new WriteTools(
                    new Views() {
                        @Override
                        public GraphView of(Snapshot snapshot) {
                            throw new AssertionError("a state was opened");
                        }

                        @Override
                        public long heldBytes() {
                            return 0;
                        }

                        @Override
                        public void close() {}
                    },
                    rig.tables,
                    () -> "unused",
                    (type, rule) -> {
                        throw new AssertionError("a rule was bound");
                    });
            Function<FeedRequest.Start, FeedPage> poll = start -> Feed.page(
                    log,
                    unused,
                    new Feed.Request(
                            new GraphId("items"),
                            log.head(BranchName.MAIN),
                            new FeedRequest(
                                    start,
                                    new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), 1_000),
                                    FeedRequest.COMMITS,
                                    FeedRequest.BYTES),
                            branch -> Optional.of(AccessGate.UNRESTRICTED),
                            (seed, text) -> text,
                            () -> false));
            String cursor = poll.apply(new FeedRequest.Start.Now()).cursor().orElseThrow();
            assertThat(cost(
                            rig,
                            () -> assertThat(poll.apply(new FeedRequest.Start.Cursor(cursor))
                                            .caughtUp())
                                    .isTrue()))
                    .isEqualTo(counts(0, 0, 1, 0));
        }
    }

    @Test
    void checkpointsCostTwoMorePutsEvery32Records() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            Map<Operation, Long> cost = cost(rig, () -> {
                for (int i = 0; i < 320; i++) {
                    rig.commit(log, rig.put("warm" + i % 5, i));
                }
            });
            assertThat(cost).isEqualTo(counts(330, 10, 0, 0));
        }
    }

    @Test
    void whatIsSaidOfAnOldHeadIsCheckedOnTheNewestFirst() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            rig.commit(log, rig.put("a", 1));
            rig.commit(other, rig.put("a", 2));
            // Refused on the old head, and not the caller's fault: the other commit was before this call.
            rig.commit(log, rig.add("a", 10));
            assertThat(rig.read(other)).isEqualTo(Map.of("a", 12L));
            // Nothing to delete on the old head.
            rig.commit(other, rig.put("b", 1));
            assertThat(rig.commit(log, rig.delete("b"))).isPresent();
            // Fails on the old head.
            rig.commit(other, rig.put("c", 1));
            assertThat(rig.commit(log, rig.add("c", 1))).isPresent();
            assertThat(rig.read(other)).isEqualTo(Map.of("a", 12L, "c", 2L));
            assertThatThrownBy(() -> rig.commit(log, rig.add("d", 1)))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.NotFound.class));
        }
    }

    @Test
    void aWriteFollowsABranchToItsNextLife() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            log.commit(SIDE, rig.put("a", 1), io.precinct.engine.spi.AccessGate.UNRESTRICTED);
            other.deleteBranch(SIDE, LogRig.BY);
            assertThatThrownBy(() -> log.commit(SIDE, rig.put("a", 2), io.precinct.engine.spi.AccessGate.UNRESTRICTED))
                    .hasMessageContaining("branch 'side' not found");
            other.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            log.head(BranchName.MAIN);
            log.branches();
            log.commit(SIDE, rig.put("a", 3), io.precinct.engine.spi.AccessGate.UNRESTRICTED);
            other.deleteBranch(SIDE, LogRig.BY);
            other.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            log.commit(SIDE, rig.put("b", 4), io.precinct.engine.spi.AccessGate.UNRESTRICTED);
            assertThat(rig.read(other.head(SIDE))).isEqualTo(Map.of("b", 4L));
            assertThat(Optional.of(other.head(SIDE).branch())).contains(SIDE);
        }
    }
}
