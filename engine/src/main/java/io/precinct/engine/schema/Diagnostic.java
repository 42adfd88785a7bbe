package io.precinct.engine.schema;

import java.util.Optional;

/**
 * One finding about a text: a schema, a query or a line of data.
 *
 * @param code stable; documented
 * @param message one sentence that says what is wrong and, where possible, what to write instead; what is quoted in it
 *     may be of any length, so that a very long one is kept without its middle
 * @param span where; absent when the finding has no place in a text
 * @param line for line-oriented data: the 1-based line, else 0
 */
public record Diagnostic(String code, Severity severity, String message, Optional<Span> span, long line) {
    /** Characters of a message that are shown. */
    private static final int MOST_BEGINNING = 2_000;

    private static final int MOST_END = 500;

    public Diagnostic {
        if (message.length() > MOST_BEGINNING + MOST_END) {
            message = whole(message.substring(0, MOST_BEGINNING)) + " … "
                    + whole(message.substring(message.length() - MOST_END));
        }
    }

    /** Without the half of a character that a cut left at either end. */
    private static String whole(String cut) {
        int start = Character.isLowSurrogate(cut.charAt(0)) ? 1 : 0;
        int end = Character.isHighSurrogate(cut.charAt(cut.length() - 1)) ? cut.length() - 1 : cut.length();
        return cut.substring(start, end);
    }

    public enum Severity {
        ERROR,
        WARNING,
        INFO
    }

    /** Half-open range of UTF-16 offsets in the text, with the 1-based line and column of its start. */
    public record Span(int start, int end, int line, int column) {}

    /**
     * For people: code, place, message, and below it the line of {@code text} with a caret under what is meant.
     *
     * @param text that the span is of; without a span it isn't looked at
     */
    public String render(String text) {
        String head = "[" + code + "] " + message;
        if (span.isEmpty()) {
            return line > 0 ? "line " + line + ": " + head : head;
        }
        Span place = span.get();
        int start = place.start() - place.column() + 1;
        if (start < 0 || start > text.length()) {
            return place.line() + ":" + place.column() + ": " + head;
        }
        int newline = text.indexOf('\n', start);
        int end = newline < 0 ? text.length() : newline;
        String shown = text.substring(start, end).replace("\r", "");
        // A tab stays a tab below, so that the caret stands right whatever its width.
        String indent =
                shown.substring(0, Math.min(place.column() - 1, shown.length())).replaceAll("[^\t]", " ");
        int width = Math.clamp(place.end() - place.start(), 1, Math.max(1, end - place.start()));
        return place.line() + ":" + place.column() + ": " + head + "\n  " + shown + "\n  " + indent + "^".repeat(width);
    }

    public static Diagnostic error(String code, String message, Span span) {
        return new Diagnostic(code, Severity.ERROR, message, Optional.of(span), 0);
    }

    public static Diagnostic atLine(String code, String message, long line) {
        return new Diagnostic(code, Severity.ERROR, message, Optional.empty(), line);
    }
}
