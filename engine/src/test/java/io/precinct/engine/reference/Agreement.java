package io.precinct.engine.reference;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Expression.Aggregate.Function;
import io.precinct.engine.reference.ReferenceInterpreter.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether rows are an answer: exactly with order, as a bag without, some rows of the bag under a limit alone. */
final class Agreement {
    private Agreement() {}

    /** @param ties whether rows of equal sort keys have one sequence too */
    static Optional<String> difference(
            CheckedStatement.Read read, List<List<Object>> actual, Answer expected, boolean ties) {
        List<List<Object>> all = rounded(read, expected.rows());
        List<List<Object>> given = rounded(read, actual);
        int count = (int) Math.min(all.size(), read.limit().orElse(Long.MAX_VALUE));
        boolean agree = given.size() == count && within(given, all);
        if (agree && !read.order().isEmpty()) {
            agree = ties ? given.equals(all.subList(0, count)) : byRuns(given, all, expected.sortKeys());
        }
        return agree
                ? Optional.empty()
                : Optional.of("expected " + (read.order().isEmpty() ? "in any order " : "") + all + " limit "
                        + read.limit() + "\n     but got " + given);
    }

    /** Each run of equal sort keys holds the same rows. */
    private static boolean byRuns(List<List<Object>> given, List<List<Object>> all, List<List<Object>> keys) {
        int from = 0;
        while (from < given.size()) {
            int to = from + 1;
            while (to < all.size() && keys.get(to).equals(keys.get(from))) {
                to++;
            }
            if (!within(given.subList(from, Math.min(to, given.size())), all.subList(from, to))) {
                return false;
            }
            from = to;
        }
        return true;
    }

    private static boolean within(List<List<Object>> given, List<List<Object>> all) {
        Map<List<Object>, Integer> left = new HashMap<>();
        all.forEach(row -> left.merge(row, 1, Integer::sum));
        return given.stream().allMatch(row -> left.merge(row, -1, Integer::sum) >= 0);
    }

    private static List<List<Object>> rounded(CheckedStatement.Read read, List<List<Object>> rows) {
        List<List<Object>> rounded = new ArrayList<>();
        for (List<Object> row : rows) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                Expression expression = read.projections().get(i).expression();
                boolean added = expression instanceof Expression.Aggregate aggregate
                        && (aggregate.function() == Function.SUM || aggregate.function() == Function.AVG);
                values.add(added ? PlainValues.rounded(row.get(i)) : row.get(i));
            }
            rounded.add(values);
        }
        return rounded;
    }
}
