package io.precinct.tenants.upkeep;

import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantUse;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.store.CalendarStore;
import java.time.InstantSource;
import java.util.List;

/** What an administrator does about a tenant's maintenance. Thread-safe. */
public final class TenantMaintenance {
    private final TenantRegistry registry;
    private final CalendarStore calendars;
    private final RunLog runLog;
    private final UpkeepJobs jobs;
    private final InstantSource clock;

    public TenantMaintenance(
            ControlDatabase database, TenantRegistry registry, RunLog runLog, UpkeepJobs jobs, InstantSource clock) {
        this.registry = registry;
        this.calendars = new CalendarStore(database);
        this.runLog = runLog;
        this.jobs = jobs;
        this.clock = clock;
    }

    /** The tenant's settings, or the standard ones with version 0. */
    public MaintenanceSettings windows(TenantId tenant) {
        return calendars.find(tenant).orElseGet(MaintenanceSettings::standard);
    }

    /**
     * Replaces the settings and decides by them at once.
     *
     * @param settings with the version that they replace
     * @throws TenantException.Conflict {@code STALE_EPOCH} when another version is current
     */
    public MaintenanceSettings setWindows(TenantId tenant, MaintenanceSettings settings, String by) {
        if (!calendars.replace(tenant, settings, by, clock.instant())) {
            throw new TenantException.Conflict(
                    TenantException.Code.STALE_EPOCH,
                    "the maintenance settings changed since they were read; read them again");
        }
        jobs.lookAgain(tenant);
        return windows(tenant);
    }

    /** Most recent first. */
    public List<UpkeepRun> runs(TenantId tenant, int limit) {
        return runLog.recent(tenant, limit);
    }

    /**
     * @throws TenantException.Absent {@code UNKNOWN_RUN}
     */
    public UpkeepRun run(TenantId tenant, String run) {
        return runLog.require(tenant, run);
    }

    /**
     * Runs as soon as possible, also outside windows and in a blackout.
     *
     * @return the pending run
     * @throws TenantException.Conflict {@code RUN_IN_PROGRESS}
     * @throws TenantException.Refused when the tenant's state forbids maintenance
     */
    public UpkeepRun runNow(TenantId tenant, String by) {
        Tenant current = registry.require(tenant);
        current.require(TenantUse.MAINTENANCE);
        UpkeepRun run = runLog.open(tenant, UpkeepRun.Trigger.REQUEST, by, "asked for by " + by)
                .orElseThrow(() -> new TenantException.Conflict(
                        TenantException.Code.RUN_IN_PROGRESS, "a maintenance run of this tenant is in progress"));
        jobs.runSoon(run);
        return run;
    }

    /**
     * Asks a run to stop at its next safe point.
     *
     * @throws TenantException.Absent {@code UNKNOWN_RUN}
     * @throws TenantException.Conflict {@code RUN_OVER}
     */
    public void cancel(TenantId tenant, String run) {
        if (!runLog.requestCancel(runLog.require(tenant, run))) {
            throw new TenantException.Conflict(TenantException.Code.RUN_OVER, "the maintenance run is over");
        }
    }
}
