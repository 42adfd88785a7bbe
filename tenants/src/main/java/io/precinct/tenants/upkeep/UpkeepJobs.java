package io.precinct.tenants.upkeep;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.exceptions.TaskInstanceException;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantPage;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantState;
import io.precinct.tenants.TenantUse;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.store.CalendarStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every tenant's store in order by itself. Each tenant has one recurring job whose next time is computed from its calendar;
 * the jobs are rows in the control database, so any node may run any of them and a node's death only delays. A run that is
 * asked for is a job of its own. Thread-safe.
 */
public final class UpkeepJobs implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UpkeepJobs.class);
    private static final TaskDescriptor<Void> TENANT = TaskDescriptor.of("tenant-upkeep");
    private static final TaskDescriptor<Void> REQUESTED = TaskDescriptor.of("tenant-upkeep-requested");
    private static final TaskDescriptor<Void> ROSTER = TaskDescriptor.of("tenant-upkeep-roster");

    /**
     * @param node name of this process in the run log
     * @param threads most runs at once on this node
     * @param polling how often due jobs are looked for
     * @param heartbeat how often a run shows life and looks whether it is to stop
     */
    public record Settings(String node, int threads, Duration polling, Duration heartbeat) {
        public static Settings of(String node) {
            return new Settings(node, 2, Duration.ofSeconds(10), Duration.ofSeconds(5));
        }
    }

    private final TenantRegistry registry;
    private final CalendarStore calendars;
    private final RunLog runLog;
    private final UpkeepRunner runner;
    private final InstantSource clock;
    private final Settings settings;
    private final Scheduler scheduler;
    private final ScheduledExecutorService watch;

    public UpkeepJobs(
            ControlDatabase database,
            TenantRegistry registry,
            RunLog runLog,
            UpkeepRunner runner,
            InstantSource clock,
            Settings settings) {
        this.registry = registry;
        this.calendars = new CalendarStore(database);
        this.runLog = runLog;
        this.runner = runner;
        this.clock = clock;
        this.settings = settings;
        this.watch = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("upkeep-watch").factory());
        CustomTask<Void> recurring = Tasks.custom(TENANT)
                .onFailure(new FailureHandler.OnFailureRetryLater<>(Duration.ofMinutes(5)))
                .onDeadExecutionRevive()
                .execute((instance, context) -> look(new TenantId(instance.getId())));
        OneTimeTask<Void> requested = Tasks.oneTime(REQUESTED).execute((instance, context) -> runRequested(instance));
        RecurringTask<Void> roster = Tasks.recurring(ROSTER, FixedDelay.of(Duration.ofMinutes(10)))
                .execute((instance, context) -> scheduleAll());
        this.scheduler = Scheduler.create(database.dataSource(), recurring, requested)
                .startTasks(roster)
                .threads(settings.threads())
                .pollingInterval(settings.polling())
                .pollUsingLockAndFetch(0.5, 1.0)
                .enablePriority()
                .alwaysPersistTimestampInUTC()
                .build();
        registry.onMove(this::moved);
    }

    /** Begins to run due jobs and sees to it that every active tenant has one. */
    public void start() {
        scheduler.start();
    }

    /** Stops; runs in progress get a moment to reach a safe point. */
    @Override
    public void close() {
        scheduler.stop();
        watch.shutdownNow();
    }

    /** Decides again at once about this tenant, because its calendar or state changed. */
    void lookAgain(TenantId tenant) {
        TaskInstance<Void> instance = TENANT.instance(tenant.value()).build();
        if (scheduler.scheduleIfNotExists(instance, clock.instant())) {
            return;
        }
        try {
            scheduler.reschedule(instance, clock.instant());
        } catch (TaskInstanceException runsJustNow) {
            // It may have decided by the old calendar already, so it is asked once more after it ended.
            log.debug("the job of tenant {} is busy and is asked again later", tenant, runsJustNow);
            if (!watch.isShutdown()) {
                watch.schedule(() -> tryLookAgain(tenant), settings.polling().toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Where nobody could answer a failure: the roster, or the job's own next time, makes up for it. */
    private void tryLookAgain(TenantId tenant) {
        try {
            lookAgain(tenant);
        } catch (RuntimeException e) {
            log.warn("the maintenance of tenant {} is decided on later than asked", tenant, e);
        }
    }

    /** Runs this pending run as soon as a thread is free, whatever the calendar says. */
    void runSoon(UpkeepRun run) {
        scheduler.scheduleIfNotExists(
                REQUESTED
                        .instance(run.tenant().value() + "/" + run.id())
                        .priority(100)
                        .build(),
                clock.instant());
    }

    private void moved(Tenant tenant) {
        if (tenant.state() == TenantState.ACTIVE) {
            tryLookAgain(tenant.id());
        }
    }

    private void scheduleAll() {
        Optional<TenantId> after = Optional.empty();
        do {
            TenantPage page = registry.list(
                    new TenantPage.Request(after, Optional.of(TenantState.ACTIVE), TenantPage.Request.MOST));
            for (Tenant tenant : page.tenants()) {
                scheduler.scheduleIfNotExists(
                        TENANT.instance(tenant.id().value()).build(), clock.instant());
            }
            after = page.next();
        } while (after.isPresent());
    }

    private CompletionHandler<Void> look(TenantId id) {
        Optional<Tenant> found = registry.find(id);
        if (found.isEmpty() || gone(found.get().state())) {
            return new CompletionHandler.OnCompleteRemove<>();
        }
        Tenant tenant = found.get();
        takeUpRequested(tenant);
        UpkeepPlan plan = plan(tenant);
        switch (plan.decide()) {
            case UpkeepPlan.Decision.Run run ->
                runLog.open(id, UpkeepRun.Trigger.SCHEDULE, "system", run.reason())
                        .ifPresent(opened -> perform(opened, run.until()));
            case UpkeepPlan.Decision.Defer defer -> runLog.defer(id, defer.reason());
        }
        // Asked anew, since a run takes its time and the calendar may have changed meanwhile.
        Instant next = plan(registry.require(id)).nextLook();
        return (complete, operations) -> operations.reschedule(complete, next);
    }

    private static boolean gone(TenantState state) {
        return switch (state) {
            case DELETING, PURGING, DELETED -> true;
            case REQUESTED, PROVISIONING, FAILED, ACTIVE, SUSPENDED -> false;
        };
    }

    private UpkeepPlan plan(Tenant tenant) {
        return new UpkeepPlan(
                clock.instant(),
                tenant,
                calendars.find(tenant.id()).orElseGet(MaintenanceSettings::standard),
                runLog.lastSuccess(tenant.id()),
                tenant.allows(TenantUse.MAINTENANCE) ? runner.measure(tenant.id()) : Optional.empty());
    }

    /** A run asked for by a process that died before it could schedule it. */
    private void takeUpRequested(Tenant tenant) {
        runLog.live(tenant.id())
                .filter(run -> run.state() == UpkeepRun.State.PENDING)
                .ifPresent(this::performIfAllowed);
    }

    private void runRequested(TaskInstance<Void> instance) {
        String[] parts = instance.getId().split("/", 2);
        performIfAllowed(runLog.require(new TenantId(parts[0]), parts[1]));
    }

    private void performIfAllowed(UpkeepRun run) {
        Tenant tenant = registry.require(run.tenant());
        if (tenant.allows(TenantUse.MAINTENANCE)) {
            perform(run, Optional.empty());
        } else {
            runLog.end(
                    run,
                    UpkeepRun.State.CANCELLED,
                    "the tenant is " + tenant.state().wireName(),
                    Optional.empty());
        }
    }

    private void perform(UpkeepRun run, Optional<Instant> until) {
        if (!runLog.claim(run, settings.node())) {
            return;
        }
        CancelSignal cancel = new CancelSignal(clock, until);
        beat(run, cancel);
        Optional<String> alreadyCancelled = cancel.reason();
        if (alreadyCancelled.isPresent()) {
            runLog.end(run, UpkeepRun.State.CANCELLED, alreadyCancelled.get(), Optional.empty());
            return;
        }
        var watching = watch.scheduleWithFixedDelay(
                () -> beat(run, cancel),
                settings.heartbeat().toMillis(),
                settings.heartbeat().toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            UpkeepOutcome outcome = runner.compact(run.tenant(), cancel);
            if (outcome.complete()) {
                runLog.end(run, UpkeepRun.State.SUCCEEDED, run.reason(), Optional.of(outcome));
            } else {
                runLog.end(
                        run,
                        UpkeepRun.State.CANCELLED,
                        cancel.reason().orElse("the run stopped early"),
                        Optional.of(outcome));
            }
        } catch (RuntimeException e) {
            log.warn("maintenance run {} of tenant {} failed", run.id(), run.tenant(), e);
            runLog.end(run, UpkeepRun.State.FAILED, String.valueOf(e.getMessage()), Optional.empty());
        } finally {
            watching.cancel(false);
        }
    }

    private void beat(UpkeepRun run, CancelSignal cancel) {
        try {
            if (runLog.heartbeat(run)) {
                cancel.cancel("it was asked to stop");
            } else if (!registry.require(run.tenant()).allows(TenantUse.MAINTENANCE)) {
                cancel.cancel("the tenant was suspended");
            }
        } catch (RuntimeException e) {
            // The next beat tries again; after a long silence another node takes the run for dead, which is harmless.
            log.warn("no sign of life could be written for maintenance run {}", run.id(), e);
        }
    }
}
