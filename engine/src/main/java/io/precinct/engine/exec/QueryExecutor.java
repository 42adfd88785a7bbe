package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.Rank;
import io.precinct.engine.search.TextIndexes;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs reads. Stateless. */
public final class QueryExecutor {
    /** Of an array of values that wait on the heap, and of each of them, mostly short. */
    private static final long RESULT_ROW_BYTES = 24;

    private static final long RESULT_VALUE_BYTES = 40;

    private QueryExecutor() {}

    /** Runs the plan; the cursor closes {@code view}. Texts are analysed for this execution alone. */
    public static RowCursor open(LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget) {
        return open(plan, view, arguments, budget, TextIndexes.none());
    }

    /** Runs the plan; the cursor closes {@code view}. */
    public static RowCursor open(
            LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget, TextIndexes texts) {
        boolean opened = false;
        try {
            Allowance allowance = new Allowance(budget);
            try {
                RowCursor cursor = new Run(plan, view, arguments, allowance, texts).cursor();
                opened = true;
                return cursor;
            } finally {
                if (!opened) {
                    allowance.close();
                }
            }
        } finally {
            if (!opened) {
                view.close();
            }
        }
    }

    /** Runs the plan for its trace only; closes {@code view}. */
    public static Explanation explain(
            LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget, TextIndexes texts) {
        try (view;
                Allowance allowance = new Allowance(budget)) {
            Run run = new Run(plan, view, arguments, allowance, texts);
            RowCursor cursor = run.cursor();
            long rows = 0;
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                rows += batch.get().rows();
            }
            return new Explanation(run.matcher.trace(), rows);
        }
    }

    private static final class Run {
        private final CheckedStatement.Read statement;
        private final LogicalPlan plan;
        private final GraphView view;
        private final Arguments arguments;
        private final Registers registers;
        private final Matcher matcher;
        private final TextMatching texts;
        private final Allowance allowance;

        Run(LogicalPlan plan, GraphView view, Arguments arguments, Allowance allowance, TextIndexes indexes) {
            this.statement = plan.statement();
            this.plan = plan;
            this.view = view;
            this.arguments = arguments;
            this.texts = new TextMatching(view, indexes, arguments, allowance::check);
            this.registers = new Registers(arguments, Optional.of(texts));
            this.matcher = new Matcher(plan, view, registers, allowance);
            this.allowance = allowance;
        }

        RowCursor cursor() {
            Bindings bindings = matcher.match();
            List<RowCursor.ResultColumn> columns = statement.projections().stream()
                    .map(one -> new RowCursor.ResultColumn(
                            one.column(), one.expression().type().asNullable()))
                    .toList();
            if (statement.aggregates()) {
                return new HeapCursor(columns, aggregated(bindings), this::close);
            }
            Ordering ordering = new Ordering(plan, registers, allowance);
            Ranking ranking = new Ranking(registers, ordering, texts, matcher::visible, bindings, allowance);
            int[] order = statement
                    .rank()
                    .map(rank -> ranked(rank, ranking, bindings))
                    .orElseGet(() -> ordering.of(bindings));
            Registers.Value[] values = statement.projections().stream()
                    .map(one -> one.expression() instanceof Expression.Score score
                            ? ranking.score(score.rank())
                            : projected(one.expression()))
                    .toArray(Registers.Value[]::new);
            return new BindingCursor(columns, bindings, order, values, allowance, this::close);
        }

        private void close() {
            allowance.close();
            view.close();
        }

        private int[] ranked(Rank rank, Ranking ranking, Bindings bindings) {
            long began = System.nanoTime();
            int[] order = ranking.order(rank);
            matcher.trace()
                    .add(new Explanation.Operator(
                            "Rank",
                            Mentions.text(rank),
                            "",
                            OptionalLong.of(bindings.count()),
                            order.length,
                            (System.nanoTime() - began) / 1_000));
            return order;
        }

        private Registers.Value projected(Expression expression) {
            Registers.Value plain = registers.value(expression);
            if (expression instanceof Expression.PropertyOf property) {
                LogicalPlan.BoundMask mask = plan.access()
                        .get(property.owner().id())
                        .masks()
                        .get(property.property().id());
                if (mask != null) {
                    TypeView rows = registers.view(property.variable());
                    Masking masking = new Masking(
                            mask, rows, arguments, view.snapshot().numbers().seed());
                    int register = registers.register(property.variable());
                    return binding -> masking.apply(binding[register], plain.of(binding));
                }
            }
            return plain;
        }

        private List<Object[]> aggregated(Bindings bindings) {
            Aggregation groups = new Aggregation(statement, registers, allowance).run(bindings);
            bindings.release();
            List<Object[]> rows = new ArrayList<>();
            int width = statement.projections().size();
            for (int group : new Ordering(plan, registers, allowance).of(groups)) {
                allowance.check(rows.size());
                allowance.take(RESULT_ROW_BYTES + width * RESULT_VALUE_BYTES);
                Object[] row = new Object[width];
                for (int column = 0; column < width; column++) {
                    row[column] = groups.value(group, column);
                }
                rows.add(row);
            }
            return rows;
        }
    }
}
