package io.precinct.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.GraphId;
import io.precinct.engine.LoadMode;
import io.precinct.engine.ReaderKind;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A write that landed and whose outcome could not be recorded. */
@ExtendWith(TestPostgres.class)
class LostOutcomeTest {
    private static final String POLICY = """
            {"version": 1, "roles": {"all": {}},
             "grants": [{"id": "all", "roles": ["all"], "actions": "any", "types": "any"}]}""";

    private final ControlDatabase database;

    LostOutcomeTest(ControlDatabase database) {
        this.database = database;
    }

    @Test
    void isToldAsUnknownAndNeverAsUndone(@TempDir Path home) {
        GraphId graph = new GraphId("g");
        try (Precinct precinct = new Precinct(database, home, POLICY, new AtomicLong())) {
            precinct.create(graph, "node Person { name: String @key }");
            byte[] line = "{\"type\":\"Person\",\"data\":{\"name\":\"landed\"}}\n".getBytes(StandardCharsets.UTF_8);
            // The decision is recorded before the body is read; from its end on the trail refuses the tenant.
            FilterInputStream body = new FilterInputStream(new ByteArrayInputStream(line)) {
                @Override
                public int read(byte[] into, int offset, int length) throws IOException {
                    int read = super.read(into, offset, length);
                    if (read < 0) {
                        takenBySomebodyElse(precinct);
                    }
                    return read;
                }
            };
            Precinct.Answer answer = precinct.answer(
                    precinct.caller("all"),
                    new GraphOperation.Load(
                            graph, BranchName.MAIN, Optional.empty(), LoadMode.APPEND, ReaderKind.STRICT, body));
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).contains("it was done").doesNotContain("nothing is done");
        }
    }

    /** A record where the next one belongs. */
    private void takenBySomebodyElse(Precinct precinct) {
        database.inTenant(
                precinct.id(),
                handle -> handle.execute(
                        "insert into audit_records select tenant_id, (select sequence + 1 from audit_heads"
                                + " where tenant_id = r.tenant_id), id || 'x', recorded_at, kind, request_id, actor_id, action,"
                                + " allow, graph, commit_id, body, prev_hash, hash from audit_records r order by sequence desc"
                                + " limit 1 on conflict do nothing"));
    }
}
