package io.precinct.engine.exec;

import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.search.TextIndexes;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Runs reads. Stateless. */
public final class QueryExecutor {
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
            RowCursor cursor = new Run(plan, view, arguments, budget, texts).cursor();
            opened = true;
            return cursor;
        } finally {
            if (!opened) {
                view.close();
            }
        }
    }

    /** Runs the plan for its trace only; closes {@code view}. */
    public static Explanation explain(
            LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget, TextIndexes texts) {
        try (view) {
            Run run = new Run(plan, view, arguments, budget, texts);
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

        Run(LogicalPlan plan, GraphView view, Arguments arguments, ExecutionBudget budget, TextIndexes indexes) {
            this.statement = plan.statement();
            this.plan = plan;
            this.view = view;
            this.arguments = arguments;
            this.texts = new TextMatching(view, indexes, arguments, () -> budget.check(0));
            this.registers = new Registers(arguments, Optional.of(texts));
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
            Ranking ranking = new Ranking(registers, texts, matcher::visible, bindings);
            int[] order = statement
                    .rank()
                    .map(rank -> ranking.order(
                            rank,
                            byKeys(bindings),
                            byIds(bindings),
                            statement.limit().orElse(Long.MAX_VALUE)))
                    .orElseGet(() -> ordered(bindings));
            Registers.Value[] values = statement.projections().stream()
                    .map(one -> one.expression() instanceof Expression.Score score
                            ? ranking.score(score.rank())
                            : projected(one.expression()))
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
            List<Object[]> rows = new Aggregation(statement, registers).run(bindings);
            Comparator<Object[]> comparator = (a, b) -> 0;
            for (CheckedStatement.SortKey key : statement.order()) {
                comparator = comparator.thenComparing(byColumn(outputOf(key), key.descending()));
            }
            for (int i = 0; i < statement.projections().size(); i++) {
                if (!(statement.projections().get(i).expression() instanceof Expression.Aggregate)) {
                    comparator = comparator.thenComparing(byColumn(i, false));
                }
            }
            if (!statement.order().isEmpty()) {
                rows.sort(comparator);
            }
            return statement.limit().isPresent() && statement.limit().getAsLong() < rows.size()
                    ? new ArrayList<>(rows.subList(0, (int) statement.limit().getAsLong()))
                    : rows;
        }

        private int outputOf(CheckedStatement.SortKey key) {
            if (key.expression().isEmpty()) {
                return key.projection();
            }
            for (int i = 0; i < statement.projections().size(); i++) {
                if (statement
                        .projections()
                        .get(i)
                        .expression()
                        .equals(key.expression().get())) {
                    return i;
                }
            }
            throw new IllegalStateException("an aggregate is ordered by something it does not return");
        }

        private Comparator<Object[]> byColumn(int column, boolean descending) {
            PropertyType type = statement.projections().get(column).expression().type();
            Comparator<Object[]> ascending = (a, b) -> nullsFirst(a[column], b[column], type);
            return descending ? ascending.reversed() : ascending;
        }

        /** Indexes of the bindings in the order of the result, cut at the limit. */
        private int[] ordered(Bindings bindings) {
            int count = bindings.count();
            long limit = statement.limit().orElse(Long.MAX_VALUE);
            if (statement.order().isEmpty()) {
                int[] plain = new int[(int) Math.min(limit, count)];
                java.util.Arrays.setAll(plain, i -> i);
                return plain;
            }
            Integer[] indexes = new Integer[count];
            java.util.Arrays.setAll(indexes, i -> i);
            java.util.Arrays.sort(indexes, byKeys(bindings).thenComparing(byIds(bindings)));
            int[] cut = new int[(int) Math.min(limit, count)];
            for (int i = 0; i < cut.length; i++) {
                cut[i] = indexes[i];
            }
            return cut;
        }

        /** Compares bindings by the keys of the order. */
        private Comparator<Integer> byKeys(Bindings bindings) {
            int count = bindings.count();
            int keys = statement.order().size();
            Registers.Value[] values = new Registers.Value[keys];
            PropertyType[] types = new PropertyType[keys];
            for (int k = 0; k < keys; k++) {
                CheckedStatement.SortKey key = statement.order().get(k);
                Expression expression = key.expression()
                        .orElseGet(() ->
                                statement.projections().get(key.projection()).expression());
                values[k] = registers.value(expression);
                types[k] = expression.type();
            }
            Object[][] sortKeys = new Object[count][keys];
            int[] binding = new int[registers.width()];
            for (int i = 0; i < count; i++) {
                bindings.read(i, binding);
                for (int k = 0; k < keys; k++) {
                    sortKeys[i][k] = values[k].of(binding);
                }
            }
            return (a, b) -> {
                for (int k = 0; k < keys; k++) {
                    int order = nullsFirst(sortKeys[a][k], sortKeys[b][k], types[k]);
                    if (order != 0) {
                        return statement.order().get(k).descending() ? -order : order;
                    }
                }
                return 0;
            };
        }

        /** Compares bindings by the ids of their variables. */
        private Comparator<Integer> byIds(Bindings bindings) {
            List<int[]> ties = ties();
            int[] left = new int[registers.width()];
            int[] right = new int[registers.width()];
            return (a, b) -> {
                bindings.read(a, left);
                bindings.read(b, right);
                for (int[] tie : ties) {
                    TypeView rows = tieViews.get(tie[0]);
                    int order = Values.text(rows.id(left[tie[0]]), rows.id(right[tie[0]]));
                    if (order != 0) {
                        return order;
                    }
                }
                return 0;
            };
        }

        private final java.util.Map<Integer, TypeView> tieViews = new java.util.HashMap<>();

        /** Registers of the bound variables of the outermost block, by ascending name. */
        private List<int[]> ties() {
            TreeMap<String, Integer> byName = new TreeMap<>();
            statement.pattern().nodes().forEach(node -> byName.put(node.name(), registers.register(node.name())));
            statement
                    .pattern()
                    .steps()
                    .forEach(step -> step.edgeVariable().ifPresent(name -> byName.put(name, registers.register(name))));
            byName.forEach((name, register) -> tieViews.put(register, registers.view(name)));
            return byName.values().stream()
                    .map(register -> new int[] {register})
                    .toList();
        }
    }

    /** Null is smallest. */
    private static int nullsFirst(Object left, Object right, PropertyType type) {
        if (left == null || right == null) {
            return left == right ? 0 : left == null ? -1 : 1;
        }
        return Values.compare(left, type, right, type);
    }
}
