package io.precinct.tenants.upkeep;

import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantUse;
import io.precinct.tenants.upkeep.MaintenanceCalendar.Blackout;
import io.precinct.tenants.upkeep.MaintenanceCalendar.Opening;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a tenant's maintenance runs now, and why or why not. A pure function of what is known at one instant.
 *
 * @param now the instant
 * @param lastSuccess when a run last completed
 * @param measure how much there is to do; empty when nobody counted, and then a window alone decides
 */
public record UpkeepPlan(
        Instant now,
        Tenant tenant,
        MaintenanceSettings settings,
        Optional<Instant> lastSuccess,
        Optional<UpkeepMeasure> measure) {
    /** How often a tenant whose thresholds count between windows is looked at. */
    public static final Duration LOOK_INTERVAL = Duration.ofHours(1);

    private static final Duration LONGEST_JITTER = Duration.ofMinutes(10);

    public sealed interface Decision {
        String reason();

        /**
         * @param until when the run must stop at its next safe point; empty for no bound
         */
        record Run(String reason, Optional<Instant> until) implements Decision {}

        record Defer(String reason) implements Decision {}
    }

    public Decision decide() {
        MaintenanceCalendar calendar = settings.calendar();
        if (!tenant.allows(TenantUse.MAINTENANCE)) {
            return new Decision.Defer("the tenant is " + tenant.state().wireName());
        }
        Optional<Blackout> blackout = calendar.blackoutAt(now);
        if (blackout.isPresent()) {
            return new Decision.Defer("a blackout lasts until " + blackout.get().to());
        }
        Optional<Opening> open = calendar.openAt(now);
        Optional<String> reached = measure.flatMap(settings.thresholds()::reachedBy);
        if (overdue()) {
            return new Decision.Run(
                    "nothing completed for " + calendar.deferMaxDays() + " days",
                    open.map(Opening::to).or(() -> calendar.blackoutAfter(now)));
        }
        if (open.isPresent()) {
            return inWindow(open.get(), reached);
        }
        if (settings.thresholds().betweenWindows() && reached.isPresent()) {
            return new Decision.Run("there are " + reached.get(), calendar.blackoutAfter(now));
        }
        return new Decision.Defer(calendar.nextAfter(now)
                .map(next -> "outside the windows; the next opens at " + next.from())
                .orElse("outside the windows, and none opens within 400 days"));
    }

    private Decision inWindow(Opening open, Optional<String> reached) {
        if (lastSuccess.filter(done -> !done.isBefore(open.from())).isPresent() && reached.isEmpty()) {
            return new Decision.Defer("done in this window already");
        }
        if (measure.isPresent() && reached.isEmpty()) {
            return new Decision.Defer("nothing worth doing: below every threshold");
        }
        return new Decision.Run(
                reached.map(what -> "there are " + what).orElse("a window is open"), Optional.of(open.to()));
    }

    /** When to decide again: an opening, a blackout's end, or the next look at the thresholds, whichever comes first. */
    public Instant nextLook() {
        MaintenanceCalendar calendar = settings.calendar();
        Optional<Blackout> blackout = calendar.blackoutAt(now);
        if (blackout.isPresent()) {
            return blackout.get().to();
        }
        Instant due = lastSuccess.orElse(tenant.createdAt()).plus(Duration.ofDays(calendar.deferMaxDays()));
        Instant look = due.isAfter(now) ? due : now.plus(LOOK_INTERVAL);
        if (settings.thresholds().betweenWindows()) {
            look = earlier(look, now.plus(LOOK_INTERVAL));
        }
        Optional<Opening> next = calendar.nextAfter(now);
        return next.isPresent() ? earlier(look, next.get().from().plus(jitter(next.get()))) : look;
    }

    /** Tenants with the same window don't all begin at once; a tenant always begins at the same offset. */
    private Duration jitter(Opening opening) {
        Duration quarter = Duration.between(opening.from(), opening.to()).dividedBy(4);
        Duration most = quarter.compareTo(LONGEST_JITTER) < 0 ? quarter : LONGEST_JITTER;
        return most.multipliedBy(Math.floorMod(tenant.id().hashCode(), 1000)).dividedBy(1000);
    }

    private boolean overdue() {
        Duration most = Duration.ofDays(settings.calendar().deferMaxDays());
        return !lastSuccess.orElse(tenant.createdAt()).plus(most).isAfter(now);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
