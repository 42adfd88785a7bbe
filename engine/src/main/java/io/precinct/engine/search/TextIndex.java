package io.precinct.engine.search;

import io.precinct.engine.search.TextAnalysis.Form;
import io.precinct.engine.view.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Which rows of a range of one text column hold which token, and how often. Immutable; on the heap. */
final class TextIndex {
    private static final int CHECKED_ROWS = 4_096;

    private final int from;
    /** Tokens of each row's text, -1 for null. */
    private final int[] lengths;

    private final Map<String, Postings> postings;
    private final long bytes;

    /** Rows in ascending order with the number of times that they hold a token. */
    record Postings(int[] rows, int[] counts) {}

    private static final class Growing {
        private int[] rows = new int[2];
        private int[] counts = new int[2];
        private int size;

        void add(int row) {
            if (size > 0 && rows[size - 1] == row) {
                counts[size - 1]++;
                return;
            }
            if (size == rows.length) {
                rows = Arrays.copyOf(rows, size + (size >> 1) + 2);
                counts = Arrays.copyOf(counts, rows.length);
            }
            rows[size] = row;
            counts[size] = 1;
            size++;
        }

        Postings done() {
            return new Postings(Arrays.copyOf(rows, size), Arrays.copyOf(counts, size));
        }
    }

    private TextIndex(int from, int[] lengths, Map<String, Postings> postings, long bytes) {
        this.from = from;
        this.lengths = lengths;
        this.postings = postings;
        this.bytes = bytes;
    }

    /**
     * Analyses rows {@code from..to} of a column.
     *
     * @param check called now and then; may throw to give up
     */
    static TextIndex of(Column column, int from, int to, Form form, Runnable check) {
        Map<String, Growing> growing = new HashMap<>();
        int[] lengths = new int[to - from];
        for (int row = from; row < to; row++) {
            if ((row - from) % CHECKED_ROWS == 0) {
                check.run();
            }
            if (column.isNull(row)) {
                lengths[row - from] = -1;
                continue;
            }
            int current = row;
            int[] length = new int[1];
            TextAnalysis.each(column.textAt(row), form, token -> {
                growing.computeIfAbsent(token, none -> new Growing()).add(current);
                length[0]++;
            });
            lengths[row - from] = length[0];
        }
        Map<String, Postings> postings = HashMap.newHashMap(growing.size());
        long[] bytes = {4L * lengths.length};
        growing.forEach((token, rows) -> {
            postings.put(token, rows.done());
            // Two arrays of 8 bytes a posting, their headers, the token and the map's entry.
            bytes[0] += 8L * rows.size + 160 + token.length();
        });
        return new TextIndex(from, lengths, postings, bytes[0]);
    }

    long bytes() {
        return bytes;
    }

    /** The row's number of tokens, -1 for null; the row is in the range. */
    int length(int row) {
        return lengths[row - from];
    }

    int from() {
        return from;
    }

    int to() {
        return from + lengths.length;
    }

    Postings postings(String token) {
        return postings.getOrDefault(token, NONE);
    }

    private static final Postings NONE = new Postings(new int[0], new int[0]);

    /** Rows that hold a token that matches, some more than once. */
    void matching(TextQuery query, IntConsumer row) {
        for (Postings found : matching(query)) {
            for (int one : found.rows()) {
                row.accept(one);
            }
        }
    }

    private List<Postings> matching(TextQuery query) {
        if (query.edits() == 0) {
            return query.tokens().stream().map(this::postings).toList();
        }
        List<int[]> points = query.points();
        List<Postings> found = new ArrayList<>();
        postings.forEach((token, rows) -> {
            if (query.matchesToken(token, points)) {
                found.add(rows);
            }
        });
        return found;
    }
}
