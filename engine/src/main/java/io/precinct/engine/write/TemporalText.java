package io.precinct.engine.write;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and instants as text: ISO 8601 days, RFC 3339 instants, and what the language admits besides. */
final class TemporalText {
    private static final Pattern DAY =
            Pattern.compile("([+-]?\\d{4,6})-(\\d{1,2})-(\\d{1,2})|(\\d{4})(\\d{2})(\\d{2})");
    private static final Pattern INSTANT =
            Pattern.compile("(.+?)[Tt ](\\d{2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,9}))?)?([Zz]|[+-]\\d{2}:?\\d{2})?");

    private TemporalText() {}

    /** Days since 1970-01-01; of an instant its day in UTC. */
    static OptionalInt date(String text) {
        try {
            Matcher day = DAY.matcher(text);
            if (day.matches()) {
                return OptionalInt.of(Math.toIntExact(day(day).toEpochDay()));
            }
            OptionalLong millis = instant(text);
            return millis.isEmpty()
                    ? OptionalInt.empty()
                    : OptionalInt.of(Math.toIntExact(Math.floorDiv(millis.getAsLong(), 86_400_000L)));
        } catch (DateTimeException | ArithmeticException invalid) {
            return OptionalInt.empty();
        }
    }

    /** Milliseconds since the epoch, UTC; a day is its midnight; finer digits are cut off. */
    static OptionalLong dateTime(String text) {
        try {
            Matcher day = DAY.matcher(text);
            return day.matches()
                    ? OptionalLong.of(Math.multiplyExact(day(day).toEpochDay(), 86_400_000L))
                    : instant(text);
        } catch (DateTimeException | ArithmeticException invalid) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong instant(String text) {
        Matcher form = INSTANT.matcher(text);
        if (!form.matches()) {
            return OptionalLong.empty();
        }
        Matcher day = DAY.matcher(form.group(1));
        if (!day.matches()) {
            return OptionalLong.empty();
        }
        String fraction = form.group(5) == null ? "0" : (form.group(5) + "00000000").substring(0, 9);
        LocalDateTime local = day(day).atTime(
                        Integer.parseInt(form.group(2)),
                        Integer.parseInt(form.group(3)),
                        form.group(4) == null ? 0 : Integer.parseInt(form.group(4)),
                        Integer.parseInt(fraction));
        String zone = form.group(6);
        ZoneOffset offset = zone == null || zone.equalsIgnoreCase("z") ? ZoneOffset.UTC : ZoneOffset.of(zone);
        Instant instant = local.toInstant(offset);
        return OptionalLong.of(instant.toEpochMilli());
    }

    private static LocalDate day(Matcher form) {
        int first = form.group(1) == null ? 4 : 1;
        return LocalDate.of(
                Integer.parseInt(form.group(first)),
                Integer.parseInt(form.group(first + 1)),
                Integer.parseInt(form.group(first + 2)));
    }
}
