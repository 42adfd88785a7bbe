package io.precinct.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.GraphId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a broken constraint may tell of what its writer may not read. */
@ExtendWith(TestPostgres.class)
class TellingViolationsTest {
    private static final String POLICY = """
            {
              "version": 1,
              "roles": {"all": {}, "open": {}, "masked": {}},
              "grants": [
                {"id": "all", "roles": ["all"], "actions": "any", "types": "any"},
                {"id": "open", "roles": ["open"], "actions": ["read", "change"], "types": "any",
                 "rows": {"Person": {"type": "field", "field": "open", "operator": "eq", "value": true}}},
                {"id": "masked", "roles": ["masked"], "actions": ["read", "change"], "types": "any",
                 "masks": {"Person": {"mail": "null"}}}
              ]
            }""";

    private final ControlDatabase database;
    private final Precinct.On graph = new Precinct.On(new GraphId("g"));
    private Precinct precinct;

    TellingViolationsTest(ControlDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void people(@TempDir Path home) {
        precinct = new Precinct(database, home, POLICY, new AtomicLong());
        precinct.create(graph.graph(), """
                node Person {
                  name: String @key
                  open: Bool
                  mail: String? @unique
                }
                edge Knows: Person -> Person @card(0..1)
                """);
        Precinct.Answer loaded = precinct.answer(precinct.caller("all"), graph.load("""
                {"type":"Person","data":{"name":"ann","open":true,"mail":"ann@x"}}
                {"type":"Person","data":{"name":"bob","open":true}}
                {"type":"Person","data":{"name":"hal","open":false}}
                {"edge":"Knows","from":"ann","to":"hal"}
                """));
        assertThat(loaded.status()).as(loaded.body()).isEqualTo(200);
    }

    @AfterEach
    void close() {
        precinct.close();
    }

    private Precinct.Answer mutate(String role, String statement) {
        return precinct.answer(precinct.caller(role), graph.mutate("query q() { " + statement + " }"));
    }

    @Test
    void aUniqueValueBehindAMaskTellsNotWhoHoldsIt() {
        Precinct.Answer answer = mutate("masked", "insert Person { name: \"new\", open: true, mail: \"ann@x\" }");
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).doesNotContain("ann").doesNotContain("mail");
        assertThat(mutate("all", "insert Person { name: \"new\", open: true, mail: \"ann@x\" }")
                        .body())
                .contains("ann@x");
    }

    @Test
    void aBoundOnEdgesTellsNothingOfHiddenOnes() {
        Precinct.Answer answer = mutate("open", "insert Knows { from: \"ann\", to: \"bob\" }");
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).doesNotContain("edges").doesNotContain("ann");
        assertThat(mutate("all", "insert Knows { from: \"ann\", to: \"bob\" }").body())
                .contains("2 edges");
    }
}
