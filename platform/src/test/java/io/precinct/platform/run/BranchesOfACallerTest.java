package io.precinct.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EntityChange;
import io.precinct.engine.GraphId;
import io.precinct.platform.identity.Caller;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Branches and commits are listed to whom the policy lets read them. */
@ExtendWith(TestPostgres.class)
class BranchesOfACallerTest {
    private static final String POLICY = """
            {
              "version": 1,
              "roles": {"all": {}, "half": {}, "drafter": {}, "secretary": {}, "loader": {}, "nobody": {}},
              "grants": [
                {"id": "all", "roles": ["all"], "actions": "any", "types": "any"},
                {"id": "drafts", "roles": ["drafter"], "actions": ["read"], "types": "any", "branch": {"kind": "prefix", "value": "u/"}},
                {"id": "open", "roles": ["half"], "actions": ["read"], "types": ["Open"], "branch": {"kind": "exact", "value": "main"}},
                {"id": "own", "roles": ["half"], "actions": ["read"], "types": "any", "branch": {"kind": "prefix", "value": "u/"}},
                {"id": "loads", "roles": ["loader"], "actions": ["read", "change"], "types": "any", "branch": {"kind": "prefix", "value": "u/"}},
                {"id": "forks", "roles": ["loader"], "actions": ["branch_create"], "types": "any", "branch": {"kind": "prefix", "value": "u/"}},
                {"id": "secret", "roles": ["secretary"], "actions": ["read"], "types": "any", "branch": {"kind": "exact", "value": "secret"}}
              ]
            }""";
    private static final String INSERT = "query q() { insert Person { name: \"%s\" } }";

    private final ControlDatabase database;
    private final Precinct.On graph = new Precinct.On(new GraphId("g"));
    private Precinct precinct;
    private CommitId onDraft;
    private CommitId onSecret;

    BranchesOfACallerTest(ControlDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void threeBranches(@TempDir Path home) {
        precinct = new Precinct(database, home, POLICY, new AtomicLong());
        precinct.create(graph.graph(), "node Person { name: String @key }");
        done(graph.mutate(INSERT.formatted("m")));
        done(graph.branch("u/ann"));
        done(graph.branch("secret"));
        done(graph.mutate("u/ann", INSERT.formatted("d1")));
        done(graph.mutate("secret", INSERT.formatted("s")));
        onDraft = newest("u/ann");
        onSecret = newest("secret");
        done(graph.mutate("u/ann", INSERT.formatted("d2")));
    }

    @AfterEach
    void close() {
        precinct.close();
    }

    private void done(GraphOperation<?> operation) {
        Precinct.Answer answer = precinct.answer(precinct.caller("all"), operation);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private <R> R get(String role, GraphOperation<R> operation) {
        return precinct.runner.run(precinct.caller(role), RequestContext.background("r"), operation);
    }

    private CommitId newest(String branch) {
        return get("all", graph.commits(branch, Optional.empty(), 1)).getFirst().id();
    }

    @Test
    void branchesThatMayNotBeReadAreNotListed() {
        assertThat(get("all", graph.branches()).toString()).isEqualTo("[main, secret, u/ann]");
        assertThat(get("drafter", graph.branches()).toString()).isEqualTo("[u/ann]");
        assertThat(get("secretary", graph.branches()).toString()).isEqualTo("[secret]");
        assertThat(precinct.answer(precinct.caller("nobody"), graph.branches()).status())
                .isEqualTo(403);
    }

    @Test
    void historyStopsWhereTheReadableBranchBegan() {
        List<CommitInfo> all = get("all", graph.commits("u/ann", Optional.empty(), 100));
        assertThat(all.stream().map(commit -> commit.branch().value()))
                .containsExactly("u/ann", "u/ann", "main", "main");
        assertThat(get("drafter", graph.commits("u/ann", Optional.empty(), 100)))
                .isEqualTo(all.subList(0, 2));
        assertThat(get("drafter", graph.commits("u/ann", Optional.empty(), 1))).isEqualTo(all.subList(0, 1));
        assertThat(get("drafter", graph.commits("u/ann", Optional.of(all.get(0).id()), 1)))
                .isEqualTo(all.subList(1, 2));
    }

    @Test
    void commitOfAnUnreadableBranchAnswersLikeOneThatNeverWas() {
        Caller drafter = precinct.caller("drafter");
        assertThat(get("drafter", graph.commit(onDraft)).id()).isEqualTo(onDraft);
        CommitId never = new CommitId(precinct.ids.next());
        Precinct.Answer unknown = precinct.answer(drafter, graph.commit(never));
        assertThat(unknown.status()).isEqualTo(404);
        Precinct.Answer unreadable = precinct.answer(drafter, graph.commit(onSecret));
        assertThat(unreadable.status()).isEqualTo(404);
        assertThat(unreadable.body().replace(onSecret.value(), never.value())).isEqualTo(unknown.body());
        Precinct.Answer page = precinct.answer(drafter, graph.commits("u/ann", Optional.of(onSecret), 5));
        assertThat(page.body().replace(onSecret.value(), never.value()))
                .isEqualTo(precinct.answer(drafter, graph.commits("u/ann", Optional.of(never), 5))
                        .body());
    }

    @Test
    void changesOfAnUnreadableCommitAnswerLikeThoseOfOneThatNeverWas() {
        Caller drafter = precinct.caller("drafter");
        ChangesRequest all = new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), 10);
        assertThat(get("drafter", new HistoryOperation.ChangesOf(graph.graph(), onDraft, all))
                        .changes())
                .extracting(EntityChange::entityId)
                .containsExactly("d1");
        CommitId never = new CommitId(precinct.ids.next());
        Precinct.Answer unknown = precinct.answer(drafter, new HistoryOperation.ChangesOf(graph.graph(), never, all));
        Precinct.Answer unreadable =
                precinct.answer(drafter, new HistoryOperation.ChangesOf(graph.graph(), onSecret, all));
        assertThat(unreadable.status()).isEqualTo(unknown.status()).isEqualTo(404);
        assertThat(unreadable.body().replace(onSecret.value(), never.value())).isEqualTo(unknown.body());
    }

