package io.precinct.tenants.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.upkeep.UpkeepOutcome;
import io.precinct.tenants.upkeep.UpkeepRun;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/** Rows of the run log. Each change names the state it leads from, so that late writers change nothing. */
public final class RunStore {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ControlDatabase database;

    public RunStore(ControlDatabase database) {
        this.database = database;
    }

    /** False when a pending or running one exists already. */
    public boolean insert(UpkeepRun run) {
        return database.inTenant(
                run.tenant(),
                handle -> handle.createUpdate("""
                        insert into maintenance_runs (tenant_id, run_id, job, trigger, requested_by, state, reason,
                          created_at, ended_at)
                        values (:tenant, :run, 'compact', :trigger, :by, :state, :reason, :now,
                          case when :over then cast(:now as timestamptz) end)
                        on conflict do nothing
                        """)
                                .bind("tenant", run.tenant().value())
                                .bind("run", run.id())
                                .bind("trigger", run.trigger().wireName())
                                .bind("by", run.requestedBy())
                                .bind("state", run.state().wireName())
                                .bind("reason", run.reason())
                                .bind("over", run.state().over())
                                .bind("now", Columns.timestamp(run.createdAt()))
                                .execute()
                        == 1);
    }

    /** Pending becomes running; false when it was claimed or ended meanwhile. */
    public boolean claim(TenantId tenant, String run, String node, Instant now) {
        return database.inTenant(
                tenant,
                handle -> handle.createUpdate("""
                        update maintenance_runs set state = 'running', node = :node, started_at = :now, heartbeat_at = :now
                        where tenant_id = :tenant and run_id = :run and state = 'pending'
                        """)
                                .bind("node", node)
                                .bind("now", Columns.timestamp(now))
                                .bind("tenant", tenant.value())
                                .bind("run", run)
                                .execute()
                        == 1);
    }

    /** Ends a run that is pending or running; false when it is over already. */
    public boolean end(
            TenantId tenant,
            String run,
            UpkeepRun.State state,
            String reason,
            Optional<UpkeepOutcome> outcome,
            Instant now) {
        return database.inTenant(
                tenant,
                handle -> handle.createUpdate("""
                        update maintenance_runs set state = :state, reason = :reason, outcome = cast(:outcome as jsonb),
                          ended_at = :now
                        where tenant_id = :tenant and run_id = :run and state in ('pending', 'running')
                        """)
                                .bind("state", state.wireName())
                                .bind("reason", reason)
                                .bind("outcome", outcome.map(RunStore::json).orElse(null))
                                .bind("now", Columns.timestamp(now))
                                .bind("tenant", tenant.value())
                                .bind("run", run)
                                .execute()
                        == 1);
    }

    /** Says that the run lives, and returns whether somebody wants it cancelled; empty when it is over. */
    public Optional<Boolean> heartbeat(TenantId tenant, String run, Instant now) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery("""
                        update maintenance_runs set heartbeat_at = :now
                        where tenant_id = :tenant and run_id = :run and state = 'running' returning cancel_requested
                        """)
                        .bind("now", Columns.timestamp(now))
                        .bind("tenant", tenant.value())
                        .bind("run", run)
                        .mapTo(Boolean.class)
                        .findOne());
    }

    /** False when the run is over or unknown. */
    public boolean requestCancel(TenantId tenant, String run) {
        return database.inTenant(
                tenant,
                handle -> handle.createUpdate("""
                        update maintenance_runs set cancel_requested = true
                        where tenant_id = :tenant and run_id = :run and state in ('pending', 'running')
                        """)
                                .bind("tenant", tenant.value())
                                .bind("run", run)
                                .execute()
                        == 1);
    }

    /** Ends as failed what runs without a sign of life since {@code silentSince}: its node is gone. */
    public int buryDead(TenantId tenant, Instant silentSince, Instant now) {
        return database.inTenant(
                tenant,
                handle -> handle.createUpdate("""
                        update maintenance_runs set state = 'failed', reason = 'its node vanished', ended_at = :now
                        where tenant_id = :tenant and state = 'running' and heartbeat_at < :silentSince
                        """)
                        .bind("now", Columns.timestamp(now))
                        .bind("tenant", tenant.value())
                        .bind("silentSince", Columns.timestamp(silentSince))
                        .execute());
    }

    public Optional<UpkeepRun> find(TenantId tenant, String run) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery(
                                "select * from maintenance_runs where tenant_id = :tenant and run_id = :run")
                        .bind("tenant", tenant.value())
                        .bind("run", run)
                        .map(RunStore::run)
                        .findOne());
    }

    /** The one pending or running run. */
    public Optional<UpkeepRun> live(TenantId tenant) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery(
                                "select * from maintenance_runs where tenant_id = :tenant and state in ('pending', 'running')")
                        .bind("tenant", tenant.value())
                        .map(RunStore::run)
                        .findOne());
    }

    /** Most recent first. */
    public List<UpkeepRun> recent(TenantId tenant, int limit) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery("""
                        select * from maintenance_runs where tenant_id = :tenant
                        order by created_at desc, run_id desc limit :limit
                        """)
                        .bind("tenant", tenant.value())
                        .bind("limit", limit)
                        .map(RunStore::run)
                        .list());
    }

    public Optional<Instant> lastSuccess(TenantId tenant) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery("""
                        select ended_at from maintenance_runs where tenant_id = :tenant and state = 'succeeded'
                        order by ended_at desc limit 1
                        """)
                        .bind("tenant", tenant.value())
                        .map((row, context) -> Columns.instant(row, "ended_at"))
                        .findOne());
    }

    private static String json(UpkeepOutcome outcome) {
        try {
            return JSON.writeValueAsString(outcome);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an outcome of plain values is always writable", e);
        }
    }

    private static UpkeepRun run(ResultSet row, StatementContext context) throws SQLException {
        Optional<UpkeepOutcome> outcome = Optional.empty();
        if (row.getString("outcome") != null) {
            try {
                outcome = Optional.of(JSON.readValue(row.getString("outcome"), UpkeepOutcome.class));
            } catch (JsonProcessingException e) {
                throw new SQLException("a stored outcome is not readable", e);
            }
        }
        return new UpkeepRun(
                new TenantId(row.getString("tenant_id")),
                row.getString("run_id"),
                UpkeepRun.Trigger.valueOf(row.getString("trigger").toUpperCase(Locale.ROOT)),
                row.getString("requested_by"),
                UpkeepRun.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("reason"),
                outcome,
                row.getBoolean("cancel_requested"),
                Columns.instant(row, "created_at"),
                Columns.optionalInstant(row, "started_at"),
                Columns.optionalInstant(row, "ended_at"));
    }
}
