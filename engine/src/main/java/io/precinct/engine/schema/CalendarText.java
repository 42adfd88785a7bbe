package io.precinct.engine.schema;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one reader and writer of dates and instants as text, for literals, parameters and data. Dates are days since
 * 1970-01-01, instants milliseconds since the epoch in UTC; digits below the millisecond are dropped.
 */
public final class CalendarText {
    private static final Pattern DATE =
            Pattern.compile("([+-]?\\d{4,6})-(\\d{1,2})-(\\d{1,2})|(\\d{4})(\\d{2})(\\d{2})");
    private static final Pattern TIME =
            Pattern.compile("(\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,18}))?)?(Z|z|[+-]\\d{2}(?::?\\d{2})?)?");
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private CalendarText() {}

    /** A calendar day, or the day in UTC of an instant; empty when the text is neither. */
    public static Optional<Integer> date(String text) {
        Optional<LocalDate> day = day(text);
        if (day.isPresent()) {
            return days(day.get());
        }
        return dateTime(text)
                .flatMap(millis -> days(
                        Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC).toLocalDate()));
    }

    /** RFC 3339 with an offset, without one (UTC), or a bare day (its midnight in UTC); empty for anything else. */
    public static Optional<Long> dateTime(String text) {
        Optional<LocalDate> bare = day(text);
        if (bare.isPresent()) {
            return Optional.of(
                    bare.get().atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
        }
        int separator = separator(text);
        if (separator < 0) {
            return Optional.empty();
        }
        Optional<LocalDate> day = day(text.substring(0, separator));
        Matcher time = TIME.matcher(text.substring(separator + 1));
        if (day.isEmpty() || !time.matches()) {
            return Optional.empty();
        }
        try {
            int second = time.group(3) == null ? 0 : Integer.parseInt(time.group(3));
            int nanos = time.group(4) == null
                    ? 0
                    : Integer.parseInt((time.group(4) + "00000000").substring(0, 9)) / 1_000_000 * 1_000_000;
            LocalDateTime local = LocalDateTime.of(
                    day.get(),
                    LocalTime.of(Integer.parseInt(time.group(1)), Integer.parseInt(time.group(2)), second, nanos));
            String zone = time.group(5);
            ZoneOffset offset = zone == null || zone.equalsIgnoreCase("z") ? ZoneOffset.UTC : ZoneOffset.of(zone);
            return Optional.of(OffsetDateTime.of(local, offset).toInstant().toEpochMilli());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static int separator(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 'T' || c == 't' || c == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static Optional<LocalDate> day(String text) {
        Matcher matcher = DATE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int first = matcher.group(1) == null ? 4 : 1;
        try {
            return Optional.of(LocalDate.of(
                    Integer.parseInt(matcher.group(first)),
                    Integer.parseInt(matcher.group(first + 1)),
                    Integer.parseInt(matcher.group(first + 2))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> days(LocalDate day) {
        long days = day.toEpochDay();
        return (int) days == days ? Optional.of((int) days) : Optional.empty();
    }

    /** {@code YYYY-MM-DD}; years beyond four digits are signed. */
    public static String date(int days) {
        return LocalDate.ofEpochDay(days).toString();
    }

    /** {@code YYYY-MM-DDTHH:MM:SS.mmmZ}. */
    public static String dateTime(long millis) {
        return MILLIS.format(Instant.ofEpochMilli(millis));
    }
}
