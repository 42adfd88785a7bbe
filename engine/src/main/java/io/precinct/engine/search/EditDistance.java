package io.precinct.engine.search;

import java.util.Arrays;

/** Levenshtein's distance in code points: fewest insertions, deletions and replacements that turn one word into another. */
final class EditDistance {
    private EditDistance() {}

    /** Whether two words are at most {@code most} edits apart. Takes only the cells that can matter (Ukkonen's band). */
    static boolean within(int[] one, int[] other, int most) {
        int difference = other.length - one.length;
        if (Math.abs(difference) > most) {
            return false;
        }
        if (most == 0) {
            return Arrays.equals(one, other);
        }
        int far = most + 1;
        int[] row = new int[other.length + 1];
        for (int j = 0; j <= other.length; j++) {
            row[j] = Math.min(j, far);
        }
        for (int i = 1; i <= one.length; i++) {
            int from = Math.max(1, i - most);
            int to = Math.min(other.length, i + most);
            int diagonal = row[from - 1];
            row[from - 1] = from == 1 ? Math.min(i, far) : far;
            int least = row[from - 1];
            for (int j = from; j <= to; j++) {
                int above = j < i + most ? row[j] : far;
                int cost = Math.min(diagonal + (one[i - 1] == other[j - 1] ? 0 : 1), 1 + Math.min(above, row[j - 1]));
                diagonal = row[j];
                row[j] = Math.min(cost, far);
                least = Math.min(least, row[j]);
            }
            if (least > most) {
                return false;
            }
        }
        return row[other.length] <= most;
    }
}
