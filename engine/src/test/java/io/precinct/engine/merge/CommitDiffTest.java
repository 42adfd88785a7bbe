package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EntityChange;
import io.precinct.engine.EntityChange.Operation;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitDiffTest {
    @TempDir
    Path directory;

    private LocalGraphs graphs;
    private Histories histories;

    @BeforeEach
    void open() {
        graphs = new LocalGraphs(directory);
        histories = new Histories(graphs.create(Histories.SCHEMA));
        histories.person("main", "Alice", 30);
        histories.person("main", "Bob", 40);
        histories.knows("main", "ab", "Alice", "Bob", 1);
    }

    @AfterEach
    void close() {
        graphs.close();
    }

    private static ChangesRequest all() {
        return new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), 1_000);
    }

    private CommitId head() {
        return histories.head("main").head().id();
    }

    private List<EntityChange> changes(AccessGate gate) {
        return histories.graph().changes(head(), all(), gate).changes();
    }

    /** Sees people younger than 50 and nobody's age once it is 45 or more. */
    private static AccessGate restricted(RowAccess people) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return typeName.equals("Person") ? people : RowAccess.ALL;
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
    void aDeletedNodeIsToldBeforeTheEdgesThatItTookAlong() {
        histories.deletePerson("main", "Bob");
        List<EntityChange> changes = changes(AccessGate.UNRESTRICTED);
        assertThat(changes).extracting(EntityChange::entityId).containsExactly("Bob", "ab");
        assertThat(changes).extracting(EntityChange::operation).containsOnly(Operation.DELETE);
        assertThat(changes.get(0).before().orElseThrow().properties().toString())
                .isEqualTo("{\"age\":40,\"name\":\"Bob\"}");
        assertThat(changes.get(1).before().orElseThrow().ends().orElseThrow().to())
                .isEqualTo("Bob");
        assertThat(changes).allMatch(change -> change.after().isEmpty());
    }

    @Test
    void aChangeSetThatWasTooLargeToKeepIsFoundAgain() {
        histories.load(
                "main",
                IntStream.range(0, 6_000)
                        .mapToObj(i -> "{\"type\":\"Person\",\"data\":{\"name\":\"p%05d\",\"age\":1}}".formatted(i))
                        .collect(Collectors.joining("\n")));
        List<String> told = new ArrayList<>();
        Optional<String> page = Optional.empty();
        do {
            CommitChanges changes = histories
                    .graph()
                    .changes(
                            head(),
                            new ChangesRequest(Set.of(), Set.of(), Set.of(), page, 2_500),
                            AccessGate.UNRESTRICTED);
            changes.changes().forEach(change -> told.add(change.entityId()));
            page = changes.next();
        } while (page.isPresent());
        assertThat(told).hasSize(6_000).isSorted();
        assertThat(new HashSet<>(told)).hasSize(6_000);
    }

    @Test
    void filtersChooseByKindTypeAndOperation() {
        histories.deletePerson("main", "Bob");
        assertThat(histories
                        .graph()
                        .changes(
                                head(),
                                new ChangesRequest(
                                        Set.of(EntityChange.Kind.EDGE), Set.of(), Set.of(), Optional.empty(), 10),
                                AccessGate.UNRESTRICTED)
                        .changes())
                .extracting(EntityChange::entityId)
                .containsExactly("ab");
        assertThat(histories
                        .graph()
                        .changes(
                                head(),
                                new ChangesRequest(
                                        Set.of(), Set.of("Person"), Set.of(Operation.INSERT), Optional.empty(), 10),
                                AccessGate.UNRESTRICTED)
                        .changes())
                .isEmpty();
    }

    @Test
    void aPageOfAnotherCommitOrFilterIsRejected() {
        histories.deletePerson("main", "Bob");
        String next = histories
                .graph()
                .changes(
                        head(),
                        new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), 1),
                        AccessGate.UNRESTRICTED)
                .next()
                .orElseThrow();
        assertThatThrownBy(() -> histories
                        .graph()
                        .changes(
                                head(),
                                new ChangesRequest(Set.of(), Set.of("Knows"), Set.of(), Optional.of(next), 1),
                                AccessGate.UNRESTRICTED))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("page token");
        histories.person("main", "Eve", 1);
        for (String token : List.of(next, "", "not base64 !", "AAAA")) {
            assertThatThrownBy(() -> histories
                            .graph()
                            .changes(
                                    head(),
                                    new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.of(token), 1),
                                    AccessGate.UNRESTRICTED))
                    .as(token)
                    .isInstanceOf(EngineException.class);
        }
    }

    @Test
    void whatComesIntoSightIsInsertedAndWhatLeavesItIsDeleted() {
        AccessGate young = restricted(younger(50));
        histories.person("main", "Bob", 60);
        assertThat(changes(young))
                .extracting(EntityChange::operation, EntityChange::entityId)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Operation.DELETE, "Bob"));
        histories.person("main", "Bob", 61);
        assertThat(changes(young)).isEmpty();
        histories.person("main", "Bob", 20);
        List<EntityChange> back = changes(young);
        assertThat(back).extracting(EntityChange::operation).containsExactly(Operation.INSERT);
        assertThat(back.getFirst().before()).isEmpty();
    }

    @Test
    void aChangeOfWhatIsMaskedOrDeniedAloneIsNone() {
        AccessGate masked = restricted(new RowAccess(
                true,
                Condition.ALWAYS,
                Map.of("age", new Mask(Mask.Kind.NULL, Condition.NEVER)),
                Set.of(),
                Condition.NEVER));
        AccessGate denied = restricted(new RowAccess(true, Condition.ALWAYS, Map.of(), Set.of("age"), Condition.NEVER));
        histories.person("main", "Bob", 60);
        assertThat(changes(masked)).isEmpty();
        assertThat(changes(denied)).isEmpty();
        histories.person("main", "Eve", 1);
        assertThat(changes(masked)
                        .getFirst()
                        .after()
                        .orElseThrow()
                        .properties()
                        .get("age")
                        .isNull())
                .isTrue();
        assertThat(changes(denied).getFirst().after().orElseThrow().properties().has("age"))
                .isFalse();
    }

    @Test
    void typesThatAreNotGrantedOrWhoseKeysAreMaskedAreNotThere() {
        AccessGate keyless = restricted(new RowAccess(
                true,
                Condition.ALWAYS,
                Map.of("name", new Mask(Mask.Kind.HASH, Condition.NEVER)),
                Set.of(),
                Condition.NEVER));
        histories.knows("main", "ba", "Bob", "Alice", 1);
        assertThat(changes(restricted(RowAccess.NONE))).isEmpty();
        assertThat(changes(keyless)).isEmpty();
    }

    @Test
    void aMergeTellsWhatItBroughtIntoItsTarget() {
        histories.branch("work", "main");
        histories.person("work", "Eve", 1);
        histories.person("main", "Zoe", 1);
        histories.merge("work", "main");
        assertThat(changes(AccessGate.UNRESTRICTED))
                .extracting(EntityChange::entityId)
                .containsExactly("Eve");
    }

    @Test
    void theFirstCommitOfAGraphHasNothingToBeComparedWith() {
        CommitId first = histories
                .graph()
                .commits(BranchName.MAIN, Optional.empty(), 100)
                .getLast()
                .id();
        assertThatThrownBy(() -> histories.graph().changes(first, all(), AccessGate.UNRESTRICTED))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("commit_has_no_parent"));
    }
}
