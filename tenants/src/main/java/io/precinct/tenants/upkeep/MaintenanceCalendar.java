package io.precinct.tenants.upkeep;

import io.precinct.tenants.TenantException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * When maintenance may run: weekly windows in a time zone, less the blackouts.
 *
 * <p>A window opens at its local time and stays open for its duration in elapsed time, also when the clocks change meanwhile. A
 * start that the clocks skip in spring moves later by the length of the gap; one that comes twice in autumn counts at its first
 * coming. Windows that touch or overlap are one opening.
 *
 * @param deferMaxDays after so many days without a completed run maintenance is due at any time outside a blackout
 */
public record MaintenanceCalendar(ZoneId timezone, List<Window> windows, List<Blackout> blackouts, int deferMaxDays) {
    private static final int DAYS_PER_LOOK = 16;
    private static final int LOOK_AHEAD_DAYS = 400;

    /**
     * @param days on which it starts
     * @param duration 30 minutes to 24 hours
     */
    public record Window(Set<DayOfWeek> days, LocalTime start, Duration duration) {
        public static final Duration SHORTEST = Duration.ofMinutes(30);
        private static final Duration LONGEST = Duration.ofHours(24);

        public Window {
            if (days.isEmpty()) {
                throw invalid("a maintenance window needs at least one day");
            }
            if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
                throw invalid("a maintenance window lasts 30 minutes to 24 hours");
            }
            days = java.util.Collections.unmodifiableSet(EnumSet.copyOf(days));
        }
    }

    /** A time without any maintenance, from inclusive, to exclusive. */
    public record Blackout(Instant from, Instant to) {
        public Blackout {
            if (!from.isBefore(to)) {
                throw invalid("a blackout ends after it begins");
            }
        }

        boolean covers(Instant instant) {
            return !instant.isBefore(from) && instant.isBefore(to);
        }
    }

    /** A stretch of time in which maintenance may run, from inclusive, to exclusive. */
    public record Opening(Instant from, Instant to) {}

    public MaintenanceCalendar {
        windows = List.copyOf(windows);
        blackouts =
                blackouts.stream().sorted(Comparator.comparing(Blackout::from)).toList();
        if (deferMaxDays < 1 || deferMaxDays > 365) {
            throw invalid("maintenance can be deferred for 1 to 365 days");
        }
    }

    /** Every night from 1 to 5 o'clock UTC, due after a week. */
    public static MaintenanceCalendar nightly() {
        return new MaintenanceCalendar(
                ZoneOffset.UTC,
                List.of(new Window(EnumSet.allOf(DayOfWeek.class), LocalTime.of(1, 0), Duration.ofHours(4))),
                List.of(),
                7);
    }

    /** The opening that {@code now} lies in. */
    public Optional<Opening> openAt(Instant now) {
        return openings(now, 2).stream()
                .filter(opening -> !now.isBefore(opening.from()) && now.isBefore(opening.to()))
                .findFirst();
    }

    /** The first opening that begins after {@code now}; empty when there is none within 400 days. */
    public Optional<Opening> nextAfter(Instant now) {
        for (int day = 0; day < LOOK_AHEAD_DAYS; day += DAYS_PER_LOOK) {
            Instant from = now.plus(Duration.ofDays(day));
            Optional<Opening> found = openings(from, DAYS_PER_LOOK + 1).stream()
                    .filter(opening -> opening.from().isAfter(now))
                    .findFirst();
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    public Optional<Blackout> blackoutAt(Instant now) {
        return blackouts.stream().filter(blackout -> blackout.covers(now)).findFirst();
    }

    /** The begin of the first blackout after {@code now}. */
    public Optional<Instant> blackoutAfter(Instant now) {
        return blackouts.stream()
                .map(Blackout::from)
                .filter(from -> from.isAfter(now))
                .findFirst();
    }

    /** All openings of windows that start from two days before to {@code days} days after, in order. */
    private List<Opening> openings(Instant around, int days) {
        LocalDate today = around.atZone(timezone).toLocalDate();
        List<Opening> starts = new ArrayList<>();
        for (int day = -2; day <= days; day++) {
            LocalDate date = today.plusDays(day);
            for (Window window : windows) {
                if (window.days().contains(date.getDayOfWeek())) {
                    Instant from =
                            ZonedDateTime.of(date, window.start(), timezone).toInstant();
                    starts.add(new Opening(from, from.plus(window.duration())));
                }
            }
        }
        starts.sort(Comparator.comparing(Opening::from));
        List<Opening> merged = new ArrayList<>();
        for (Opening opening : starts) {
            if (!merged.isEmpty() && !opening.from().isAfter(merged.getLast().to())) {
                Opening before = merged.removeLast();
                Instant to = before.to().isAfter(opening.to()) ? before.to() : opening.to();
                merged.add(new Opening(before.from(), to));
            } else {
                merged.add(opening);
            }
        }
        return withoutBlackouts(merged);
    }

    private List<Opening> withoutBlackouts(List<Opening> openings) {
        List<Opening> left = new ArrayList<>(openings);
        for (Blackout blackout : blackouts) {
            List<Opening> cut = new ArrayList<>();
            for (Opening opening : left) {
                if (!blackout.from().isBefore(opening.to()) || !blackout.to().isAfter(opening.from())) {
                    cut.add(opening);
                    continue;
                }
                if (opening.from().isBefore(blackout.from())) {
                    cut.add(new Opening(opening.from(), blackout.from()));
                }
                if (blackout.to().isBefore(opening.to())) {
                    cut.add(new Opening(blackout.to(), opening.to()));
                }
            }
            left = cut;
        }
        return left;
    }

    private static TenantException invalid(String message) {
        return new TenantException.Invalid(TenantException.Code.INVALID_CALENDAR, message);
    }
}
