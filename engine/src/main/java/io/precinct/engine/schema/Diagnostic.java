package io.precinct.engine.schema;

import java.util.Optional;

/**
 * One finding about a text: a schema, a query or a line of data.
 *
 * @param code stable; documented
 * @param message one sentence that says what is wrong and, where possible, what to write instead
 * @param span where; absent when the finding has no place in a text
 * @param line for line-oriented data: the 1-based line, else 0
 */
public record Diagnostic(String code, Severity severity, String message, Optional<Span> span, long line) {
    public enum Severity {
        ERROR,
        WARNING,
        INFO
    }

    /** Half-open range of UTF-16 offsets in the text, with the 1-based line and column of its start. */
    public record Span(int start, int end, int line, int column) {}

    public static Diagnostic error(String code, String message, Span span) {
        return new Diagnostic(code, Severity.ERROR, message, Optional.of(span), 0);
    }

    public static Diagnostic atLine(String code, String message, long line) {
        return new Diagnostic(code, Severity.ERROR, message, Optional.empty(), line);
    }
}
