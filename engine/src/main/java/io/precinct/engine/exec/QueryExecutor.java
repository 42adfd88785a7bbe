package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs reads. Stateless. */
public final class QueryExecutor {
    private QueryExecutor() {}

    /** Runs the plan; the cursor closes {@code view}. */
    public static RowCursor open(LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget) {
        boolean opened = false;
        try {
            RowCursor cursor = new Run(plan, view, arguments, budget).cursor();
            opened = true;
            return cursor;
        } finally {
            if (!opened) {
                view.close();
            }
        }
    }

    /** Runs the plan for its trace only; closes {@code view}. */
    public static Explanation explain(LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget) {
        try (view) {
            Run run = new Run(plan, view, arguments, budget);
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

        Run(LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget) {
            this.statement = plan.statement();
            this.plan = plan;
            this.view = view;
            this.arguments = arguments;
            this.registers = new Registers(arguments);
            this.matcher = new Matcher(plan, view, registers, budget);
        }

        RowCursor cursor() {
            Bindings bindings = matcher.match();
            List<RowCursor.ResultColumn> columns = statement.projections().stream()
                    .map(one -> new RowCursor.ResultColumn(
                            one.column(), one.expression().type().asNullable()))
                    .toList();
            if (statement.aggregates()) {
                return new HeapCursor(columns, aggregated(bindings), view);
            }
            int[] order = new Ordering(plan, registers).of(bindings);
            Registers.Value[] values = statement.projections().stream()
                    .map(one -> projected(one.expression()))
                    .toArray(Registers.Value[]::new);
            return new BindingCursor(columns, bindings, order, values, view);
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
            Aggregation groups = new Aggregation(statement, registers).run(bindings);
            List<Object[]> rows = new ArrayList<>();
            int width = statement.projections().size();
            for (int group : new Ordering(plan, registers).of(groups)) {
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
