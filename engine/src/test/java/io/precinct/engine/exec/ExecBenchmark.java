package io.precinct.engine.exec;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.Parameter;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.RowTables;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Prints median and 99th percentile of warm reads, from a plan and a new view to the last value, on 20,000 people. */
public final class ExecBenchmark {
    private static final int PEOPLE = 20_000;
    private static final Parameter KEY = new Parameter("key", PropertyType.of(Scalar.STRING));

    private ExecBenchmark() {}

    public static void main(String[] arguments) {
        Random random = new Random(1);
        SmallGraph graph = new SmallGraph();
        for (int i = 0; i < PEOPLE; i++) {
            graph.node(SmallGraph.PERSON, "p" + i, i % 100);
        }
        for (int i = 0; i < PEOPLE * 10; i++) {
            graph.edge(SmallGraph.KNOWS, "p" + random.nextInt(PEOPLE), "p" + random.nextInt(PEOPLE), i);
        }
        try (RowTables tables = new RowTables(65_536);
                DecodedViews views = new DecodedViews(tables, 1L << 30)) {
            Snapshot snapshot = graph.snapshot(tables);
            Predicate all = new Predicate.Constant(true);
            Predicate most = new Predicate.Compare(
                    new Expression.PropertyOf(BoundAccess.ROW, SmallGraph.PERSON, SmallGraph.n(SmallGraph.PERSON)),
                    Predicate.Operator.LT,
                    new Expression.Constant(90L, PropertyType.of(Scalar.I64)));
            for (Predicate rule : List.of(all, most)) {
                String under = rule.equals(all) ? "" : " under a row rule";
                measure("key look-up" + under, views, snapshot, plan(0, rule), random);
                measure("1 hop" + under, views, snapshot, plan(1, rule), random);
                measure("1..2 hops" + under, views, snapshot, plan(2, rule), random);
                measure("1..3 hops" + under, views, snapshot, plan(3, rule), random);
            }
            System.out.println("held off heap " + views.heldBytes() + " bytes");
        }
    }

    private static LogicalPlan plan(int hops, Predicate rule) {
        Pattern.NodeVariable x = new Pattern.NodeVariable("x", SmallGraph.PERSON);
        Pattern.NodeVariable y = new Pattern.NodeVariable("y", SmallGraph.PERSON);
        Predicate key = new Predicate.Compare(
                new Expression.PropertyOf(
                        "x",
                        SmallGraph.PERSON,
                        SmallGraph.PERSON.property("key").orElseThrow()),
                Predicate.Operator.EQ,
                new Expression.ParameterOf(KEY));
        Pattern pattern = hops == 0
                ? new Pattern(List.of(x), List.of(), List.of(key), List.of())
                : new Pattern(
                        List.of(x, y),
                        List.of(new Pattern.Step(
                                "x", "y", SmallGraph.KNOWS, Pattern.Direction.OUT, 1, hops, Optional.empty())),
                        List.of(key),
                        List.of());
        String returned = hops == 0 ? "x" : "y";
        CheckedStatement.Read read = new CheckedStatement.Read(
                "q",
                List.of(KEY),
                pattern,
                List.of(
                        new Projection("id", new Expression.NodeOf(returned, SmallGraph.PERSON)),
                        new Projection(
                                "n",
                                new Expression.PropertyOf(
                                        returned, SmallGraph.PERSON, SmallGraph.n(SmallGraph.PERSON)))),
                List.of(),
                OptionalLong.empty(),
                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                SmallGraph.SCHEMA.hash());
        Map<TypeId, BoundAccess> access = new HashMap<>();
        SmallGraph.TYPES.forEach(
                type -> access.put(type.id(), new BoundAccess(new Predicate.Constant(true), Map.of())));
        access.put(SmallGraph.PERSON.id(), new BoundAccess(rule, Map.of()));
        return new LogicalPlan(read, access);
    }

    private static void measure(String what, DecodedViews views, Snapshot snapshot, LogicalPlan plan, Random random) {
        int rounds = 20_000;
        long[] nanos = new long[rounds];
        long rows = 0;
        for (int i = 0; i < 2 * rounds; i++) {
            Arguments arguments =
                    new Arguments(Map.of("key", Optional.of("p" + random.nextInt(PEOPLE))), Instant.EPOCH);
            long began = System.nanoTime();
            try (RowCursor cursor =
                    QueryExecutor.open(plan, views.of(snapshot), arguments, ExecutionBudget.unbounded())) {
                for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                    rows += batch.get().rows();
                }
            }
            nanos[i % rounds] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%-32s median %7.1f us, p99 %7.1f us, %.1f rows%n",
                what, nanos[rounds / 2] / 1e3, nanos[rounds * 99 / 100] / 1e3, rows / (2.0 * rounds));
    }
}
