package io.precinct.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.GraphId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An allowed operation that owes something first does not run. */
@ExtendWith(TestPostgres.class)
class StepUpTest {
    private static final String POLICY = """
            {"version": 1, %s "roles": {"all": {}},
             "grants": [{"id": "all", "roles": ["all"], "actions": "any", "types": "any"}]}""";

    private final ControlDatabase database;
    private final Precinct.On graph = new Precinct.On(new GraphId("g"));

    StepUpTest(ControlDatabase database) {
        this.database = database;
    }

    private Precinct precinct(Path home, String setting) {
        Precinct precinct = new Precinct(database, home, POLICY.formatted(setting), new AtomicLong());
        precinct.create(graph.graph(), "node Person { name: String @key }");
        return precinct;
    }

    @Test
    void sensitiveOperationWithoutASecondFactorIsRefusedWithWhatToDo(@TempDir Path home) {
        try (Precinct precinct = precinct(home, "")) {
            Precinct.Answer refused = precinct.answer(precinct.caller("all", false), graph.export());
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body()).contains("\"step_up_required\"").contains("second factor");
            assertThat(precinct.answer(precinct.caller("all", true), graph.export())
                            .status())
                    .isEqualTo(200);
            assertThat(precinct.answer(precinct.caller("all", false), graph.snapshot())
                            .status())
                    .isEqualTo(200);
            assertThat(precinct.records().stream()
                            .filter(record -> record.path("operation").asText().equals("export.run"))
                            .map(record -> record.path("decision"))
                            .filter(decision -> !decision.path("allow").asBoolean())
                            .map(decision -> decision.path("rules"))
                            .map(JsonNode::toString))
                    .containsExactly("[\"step_up_required\"]");
        }
    }

    @Test
    void policyMaySayThatThereIsNoSecondFactor(@TempDir Path home) {
        try (Precinct precinct = precinct(home, "\"step_up\": \"none\",")) {
            assertThat(precinct.answer(precinct.caller("all", false), graph.export())
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void approvalThatNobodyGaveIsOwed(@TempDir Path home) {
        // No operation on a graph needs an approval yet, so the obligation comes from a decider of the test's own.
        try (Precinct precinct = precinct(home, "").owingApproval()) {
            Precinct.Answer refused = precinct.answer(
                    precinct.caller("all"), graph.mutate("query q() { insert Person { name: \"ann\" } }"));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body()).contains("\"approval_required\"");
            assertThat(precinct.answer(precinct.caller("all"), graph.commits("main", Optional.empty(), 9))
                            .body())
                    .contains("approval_required");
        }
    }
}
