package io.precinct.tenants.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.Suspension;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantMove;
import io.precinct.tenants.TenantPage;
import io.precinct.tenants.TenantProvisioning;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantSlug;
import io.precinct.tenants.TenantState;
import io.precinct.tenants.TestClock;
import io.precinct.tenants.TestIds;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class UpkeepJobsTest {
    private static final TestIds IDS = new TestIds();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Inside the standard nightly window, and before the real time, so that what is due by this clock is due for the scheduler. */
    private final TestClock clock = new TestClock(Instant.parse("2026-03-02T01:30:00Z"));

    private final FakeRunner runner = new FakeRunner();
    private ControlDatabase database;
    private TenantRegistry registry;
    private RunLog runLog;
    private UpkeepJobs jobs;
    private TenantMaintenance maintenance;

    /** Says when it begins, and works until it is let go or told to stop. */
    private static final class FakeRunner implements UpkeepRunner {
        private final BlockingQueue<TenantId> begun = new LinkedBlockingQueue<>();
        private volatile boolean patient;
        private volatile boolean broken;

        @Override
        public UpkeepOutcome compact(TenantId tenant, CancelSignal cancel) {
            begun.add(tenant);
            if (broken) {
                throw new IllegalStateException("the store is full");
            }
            if (patient) {
                awaitTrue("cancelled", () -> !patient || cancel.cancelled());
                return new UpkeepOutcome(false, "stopped at a safe point", Map.of("fragments_removed", 1L));
            }
            return new UpkeepOutcome(true, "compacted", Map.of("fragments_removed", 7L));
        }
    }

    @BeforeEach
    void newJobs(ControlDatabase control) {
        database = control;
        database.jdbi().useHandle(handle -> handle.execute("delete from scheduled_tasks"));
        registry = new TenantRegistry(control, IDS, clock);
        runLog = new RunLog(control, IDS, clock);
        jobs = new UpkeepJobs(
                control,
                registry,
                runLog,
                runner,
                clock,
                new UpkeepJobs.Settings("here", 4, Duration.ofMillis(50), Duration.ofMillis(50)));
        maintenance = new TenantMaintenance(control, registry, runLog, jobs, clock);
    }

    @AfterEach
    void stopJobsAndRetireTheirTenants() {
        runner.patient = false;
        jobs.close();
        TenantRegistry quiet = new TenantRegistry(database, IDS, clock);
        quiet.list(new TenantPage.Request(Optional.empty(), Optional.of(TenantState.ACTIVE), 100))
                .tenants()
                .forEach(tenant -> quiet.move(tenant.id(), tenant.epoch(), new TenantMove.Delete()));
    }

    @Test
    void openWindowRunsTheTenantsJobByItselfAndLogsWhatWasDone() throws Exception {
        jobs.start();
        Tenant tenant = tenant();
        assertThat(runner.begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(tenant.id());
        awaitState(tenant.id(), UpkeepRun.State.SUCCEEDED);
        UpkeepRun run = maintenance.runs(tenant.id(), 10).getFirst();
        assertThat(run.trigger()).isEqualTo(UpkeepRun.Trigger.SCHEDULE);
        assertThat(run.reason()).isEqualTo("a window is open");
        assertThat(run.outcome().orElseThrow().figures()).containsEntry("fragments_removed", 7L);
        assertThat(run.startedAt()).isPresent();
    }

    @Test
    void closedWindowDefersAndSaysWhy() {
        clock.set(Instant.parse("2026-03-02T12:00:00Z"));
        jobs.start();
        Tenant tenant = tenant();
        awaitState(tenant.id(), UpkeepRun.State.DEFERRED);
        assertThat(maintenance.runs(tenant.id(), 10).getFirst().reason())
                .isEqualTo("outside the windows; the next opens at 2026-03-03T01:00:00Z");
        assertThat(runner.begun).isEmpty();
    }

    @Test
    void changedCalendarIsDecidedByAtOnce() throws Exception {
        clock.set(Instant.parse("2026-03-02T12:00:00Z"));
        jobs.start();
        Tenant tenant = tenant();
        awaitState(tenant.id(), UpkeepRun.State.DEFERRED);
        MaintenanceCalendar noon = new MaintenanceCalendar(
                ZoneOffset.UTC,
                List.of(new MaintenanceCalendar.Window(
                        EnumSet.allOf(DayOfWeek.class), LocalTime.of(11, 30), Duration.ofHours(1))),
                List.of(),
                3);
        MaintenanceSettings before = maintenance.windows(tenant.id());
        MaintenanceSettings after = maintenance.setWindows(
                tenant.id(), new MaintenanceSettings(noon, UpkeepThresholds.standard(), before.version()), "ann");
        assertThat(after.calendar()).isEqualTo(noon);
        assertThat(after.version()).isEqualTo(1);
        assertThat(runner.begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(tenant.id());
        assertThatThrownBy(() -> maintenance.setWindows(tenant.id(), before, "bob"))
                .isInstanceOfSatisfying(
                        TenantException.class, e -> assertThat(e.code()).isEqualTo(TenantException.Code.STALE_EPOCH));
    }

    @Test
    void runIsCancelledAtTheWindowsEnd() throws Exception {
        runner.patient = true;
        jobs.start();
        Tenant tenant = tenant();
        assertThat(runner.begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(tenant.id());
        clock.set(Instant.parse("2026-03-02T05:00:00Z"));
        awaitState(tenant.id(), UpkeepRun.State.CANCELLED);
        UpkeepRun run = cancelledRun(tenant.id());
        assertThat(run.reason()).isEqualTo("the time for maintenance is over");
        assertThat(run.outcome()).isPresent();
    }

    @Test
    void requestedRunIgnoresTheWindowsAndCanBeCancelled() throws Exception {
        clock.set(Instant.parse("2026-03-02T12:00:00Z"));
        runner.patient = true;
        jobs.start();
        Tenant tenant = tenant();
        UpkeepRun run = maintenance.runNow(tenant.id(), "ann");
        assertThat(runner.begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(tenant.id());
        assertThatThrownBy(() -> maintenance.runNow(tenant.id(), "bob"))
                .isInstanceOfSatisfying(
                        TenantException.class,
                        e -> assertThat(e.code()).isEqualTo(TenantException.Code.RUN_IN_PROGRESS));
        maintenance.cancel(tenant.id(), run.id());
        awaitTrue("over", () -> maintenance.run(tenant.id(), run.id()).state().over());
        UpkeepRun over = maintenance.run(tenant.id(), run.id());
        assertThat(over.state()).isEqualTo(UpkeepRun.State.CANCELLED);
        assertThat(over.requestedBy()).isEqualTo("ann");
        assertThatThrownBy(() -> maintenance.cancel(tenant.id(), run.id()))
                .isInstanceOfSatisfying(
                        TenantException.class, e -> assertThat(e.code()).isEqualTo(TenantException.Code.RUN_OVER));
    }

    @Test
    void failureIsLoggedWithItsReasonAndBlocksNothing() {
        clock.set(Instant.parse("2026-03-02T12:00:00Z"));
        runner.broken = true;
        jobs.start();
        Tenant tenant = tenant();
        UpkeepRun failed = maintenance.runNow(tenant.id(), "ann");
        awaitTrue(
                "over", () -> maintenance.run(tenant.id(), failed.id()).state().over());
        assertThat(maintenance.run(tenant.id(), failed.id()).state()).isEqualTo(UpkeepRun.State.FAILED);
        assertThat(maintenance.run(tenant.id(), failed.id()).reason()).isEqualTo("the store is full");
        runner.broken = false;
        UpkeepRun next = maintenance.runNow(tenant.id(), "ann");
        awaitTrue("over", () -> maintenance.run(tenant.id(), next.id()).state().over());
        assertThat(maintenance.run(tenant.id(), next.id()).state()).isEqualTo(UpkeepRun.State.SUCCEEDED);
    }

    @Test
    void suspensionStopsARunAndForbidsTheNext() throws Exception {
        runner.patient = true;
        jobs.start();
        Tenant tenant = tenant();
        assertThat(runner.begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(tenant.id());
        registry.suspend(
                tenant.id(), tenant.epoch(), new Suspension(Suspension.Reason.REQUEST, Suspension.Mode.READ_ONLY));
        awaitState(tenant.id(), UpkeepRun.State.CANCELLED);
        assertThat(cancelledRun(tenant.id()).reason()).isEqualTo("the tenant was suspended");
        assertThatThrownBy(() -> maintenance.runNow(tenant.id(), "ann")).isInstanceOf(TenantException.Refused.class);
    }

    @Test
    void runWhoseNodeVanishedMakesRoomAfterASilence() {
        Tenant tenant = tenant();
        UpkeepRun lost = runLog.open(tenant.id(), UpkeepRun.Trigger.REQUEST, "ann", "asked")
                .orElseThrow();
        assertThat(runLog.claim(lost, "elsewhere")).isTrue();
        assertThat(runLog.open(tenant.id(), UpkeepRun.Trigger.REQUEST, "ann", "asked"))
                .isEmpty();
        clock.advance(RunLog.SILENCE.plusSeconds(1));
        assertThat(runLog.open(tenant.id(), UpkeepRun.Trigger.REQUEST, "ann", "asked"))
                .isPresent();
        assertThat(maintenance.run(tenant.id(), lost.id()).state()).isEqualTo(UpkeepRun.State.FAILED);
    }

    @Test
    void requestOfAProcessThatDiedIsTakenUpByTheTenantsOwnJob() {
        clock.set(Instant.parse("2026-03-02T12:00:00Z"));
        Tenant tenant = tenant();
        UpkeepRun asked = runLog.open(tenant.id(), UpkeepRun.Trigger.REQUEST, "ann", "asked")
                .orElseThrow();
        jobs.start();
        awaitTrue("over", () -> maintenance.run(tenant.id(), asked.id()).state().over());
        assertThat(maintenance.run(tenant.id(), asked.id()).state()).isEqualTo(UpkeepRun.State.SUCCEEDED);
    }

    @Test
    void tenantWithoutAJobIsFoundByTheRoster() throws Exception {
        Tenant tenant = tenant();
        database.jdbi().useHandle(handle -> handle.execute("delete from scheduled_tasks"));
        jobs.start();
        assertThat(runner.begun.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(tenant.id());
    }

    @Test
    void sameDeferralTwiceRunningIsOneEntry() {
        Tenant tenant = tenant();
        for (String reason : List.of("closed", "closed", "suspended", "closed")) {
            runLog.defer(tenant.id(), reason);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(maintenance.runs(tenant.id(), 10))
                .extracting(UpkeepRun::reason)
                .containsExactly("closed", "suspended", "closed");
    }

    @Test
    void runsOfOneTenantAreInvisibleToAnother() {
        Tenant red = tenant();
        Tenant blue = tenant();
        UpkeepRun run =
                runLog.open(red.id(), UpkeepRun.Trigger.REQUEST, "ann", "asked").orElseThrow();
        assertThatThrownBy(() -> maintenance.run(blue.id(), run.id()))
                .isInstanceOfSatisfying(
                        TenantException.class, e -> assertThat(e.code()).isEqualTo(TenantException.Code.UNKNOWN_RUN));
        assertThat(maintenance.runs(blue.id(), 10)).isEmpty();
    }

    private UpkeepRun cancelledRun(TenantId tenant) {
        return maintenance.runs(tenant, 10).stream()
                .filter(run -> run.state() == UpkeepRun.State.CANCELLED)
                .findFirst()
                .orElseThrow();
    }

    private void awaitState(TenantId tenant, UpkeepRun.State state) {
        awaitTrue(state.wireName(), () -> maintenance.runs(tenant, 10).stream().anyMatch(run -> run.state() == state));
    }

    private static void awaitTrue(String what, BooleanSupplier condition) {
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > limit) {
                throw new AssertionError("not " + what + " within " + LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private Tenant tenant() {
        TenantSlug slug = new TenantSlug("t" + UUID.randomUUID().toString().replace("-", ""));
        return new TenantProvisioning(registry, database, List.of(), clock)
                .create(new CreateTenant(slug, "A tenant", "team", "local", Optional.empty()));
    }
}
