package io.precinct.engine.search;

import io.precinct.engine.search.TextAnalysis.Form;
import java.util.List;
import java.util.Set;

/**
 * The tokens of a query and how near a token of a text must come to one of them. Immutable.
 *
 * @param edits single-character changes that still match; 0 for equality
 */
public record TextQuery(Form form, Set<String> tokens, int edits) {
    public TextQuery {
        tokens = java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(tokens));
    }

    /** Equality of stems. */
    public static TextQuery stems(String text) {
        return new TextQuery(Form.STEMS, TextAnalysis.distinct(text, Form.STEMS), 0);
    }

    /** Words within some edits. */
    public static TextQuery words(String text, int edits) {
        return new TextQuery(Form.WORDS, TextAnalysis.distinct(text, Form.WORDS), edits);
    }

    /** Whether any token of the text matches any of the query. */
    public boolean matches(String text) {
        List<int[]> wanted = points();
        boolean[] found = new boolean[1];
        TextAnalysis.each(text, form, token -> found[0] = found[0] || matchesToken(token, wanted));
        return found[0];
    }

    List<int[]> points() {
        return tokens.stream().map(token -> token.codePoints().toArray()).toList();
    }

    boolean matchesToken(String token, List<int[]> points) {
        if (edits == 0) {
            return tokens.contains(token);
        }
        int[] word = token.codePoints().toArray();
        return points.stream().anyMatch(wanted -> EditDistance.within(wanted, word, edits));
    }
}
