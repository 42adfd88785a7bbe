package io.precinct.tenants.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.tenants.Suspension;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantSlug;
import io.precinct.tenants.TenantState;
import io.precinct.tenants.upkeep.MaintenanceCalendar.Blackout;
import io.precinct.tenants.upkeep.MaintenanceCalendar.Opening;
import io.precinct.tenants.upkeep.MaintenanceCalendar.Window;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaintenanceCalendarTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Set<DayOfWeek> DAILY = EnumSet.allOf(DayOfWeek.class);

    @Test
    void windowKeepsItsLocalTimeOverTheClockChange() {
        MaintenanceCalendar calendar = berlin(LocalTime.of(1, 0), Duration.ofHours(1));
        assertThat(calendar.nextAfter(at("2026-03-27T12:00:00Z")))
                .contains(opening("2026-03-28T00:00:00Z", "2026-03-28T01:00:00Z"));
        assertThat(calendar.nextAfter(at("2026-03-29T12:00:00Z")))
                .contains(opening("2026-03-29T23:00:00Z", "2026-03-30T00:00:00Z"));
    }

    @Test
    void startThatTheClocksSkipMovesLaterAndKeepsItsLength() {
        // On 29 March 2026 it is never half past two in Berlin: two o'clock is three o'clock, 01:00 UTC.
        MaintenanceCalendar calendar = berlin(LocalTime.of(2, 30), Duration.ofMinutes(30));
        assertThat(calendar.nextAfter(at("2026-03-29T00:00:00Z")))
                .contains(opening("2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z"));
    }

    @Test
    void startThatComesTwiceCountsOnce() {
        // On 25 October 2026 half past two comes at 00:30 UTC and again at 01:30 UTC.
        MaintenanceCalendar calendar = berlin(LocalTime.of(2, 30), Duration.ofMinutes(30));
        assertThat(calendar.openAt(at("2026-10-25T00:45:00Z"))).isPresent();
        assertThat(calendar.openAt(at("2026-10-25T01:45:00Z"))).isEmpty();
    }

    @Test
    void lengthIsElapsedTimeWhenTheClocksChangeWithin() {
        MaintenanceCalendar calendar = berlin(LocalTime.of(1, 0), Duration.ofHours(4));
        assertThat(calendar.openAt(at("2026-03-29T02:00:00Z")))
                .contains(opening("2026-03-29T00:00:00Z", "2026-03-29T04:00:00Z"));
        assertThat(calendar.openAt(at("2026-10-25T01:30:00Z")))
                .contains(opening("2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z"));
    }

    @Test
    void windowOverMidnightBelongsToTheDayItStartsOn() {
        MaintenanceCalendar calendar = new MaintenanceCalendar(
                ZoneId.of("UTC"),
                List.of(new Window(EnumSet.of(DayOfWeek.SUNDAY), LocalTime.of(23, 0), Duration.ofHours(3))),
                List.of(),
                7);
        assertThat(calendar.openAt(at("2026-03-02T01:59:59Z"))).as("Monday").isPresent();
        assertThat(calendar.openAt(at("2026-03-02T02:00:00Z")))
                .as("end is exclusive")
                .isEmpty();
        assertThat(calendar.openAt(at("2026-03-03T00:30:00Z"))).as("Tuesday").isEmpty();
    }

    @Test
    void windowsThatTouchAreOneOpening() {
        MaintenanceCalendar calendar = new MaintenanceCalendar(
                ZoneId.of("UTC"), List.of(window(1, 1), window(2, 2), window(3, 1)), List.of(), 7);
        assertThat(calendar.openAt(at("2026-03-02T03:30:00Z")))
                .contains(opening("2026-03-02T01:00:00Z", "2026-03-02T04:00:00Z"));
    }

    @Test
    void blackoutCutsAnOpening() {
        MaintenanceCalendar calendar = new MaintenanceCalendar(
                ZoneId.of("UTC"),
                List.of(window(1, 4)),
                List.of(new Blackout(at("2026-03-02T02:00:00Z"), at("2026-03-02T03:00:00Z"))),
                7);
        assertThat(calendar.openAt(at("2026-03-02T01:30:00Z")))
                .contains(opening("2026-03-02T01:00:00Z", "2026-03-02T02:00:00Z"));
        assertThat(calendar.openAt(at("2026-03-02T02:00:00Z"))).isEmpty();
        assertThat(calendar.nextAfter(at("2026-03-02T02:00:00Z")))
                .contains(opening("2026-03-02T03:00:00Z", "2026-03-02T05:00:00Z"));
    }

    @Test
    void longBlackoutIsLookedPast() {
        MaintenanceCalendar calendar = new MaintenanceCalendar(
                ZoneId.of("UTC"),
                List.of(window(1, 4)),
                List.of(new Blackout(at("2026-03-02T00:00:00Z"), at("2026-09-02T00:00:00Z"))),
                7);
        assertThat(calendar.nextAfter(at("2026-03-03T00:00:00Z")).map(Opening::from))
                .contains(at("2026-09-02T01:00:00Z"));
    }

    @Test
    void shortWindowsAndEmptyBlackoutsAreRefused() {
        assertThatThrownBy(() -> new Window(DAILY, LocalTime.NOON, Duration.ofMinutes(29)))
                .isInstanceOfSatisfying(
                        TenantException.class,
                        e -> assertThat(e.code()).isEqualTo(TenantException.Code.INVALID_CALENDAR));
        assertThatThrownBy(() -> new Window(Set.of(), LocalTime.NOON, Duration.ofHours(1)))
                .isInstanceOf(TenantException.Invalid.class);
        assertThatThrownBy(() -> new Blackout(at("2026-03-02T00:00:00Z"), at("2026-03-02T00:00:00Z")))
                .isInstanceOf(TenantException.Invalid.class);
    }

    @Test
    void openWindowRunsUntilItsEndAndOnce() {
        Instant now = at("2026-03-02T01:30:00Z");
        assertThat(plan(now, at("2026-03-01T02:00:00Z"), Optional.empty()).decide())
                .isEqualTo(new UpkeepPlan.Decision.Run("a window is open", Optional.of(at("2026-03-02T05:00:00Z"))));
        assertThat(plan(now, at("2026-03-02T01:10:00Z"), Optional.empty()).decide())
                .isEqualTo(new UpkeepPlan.Decision.Defer("done in this window already"));
        assertThat(plan(now, at("2026-03-01T02:00:00Z"), Optional.of(new UpkeepMeasure(0, 0, 0)))
                        .decide())
                .isInstanceOf(UpkeepPlan.Decision.Defer.class);
    }

    @Test
    void thresholdRunsBetweenWindowsAndEmptyMeasureWaits() {
        Instant now = at("2026-03-02T12:00:00Z");
        Instant last = at("2026-03-02T02:00:00Z");
        assertThat(plan(now, last, Optional.of(new UpkeepMeasure(16, 0, 0))).decide())
                .isInstanceOf(UpkeepPlan.Decision.Run.class);
        assertThat(plan(now, last, Optional.of(new UpkeepMeasure(15, 99_999, 99_999)))
                        .decide())
                .isInstanceOf(UpkeepPlan.Decision.Defer.class);
        assertThat(plan(now, last, Optional.empty()).decide())
                .isEqualTo(
                        new UpkeepPlan.Decision.Defer("outside the windows; the next opens at 2026-03-03T01:00:00Z"));
    }

    @Test
    void whatWasDeferredTooLongRunsOutsideWindowsButNotInABlackout() {
        Instant now = at("2026-03-09T12:00:00Z");
        assertThat(plan(now, now.minus(Duration.ofDays(7)), Optional.empty()).decide())
                .isInstanceOf(UpkeepPlan.Decision.Run.class);
        assertThat(plan(now, now.minus(Duration.ofDays(7)).plusSeconds(1), Optional.empty())
                        .decide())
                .isInstanceOf(UpkeepPlan.Decision.Defer.class);
        MaintenanceCalendar blocked = new MaintenanceCalendar(
                ZoneId.of("UTC"), List.of(), List.of(new Blackout(now.minusSeconds(60), now.plusSeconds(60))), 7);
        UpkeepPlan plan = new UpkeepPlan(
                now,
                tenant(TenantState.ACTIVE),
                new MaintenanceSettings(blocked, UpkeepThresholds.standard(), 1),
                Optional.empty(),
                Optional.empty());
        assertThat(plan.decide()).isInstanceOf(UpkeepPlan.Decision.Defer.class);
        assertThat(plan.nextLook()).isEqualTo(now.plusSeconds(60));
    }

    @Test
    void suspendedTenantWaits() {
        UpkeepPlan plan = new UpkeepPlan(
                at("2026-03-02T01:30:00Z"),
                tenant(TenantState.SUSPENDED),
                MaintenanceSettings.standard(),
                Optional.empty(),
                Optional.empty());
        assertThat(plan.decide()).isEqualTo(new UpkeepPlan.Decision.Defer("the tenant is suspended"));
    }

    @Test
    void nextLookIsAfterNowAndInsideTheNextWindowAtTheLatest() {
        Instant now = at("2026-03-02T12:00:00Z");
        MaintenanceSettings windowsOnly =
                new MaintenanceSettings(MaintenanceCalendar.nightly(), new UpkeepThresholds(1, 1, 1, false), 1);
        UpkeepPlan plan =
                new UpkeepPlan(now, tenant(TenantState.ACTIVE), windowsOnly, Optional.of(now), Optional.empty());
        assertThat(plan.nextLook()).isBetween(at("2026-03-03T01:00:00Z"), at("2026-03-03T01:10:00Z"));
        assertThat(plan(now, now, Optional.empty()).nextLook()).isEqualTo(now.plus(UpkeepPlan.LOOK_INTERVAL));
    }

    private static UpkeepPlan plan(Instant now, Instant lastSuccess, Optional<UpkeepMeasure> measure) {
        return new UpkeepPlan(
                now, tenant(TenantState.ACTIVE), MaintenanceSettings.standard(), Optional.of(lastSuccess), measure);
    }

    private static Tenant tenant(TenantState state) {
        Instant created = at("2026-01-01T00:00:00Z");
        return new Tenant(
                new TenantId("01K0000000000000000000000A"),
                new TenantSlug("acme"),
                "Acme",
                "team",
                "local",
                state,
                state == TenantState.SUSPENDED
                        ? Optional.of(new Suspension(Suspension.Reason.BILLING, Suspension.Mode.READ_ONLY))
                        : Optional.empty(),
                1,
                created,
                created);
    }

    private static MaintenanceCalendar berlin(LocalTime start, Duration duration) {
        return new MaintenanceCalendar(BERLIN, List.of(new Window(DAILY, start, duration)), List.of(), 7);
    }

    private static Window window(int hour, int hours) {
        return new Window(DAILY, LocalTime.of(hour, 0), Duration.ofHours(hours));
    }

    private static Opening opening(String from, String to) {
        return new Opening(at(from), at(to));
    }

    private static Instant at(String instant) {
        return Instant.parse(instant);
    }
}
