package io.precinct.tenants.upkeep;

import io.precinct.engine.spi.IdSource;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.store.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What maintenance did to each tenant, why, or why not. {@code pending → running → succeeded | failed | cancelled}, or {@code
 * deferred} at once; a tenant has at most one run that is not over, on whichever nodes. Thread-safe.
 */
public final class RunLog {
    /** A run that gave no sign of life for so long has lost its node. */
    public static final Duration SILENCE = Duration.ofMinutes(2);

    private final RunStore runs;
    private final IdSource ids;
    private final InstantSource clock;

    public RunLog(ControlDatabase database, IdSource ids, InstantSource clock) {
        this.runs = new RunStore(database);
        this.ids = ids;
        this.clock = clock;
    }

    /** A new pending run, or empty when one is pending or running. */
    Optional<UpkeepRun> open(TenantId tenant, UpkeepRun.Trigger trigger, String by, String reason) {
        runs.buryDead(tenant, now().minus(SILENCE), now());
        UpkeepRun run = entry(tenant, trigger, by, UpkeepRun.State.PENDING, reason);
        return runs.insert(run) ? Optional.of(run) : Optional.empty();
    }

    /** Records that nothing is done now. The same reason twice running is one entry. */
    void defer(TenantId tenant, String reason) {
        Optional<UpkeepRun> before = runs.recent(tenant, 1).stream().findFirst();
        if (before.filter(run ->
                        run.state() == UpkeepRun.State.DEFERRED && run.reason().equals(reason))
                .isEmpty()) {
            runs.insert(entry(tenant, UpkeepRun.Trigger.SCHEDULE, "system", UpkeepRun.State.DEFERRED, reason));
        }
    }

    boolean claim(UpkeepRun run, String node) {
        return runs.claim(run.tenant(), run.id(), node, now());
    }

    void end(UpkeepRun run, UpkeepRun.State state, String reason, Optional<UpkeepOutcome> outcome) {
        runs.end(run.tenant(), run.id(), state, reason, outcome, now());
    }

    /** Whether somebody wants the running run cancelled; true also when it is over for everybody else. */
    boolean heartbeat(UpkeepRun run) {
        return runs.heartbeat(run.tenant(), run.id(), now()).orElse(true);
    }

    Optional<UpkeepRun> live(TenantId tenant) {
        return runs.live(tenant);
    }

    Optional<Instant> lastSuccess(TenantId tenant) {
        return runs.lastSuccess(tenant);
    }

    /** Most recent first. */
    public List<UpkeepRun> recent(TenantId tenant, int limit) {
        return runs.recent(tenant, limit);
    }

    /**
     * @throws TenantException.Absent {@code UNKNOWN_RUN}
     */
    public UpkeepRun require(TenantId tenant, String run) {
        return runs.find(tenant, run)
                .orElseThrow(() -> new TenantException.Absent(
                        TenantException.Code.UNKNOWN_RUN, "there is no such maintenance run"));
    }

    boolean requestCancel(UpkeepRun run) {
        return runs.requestCancel(run.tenant(), run.id());
    }

    private UpkeepRun entry(
            TenantId tenant, UpkeepRun.Trigger trigger, String by, UpkeepRun.State state, String reason) {
        return new UpkeepRun(
                tenant,
                ids.next(),
                trigger,
                by,
                state,
                reason,
                Optional.empty(),
                false,
                now(),
                Optional.empty(),
                Optional.empty());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
