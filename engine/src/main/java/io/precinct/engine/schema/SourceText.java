package io.precinct.engine.schema;

import java.util.Arrays;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** A text being compiled: turns the code-point offsets of tokens into places in UTF-16 units. Immutable. */
public final class SourceText {
    private final String text;
    private final int[] lineStarts;
    /** UTF-16 offset of each code point and of the end; empty when both counts agree. */
    private final int[] units;

    public SourceText(String text) {
        this.text = text;
        int[] starts = new int[16];
        int lines = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                if (lines == starts.length) {
                    starts = Arrays.copyOf(starts, lines * 2);
                }
                starts[lines++] = i + 1;
            }
        }
        this.lineStarts = Arrays.copyOf(starts, lines);
        int points = text.codePointCount(0, text.length());
        this.units = points == text.length() ? new int[0] : units(text, points);
    }

    private static int[] units(String text, int points) {
        int[] units = new int[points + 1];
        int unit = 0;
        for (int i = 0; i < points; i++) {
            units[i] = unit;
            unit += Character.charCount(text.codePointAt(unit));
        }
        units[points] = unit;
        return units;
    }

    public String text() {
        return text;
    }

    /** Where a token stands; the end of the text and other empty tokens are widened to one unit. */
    public Diagnostic.Span of(Token token) {
        return between(token.getStartIndex(), token.getStopIndex() + 1);
    }

    /** Where a rule's text stands, from its first token to its last. */
    public Diagnostic.Span of(ParserRuleContext rule) {
        Token first = rule.getStart();
        Token last = rule.getStop() == null ? first : rule.getStop();
        return between(first.getStartIndex(), Math.max(last.getStopIndex(), first.getStartIndex()) + 1);
    }

    /** A half-open range of code points. */
    private Diagnostic.Span between(int firstPoint, int endPoint) {
        int start = Math.min(unit(firstPoint), text.length());
        int end = Math.max(start + 1, Math.min(unit(endPoint), text.length()));
        int found = Arrays.binarySearch(lineStarts, start);
        int line = found >= 0 ? found : -found - 2;
        return new Diagnostic.Span(start, end, line + 1, start - lineStarts[line] + 1);
    }

    private int unit(int point) {
        if (units.length == 0) {
            return point;
        }
        return units[Math.clamp(point, 0, units.length - 1)];
    }
}