    @Test
    void branchThatMayNotBeReadAnswersLikeOneThatIsNotThere() {
        Caller drafter = precinct.caller("drafter");
        String text = "query q() { match { $p: Person } return { $p.name } }";
        assertThat(precinct.answer(drafter, graph.commits("secret", Optional.empty(), 5)))
                .isEqualTo(precinct.answer(drafter, graph.commits("nowhere", Optional.empty(), 5)));
        assertThat(precinct.answer(drafter, graph.query(text)).status()).isEqualTo(403);
        assertThat(precinct.answer(drafter, graph.commits("u/bob", Optional.empty(), 5))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aLoadForksOnlyWhatItsCallerMayFork() {
        String line = "{\"type\":\"Person\",\"data\":{\"name\":\"x\"}}\n";
        assertThat(get("loader", graph.load("u/new", Optional.of("u/ann"), line))
                        .forkedFrom())
                .contains(new io.precinct.engine.BranchName("u/ann"));
        Precinct.Answer hidden =
                precinct.answer(precinct.caller("loader"), graph.load("u/more", Optional.of("secret"), line));
        Precinct.Answer absent =
                precinct.answer(precinct.caller("loader"), graph.load("u/more", Optional.of("absent"), line));
        assertThat(hidden.status()).isEqualTo(404);
        assertThat(hidden.body().replace("secret", "absent")).isEqualTo(absent.body());
        assertThat(get("all", graph.branches()).toString()).doesNotContain("u/more");
    }

    @Test
    void changesAreShownUnderTheRulesOfTheirOwnBranch() {
        CommitId onMain = newest("main");
        ChangesRequest everything = new ChangesRequest(Set.of(), Set.of(), Set.of(), Optional.empty(), 10);
        Precinct.Answer answer = precinct.answer(
                precinct.caller("half"), new HistoryOperation.ChangesOf(graph.graph(), onMain, everything));
        assertThat(answer.body()).doesNotContain("\"m\"").doesNotContain("Person");
    }
}
