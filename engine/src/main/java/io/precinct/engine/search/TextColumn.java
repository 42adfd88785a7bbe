package io.precinct.engine.search;

import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/** One analysed text column of a view: what its dataset version holds and what the overlay lays over it. Immutable. */
public final class TextColumn {
    private static final double K1 = 1.2;
    private static final double B = 0.75;

    private final List<TextIndex> parts;

    TextColumn(List<TextIndex> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Rows whose text matches, dead ones included. */
    public BitSet matching(TextQuery query) {
        BitSet rows = new BitSet();
        parts.forEach(part -> part.matching(query, rows::set));
        return rows;
    }

    /**
     * BM25 of every admitted row by row number, 0 where no token matches: the sum over the query's tokens of
     * {@code ln(1 + (N - df + 0.5) / (df + 0.5)) * tf / (tf + k1 * (1 - b + b * length / average))} with k1 = 1.2 and
     * b = 0.75 (Robertson and Zaragoza 2009, in the form that never turns negative). N, df and the average are those of
     * the admitted rows that have a text.
     *
     * @param admitted which rows there are; nothing of any other row enters a score
     */
    public double[] bm25(TextQuery query, int rows, IntPredicate admitted) {
        long documents = 0;
        long tokens = 0;
        BitSet there = new BitSet(rows);
        for (TextIndex part : parts) {
            for (int row = part.from(); row < part.to(); row++) {
                int length = part.length(row);
                if (length >= 0 && admitted.test(row)) {
                    documents++;
                    tokens += length;
                    there.set(row);
                }
            }
        }
        double[] scores = new double[rows];
        double average = documents == 0 ? 1 : tokens / (double) documents;
        for (String token : query.tokens()) {
            long holders = 0;
            for (TextIndex part : parts) {
                for (int row : part.postings(token).rows()) {
                    holders += there.get(row) ? 1 : 0;
                }
            }
            double weight = Math.log(1 + (documents - holders + 0.5) / (holders + 0.5));
            for (TextIndex part : parts) {
                TextIndex.Postings found = part.postings(token);
                for (int i = 0; i < found.rows().length; i++) {
                    int row = found.rows()[i];
                    if (there.get(row)) {
                        double times = found.counts()[i];
                        scores[row] += weight * times / (times + K1 * (1 - B + B * part.length(row) / average));
                    }
                }
            }
        }
        return scores;
    }
}
