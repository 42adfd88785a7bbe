package io.precinct.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.GraphId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the trail says of how a decision was come by. */
@ExtendWith(TestPostgres.class)
class DecisionRecordTest {
    private static final String POLICY = """
            {"version": 1, "roles": {"all": {}},
             "grants": [{"id": "all", "roles": ["all"], "actions": "any", "types": "any"}]}""";

    private final ControlDatabase database;

    DecisionRecordTest(ControlDatabase database) {
        this.database = database;
    }

    @Test
    void recordTellsHowLongTheDeciderTookAndWhetherItRemembered(@TempDir Path home) {
        Precinct.On graph = new Precinct.On(new GraphId("g"));
        // Every look at this clock moves it by seven microseconds, and a decision is between two looks.
        try (Precinct precinct = new Precinct(database, home, POLICY, new AtomicLong())) {
            precinct.create(graph.graph(), "node Person { name: String @key }");
            for (int i = 0; i < 2; i++) {
                precinct.answer(
                        precinct.caller("all"), graph.query("query q() { match { $p: Person } return { $p.name } }"));
            }
            List<JsonNode> decisions = precinct.records().stream()
                    .filter(record -> record.path("kind").asText().equals("decision"))
                    .map(record -> record.path("decision"))
                    .toList();
            assertThat(decisions.stream().map(one -> one.path("latency_us").asLong()))
                    .containsExactly(7L, 7L);
            assertThat(decisions.stream().map(one -> one.path("cached").asBoolean()))
                    .containsExactly(false, true);
        }
    }
}
