package io.precinct.engine.search;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class EditDistanceTest {
    @Property
    void bandedDistanceAgreesWithTheWholeTable(
            @ForAll @StringLength(max = 9) @CharRange(from = 'a', to = 'c') String one,
            @ForAll @StringLength(max = 9) @CharRange(from = 'a', to = 'c') String other,
            @ForAll @IntRange(max = 10) int most) {
        assertThat(EditDistance.within(points(one), points(other), most)).isEqualTo(table(one, other) <= most);
    }

    @Property(tries = 1)
    void surrogatePairIsOneEdit() {
        assertThat(EditDistance.within(points("a🐋b"), points("ab"), 1)).isTrue();
    }

    private static int[] points(String text) {
        return text.codePoints().toArray();
    }

    private static int table(String one, String other) {
        int[][] cells = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    cells[i][j] = i + j;
                } else {
                    int replaced = cells[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                    cells[i][j] = Math.min(replaced, 1 + Math.min(cells[i - 1][j], cells[i][j - 1]));
                }
            }
        }
        return cells[one.length()][other.length()];
    }
}
