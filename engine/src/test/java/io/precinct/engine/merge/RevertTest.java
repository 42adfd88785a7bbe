package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.spi.AccessGate;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevertTest {
    @TempDir
    private Path directory;

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

    private CommitId head() {
        return histories.head("main").head().id();
    }

    private WriteReceipt revert(CommitId commit) {
        return histories.graph().revert(BranchName.MAIN, commit, AccessGate.UNRESTRICTED, LocalGraphs.TESTER);
    }

    private EngineFailure failure(CommitId commit) {
        return catchThrowableOfType(EngineException.class, () -> revert(commit)).failure();
    }

    @Test
    void whatACommitDidIsTakenBackAndWhatCameAfterStays() {
        Set<String> before = histories.state("main");
        histories.deletePerson("main", "Bob");
        CommitId deleted = head();
        WriteReceipt receipt = revert(deleted);
        assertThat(histories.state("main")).isEqualTo(before);
        assertThat(receipt.affectedNodes()).isEqualTo(1);
        assertThat(receipt.affectedEdges()).isEqualTo(1);
        assertThat(receipt.commit().orElseThrow().parent()).contains(deleted);
        histories.person("main", "Alice", 31);
        CommitId older = head();
        histories.person("main", "Eve", 1);
        revert(older);
        assertThat(histories.state("main").toString()).contains("\"age\":30").contains("Eve");
        assertThat(revert(older).commit()).as("nothing is left to take back").isEmpty();
    }

    @Test
    void aRevertIsTakenBackLikeAnyCommit() {
        histories.person("main", "Eve", 1);
        Set<String> with = histories.state("main");
        revert(head());
        assertThat(histories.state("main")).isNotEqualTo(with);
        revert(head());
        assertThat(histories.state("main")).isEqualTo(with);
    }

    @Test
    void aMergeIsTakenBackAsFarAsItBroughtSomething() {
        histories.branch("work", "main");
        histories.person("work", "Eve", 1);
        histories.person("main", "Zoe", 1);
        Set<String> before = histories.state("main");
        histories.merge("work", "main");
        revert(head());
        assertThat(histories.state("main")).isEqualTo(before);
    }

    @Test
    void aChangeSetThatWasTooLargeToKeepIsTakenBackWhole() {
        Set<String> before = histories.state("main");
        histories.load(
                "main",
                IntStream.range(0, 6_000)
                        .mapToObj(i -> "{\"type\":\"Person\",\"data\":{\"name\":\"p%05d\",\"age\":1}}".formatted(i))
                        .collect(Collectors.joining("\n")));
        revert(head());
        assertThat(histories.state("main")).isEqualTo(before);
    }

    @Test
    void whatWasChangedAgainSinceIsAConflictAndNothingIsWritten() {
        histories.person("main", "Alice", 31);
        CommitId first = head();
        histories.person("main", "Alice", 32);
        CommitId last = head();
        assertThat(failure(first)).isInstanceOfSatisfying(EngineFailure.MergeConflicts.class, conflicts -> {
            MergeConflict one = conflicts.first().getFirst();
            assertThat(one.kind()).isEqualTo(MergeConflict.Kind.DIVERGENT_UPDATE);
            assertThat(one.base().orElseThrow().properties().get("age").intValue())
                    .isEqualTo(31);
            assertThat(one.theirs().orElseThrow().properties().get("age").intValue())
                    .isEqualTo(30);
        });
        assertThat(head()).isEqualTo(last);
    }

    @Test
    void anEdgeThatCameSinceHoldsItsEnd() {
        histories.person("main", "Eve", 1);
        CommitId inserted = head();
        histories.knows("main", "ae", "Alice", "Eve", 1);
        assertThat(failure(inserted))
                .isInstanceOfSatisfying(
                        EngineFailure.MergeConflicts.class,
                        conflicts -> assertThat(conflicts.first().getFirst().kind())
                                .isEqualTo(MergeConflict.Kind.ORPHAN_EDGE));
    }

    @Test
    void whatHasNoWayBackIsRefused() {
        CommitId genesis = histories
                .graph()
                .commits(BranchName.MAIN, Optional.empty(), 100)
                .getLast()
                .id();
        assertThat(failure(genesis).code()).isEqualTo("commit_has_no_parent");
        CommitId older = head();
        histories
                .graph()
                .applySchema(
                        BranchName.MAIN,
                        Histories.SCHEMA.replace("age: I32?", "age: I32?\n  height: I32?"),
                        new SchemaOptions(false),
                        AccessGate.UNRESTRICTED,
                        LocalGraphs.TESTER);
        assertThat(failure(head()).code()).isEqualTo("revert_of_schema");
        assertThat(failure(older).code()).isEqualTo("schemas_differ");
        histories.branch("side", "main");
        histories.person("side", "Eve", 1);
        assertThat(failure(histories.head("side").head().id()).code()).isEqualTo("commit_not_on_branch");
    }
}
