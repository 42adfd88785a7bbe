package io.precinct.engine.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Names that were probably meant. Stateless. */
public final class Spelling {
    private Spelling() {}

    /** {@code ; did you mean 'X'?} for the closest of {@code known}, or nothing when none is close. */
    public static String hint(String written, Collection<String> known) {
        return closest(written, known)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** The known name within a third of its length in edits, without regard to case; the first by name among equals. */
    public static Optional<String> closest(String written, Collection<String> known) {
        return known.stream()
                .filter(name -> !name.equals(written))
                .filter(name -> distance(written, name) <= allowed(Math.max(written.length(), name.length())))
                .min(Comparator.<String>comparingInt(name -> distance(written, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int allowed(int length) {
        return length < 3 ? 0 : Math.max(1, length / 3);
    }

    /** From 0 for nothing in common to 1 for equal but for case. */
    static double similarity(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int longest = Math.max(1, Math.max(a.length(), b.length()));
        boolean contained = Math.min(a.length(), b.length()) >= 3 && (a.contains(b) || b.contains(a));
        return Math.max(contained ? 0.6 : 0, 1.0 - (double) distance(a, b) / longest);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one to the other, case aside. */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[a.length()][b.length()];
    }
}
