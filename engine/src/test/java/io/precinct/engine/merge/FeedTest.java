package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EntityChange;
import io.precinct.engine.EntityChange.Operation;
import io.precinct.engine.FeedPage;
import io.precinct.engine.FeedRequest;
import io.precinct.engine.FeedRequest.Start;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The change feed of a whole graph, from cursor to cursor. */
class FeedTest {
    private static final ChangesRequest ALL =
            new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), FeedRequest.CHANGES);

    @TempDir
    private Path directory;

    private LocalGraphs graphs;
    private Histories histories;

    @BeforeEach
    void open() {
        graphs = new LocalGraphs(directory);
        histories = new Histories(graphs.create(Histories.SCHEMA));
    }

    @AfterEach
    void close() {
        graphs.close();
    }

    private FeedPage poll(String branch, Start start, ChangesRequest filter, int commits, AccessGate gate) {
        return histories
                .graph()
                .feed(
                        histories.head(branch),
                        new FeedRequest(start, filter, commits, FeedRequest.BYTES),
                        asked -> Optional.of(gate));
    }

    private FeedPage poll(Start start) {
        return poll("main", start, ALL, FeedRequest.COMMITS, AccessGate.UNRESTRICTED);
    }

    private static Start from(FeedPage page) {
        return new Start.Cursor(page.cursor().orElseThrow());
    }

    private static List<String> ids(FeedPage page) {
        return page.blocks().stream()
                .flatMap(block -> block.changes().stream())
                .map(EntityChange::entityId)
                .toList();
    }

    private static EngineFailure failure(ThrowingCallable call) {
        return catchThrowableOfType(EngineException.class, call).failure();
    }

    private static AccessGate people(RowAccess access) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return typeName.equals("Person") ? access : RowAccess.ALL;
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(List.of("reads_only"));
            }
        };
    }

    private static RowAccess younger(int age) {
        return new RowAccess(
                true,
                new Condition.Field("age", Condition.Comparison.LT, new Operand.Whole(age)),
                Map.of(),
                Set.of(),
                Condition.NEVER);
    }

    @Test
    void everyCommitComesOnceAndInOrderWhateverTheLimit() {
        for (int at = 0; at < 7; at++) {
            histories.person("main", "p" + at, at);
        }
        List<String> told = new ArrayList<>();
        FeedPage page = poll("main", new Start.Beginning(), ALL, 3, AccessGate.UNRESTRICTED);
        while (true) {
            told.addAll(ids(page));
            assertThat(page.blocks()).hasSizeLessThanOrEqualTo(3);
            if (page.caughtUp()) {
                break;
            }
            page = poll("main", from(page), ALL, 3, AccessGate.UNRESTRICTED);
        }
        assertThat(told).containsExactly("p0", "p1", "p2", "p3", "p4", "p5", "p6");
        assertThat(poll(from(page)).blocks()).isEmpty();
        histories.person("main", "p7", 7);
        assertThat(ids(poll(from(page)))).containsExactly("p7");
    }

    @Test
    void nowTellsWhatComesAfterIt() {
        histories.person("main", "Alice", 30);
        FeedPage now = poll(new Start.Now());
        assertThat(now.blocks()).isEmpty();
        assertThat(now.caughtUp()).isTrue();
        histories.person("main", "Bob", 40);
        assertThat(ids(poll(from(now)))).containsExactly("Bob");
    }

    @Test
    void afterACommitOfTheBranchItGoesOnAndAfterAnotherItDoesNot() {
        histories.person("main", "Alice", 30);
        CommitId alice = histories.head("main").head().id();
        histories.person("main", "Bob", 40);
        assertThat(ids(poll(new Start.After(alice)))).containsExactly("Bob");
        histories.branch("side", "main");
        histories.person("side", "Eve", 1);
        CommitId eve = histories.head("side").head().id();
        assertThat(failure(() -> poll(new Start.After(eve))).code()).isEqualTo("commit_not_found");
    }

    @Test
    void aBranchBeginsWithWhatItWasMadeFrom() {
        histories.person("main", "Alice", 30);
        histories.branch("side", "main");
        histories.person("main", "Bob", 40);
        histories.person("side", "Eve", 1);
        FeedPage page = poll("side", new Start.Beginning(), ALL, 10, AccessGate.UNRESTRICTED);
        assertThat(ids(page)).containsExactly("Alice", "Eve");
        FeedPage first = poll("side", new Start.Beginning(), ALL, 1, AccessGate.UNRESTRICTED);
        assertThat(first.caughtUp()).isFalse();
        assertThat(ids(poll("side", from(first), ALL, 10, AccessGate.UNRESTRICTED)))
                .containsExactly("Eve");
    }

    @Test
    void whatWasDoneOnABranchThatIsNotReadableIsNotTold() {
        histories.person("main", "Alice", 30);
        CommitId alice = histories.head("main").head().id();
        histories.branch("side", "main");
        histories.person("side", "Eve", 1);
        FeedRequest beginning = new FeedRequest(new Start.Beginning(), ALL, 10, FeedRequest.BYTES);
        FeedPage page = histories
                .graph()
                .feed(
                        histories.head("side"),
                        beginning,
                        branch -> branch.equals(BranchName.MAIN)
                                ? Optional.empty()
                                : Optional.of(AccessGate.UNRESTRICTED));
        assertThat(ids(page)).containsExactly("Eve");
        assertThat(failure(() -> histories
                                .graph()
                                .feed(
                                        histories.head("side"),
                                        new FeedRequest(new Start.After(alice), ALL, 10, FeedRequest.BYTES),
                                        branch -> branch.equals(BranchName.MAIN)
                                                ? Optional.empty()
                                                : Optional.of(AccessGate.UNRESTRICTED)))
                        .code())
                .isEqualTo("commit_not_found");
    }

    @Test
    void aPageStopsInsideACommitAndOnlyTheLastHasACursor() {
        FeedPage now = poll(new Start.Now());
        String longId = "x".repeat(300);
        histories.load(
                "main",
                IntStream.range(0, 6_000)
                        .mapToObj(i -> "{\"type\":\"Person\",\"data\":{\"name\":\"%s\",\"age\":1}}"
                                .formatted(i % 2 == 0 ? "p%05d".formatted(i) : longId + "%05d".formatted(i)))
                        .collect(Collectors.joining("\n")));
        histories.person("main", "zz", 1);
        ChangesRequest paged = new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), 1_001);
        List<String> told = new ArrayList<>();
        FeedPage page = poll(
                "main",
                from(poll("main", new Start.Now(), paged, 5, AccessGate.UNRESTRICTED)),
                paged,
                5,
                AccessGate.UNRESTRICTED);
        assertThat(page.blocks()).isEmpty();
        page = poll("main", from(now), paged, 5, AccessGate.UNRESTRICTED);
        int pages = 1;
        told.addAll(ids(page));
        while (page.next().isPresent()) {
            assertThat(page.cursor()).isEmpty();
            assertThat(page.next().get()).hasSizeLessThan(4_096);
            if (pages == 2) {
                // The cut of a poll stands: what lands meanwhile is the next one's.
                histories.person("main", "zzz", 1);
            }
            page = poll("main", new Start.Page(page.next().get()), paged, 5, AccessGate.UNRESTRICTED);
            told.addAll(ids(page));
            pages++;
        }
        assertThat(pages).isEqualTo(6);
        assertThat(told).hasSize(6_001).isSorted().doesNotHaveDuplicates().endsWith("zz");
        assertThat(ids(poll("main", from(page), paged, 5, AccessGate.UNRESTRICTED)))
                .containsExactly("zzz");
    }

    @Test
    void whatCrossesTheBorderOfSightIsInsertedOrDeletedAndTheRestIsNotThere() {
        AccessGate young = people(younger(50));
        FeedPage now = poll("main", new Start.Now(), ALL, 10, young);
        histories.person("main", "Bob", 60);
        histories.person("main", "Bob", 20);
        histories.person("main", "Bob", 21);
        histories.person("main", "Bob", 70);
        FeedPage page = poll("main", from(now), ALL, 10, young);
        assertThat(page.blocks()).hasSize(4);
        assertThat(page.blocks().stream()
                        .flatMap(block -> block.changes().stream())
                        .map(EntityChange::operation))
                .containsExactly(Operation.INSERT, Operation.UPDATE, Operation.DELETE);
        assertThat(page.toString()).doesNotContain("60").doesNotContain("70");
    }

    @Test
    void maskedValuesAreMaskedInEveryImage() {
        AccessGate masked = people(new RowAccess(
                true,
                Condition.ALWAYS,
                Map.of("age", new Mask(Mask.Kind.NULL, Condition.NEVER)),
                Set.of(),
                Condition.NEVER));
        FeedPage now = poll("main", new Start.Now(), ALL, 10, masked);
        histories.person("main", "Bob", 61);
        histories.person("main", "Bob", 62);
        FeedPage page = poll("main", from(now), ALL, 10, masked);
        assertThat(ids(page)).containsExactly("Bob");
        assertThat(page.toString()).doesNotContain("61").doesNotContain("62");
    }

    @Test
    void aCursorIsOfItsBranchFilterAndAccess() {
        FeedPage now = poll(new Start.Now());
        histories.person("main", "Alice", 30);
        histories.branch("side", "main");
        assertThat(failure(() -> poll("side", from(now), ALL, 10, AccessGate.UNRESTRICTED)))
                .isInstanceOf(EngineFailure.ChangeCursorRejected.class);
        ChangesRequest edges = new ChangesRequest(
                Set.of(EntityChange.Kind.EDGE), Set.of(), Set.of(), Optional.empty(), FeedRequest.CHANGES);
        assertThat(failure(() -> poll("main", from(now), edges, 10, AccessGate.UNRESTRICTED)))
                .isInstanceOf(EngineFailure.ChangeCursorRejected.class);
        assertThat(failure(() -> poll("main", from(now), ALL, 10, people(younger(50)))))
                .isInstanceOf(EngineFailure.ChangeCursorRejected.class);
        FeedPage caughtUp = poll(new Start.Now());
        assertThat(failure(() -> poll("main", from(caughtUp), ALL, 10, people(younger(50)))))
                .isInstanceOf(EngineFailure.ChangeCursorRejected.class);
        for (String text : List.of("", "nonsense", "!", "AAAA", now.cursor().orElseThrow() + "A")) {
            assertThat(failure(() -> poll(new Start.Cursor(text))).code())
                    .as(text)
                    .isEqualTo("change_cursor_rejected");
            assertThat(failure(() -> poll(new Start.Page(text))).code())
                    .as(text)
                    .isEqualTo("change_cursor_rejected");
        }
        assertThat(failure(() -> poll(new Start.Page(now.cursor().orElseThrow())))
                        .code())
                .isEqualTo("change_cursor_rejected");
    }

    @Test
    void aBranchMadeAgainIsAnotherOne() {
        histories.branch("side", "main");
        FeedPage now = poll("side", new Start.Now(), ALL, 10, AccessGate.UNRESTRICTED);
        histories.graph().deleteBranch(Histories.name("side"), LocalGraphs.TESTER);
        histories.branch("side", "main");
        assertThat(failure(() -> poll("side", from(now), ALL, 10, AccessGate.UNRESTRICTED)))
                .isInstanceOf(EngineFailure.ChangeCursorRejected.class);
    }

    /** Waits as long as a collection does before it takes records. */
    @Test
    @Tag("slow")
    void whatACollectionTookIsAGapThatNamesCursorAndCommit() {
        histories.person("main", "Alice", 30);
        FeedPage now = poll(new Start.Now());
        for (int at = 0; at < 5; at++) {
            histories.person("main", "p" + at, at);
        }
        List<CommitId> newest = histories.graph().commits(BranchName.MAIN, Optional.empty(), 2).stream()
                .map(commit -> commit.id())
                .toList();
        histories
                .graph()
                .collect(
                        new CollectRequest(OptionalInt.of(2), Optional.empty(), false),
                        LocalGraphs.TESTER,
                        () -> false);
        assertThat(failure(() -> poll(from(now))))
                .isEqualTo(new EngineFailure.ChangeFeedGap(now.cursor(), newest.getLast()));
        assertThat(failure(() -> poll(new Start.Beginning())))
                .isEqualTo(new EngineFailure.ChangeFeedGap(Optional.empty(), newest.getLast()));
    }

    @Test
    void aRenamedTypeIsABoundaryAndAnAddedPropertyIsNone() {
        histories.person("main", "Alice", 30);
        FeedPage now = poll(new Start.Now());
        histories
                .graph()
                .applySchema(
                        BranchName.MAIN,
                        Histories.SCHEMA.replace("age: I32?", "age: I32?\n  height: I32?"),
                        new SchemaOptions(false),
                        AccessGate.UNRESTRICTED,
                        LocalGraphs.TESTER);
        histories.person("main", "Bob", 40);
        FeedPage added = poll(from(now));
        assertThat(ids(added)).containsExactly("Bob");
        histories
                .graph()
                .applySchema(
                        BranchName.MAIN,
                        Histories.SCHEMA.replace("age: I32?", "height: I32?"),
                        new SchemaOptions(true),
                        AccessGate.UNRESTRICTED,
                        LocalGraphs.TESTER);
        assertThat(failure(() -> poll(from(added)))).isInstanceOf(EngineFailure.ChangeSchemaBoundary.class);
    }

    @Test
    void aBaselineAndTheFeedAfterItAddUpToTheState() throws IOException {
        histories.person("main", "Alice", 30);
        histories.person("main", "Bob", 40);
        histories.knows("main", "ab", "Alice", "Bob", 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessGate young = people(younger(35));
        histories.graph().baseline(histories.head("main"), ALL, young, out);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).contains("Alice");
        String cursor = lines.getLast().replaceAll(".*\"resume_cursor\":\"([^\"]+)\".*", "$1");
        assertThat(lines.getLast())
                .startsWith("{\"baseline\":{\"snapshot_commit_id\":\""
                        + histories.head("main").head().id());
        histories.person("main", "Bob", 20);
        FeedPage page = poll("main", new Start.Cursor(cursor), ALL, 10, young);
        List<EntityChange> changes = page.blocks().stream()
                .map(CommitChanges::changes)
                .flatMap(List::stream)
                .toList();
        assertThat(changes).extracting(EntityChange::operation).contains(Operation.INSERT);
        assertThat(new TreeSet<>(changes.stream().map(EntityChange::entityId).toList()))
                .contains("Bob");
    }
}
