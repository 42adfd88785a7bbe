package io.precinct.engine.exec;

import java.util.List;
import java.util.OptionalLong;

/**
 * What an execution did, operator by operator in the order of work.
 *
 * @param rows rows of the result
 */
public record Explanation(List<Operator> operators, long rows) {
    public Explanation {
        operators = List.copyOf(operators);
    }

    /**
     * @param name NodeLookup, NodeScan, Expand, ExpandInto, Filter, AntiJoin, Aggregate, Sort, Project
     * @param detail what it works on, in words of the query
     * @param rowRule the caller's rule on the rows that enter here; empty for none
     * @param estimated rows expected after it; empty where rows are hidden, since it would tell how many
     * @param actual rows after it
     * @param microseconds time it took
     */
    public record Operator(
            String name, String detail, String rowRule, OptionalLong estimated, long actual, long microseconds) {}

    /** One line an operator, for people. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Operator operator : operators) {
            text.append(operator.name()).append(' ').append(operator.detail());
            if (!operator.rowRule().isEmpty()) {
                text.append("  [rows: ").append(operator.rowRule()).append(']');
            }
            text.append("  ");
            operator.estimated()
                    .ifPresent(rows -> text.append("estimated ").append(rows).append(", "));
            text.append("actual ")
                    .append(operator.actual())
                    .append(", ")
                    .append(operator.microseconds())
                    .append(" us\n");
        }
        return text.append("rows ").append(rows).append('\n').toString();
    }
}
