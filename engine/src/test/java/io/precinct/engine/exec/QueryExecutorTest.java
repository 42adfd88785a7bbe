package io.precinct.engine.exec;

import static io.precinct.engine.exec.SmallGraph.KNOWS;
import static io.precinct.engine.exec.SmallGraph.PERSON;
import static io.precinct.engine.exec.SmallGraph.PLACE;
import static io.precinct.engine.exec.SmallGraph.VISITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.CheckedStatement.SortKey;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.LogicalPlan.BoundMask;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.RowTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueryExecutorTest {
    private static final BoundAccess ALL = new BoundAccess(new Predicate.Constant(true), Map.of());

    private final SmallGraph graph = new SmallGraph();
    private final Map<TypeId, BoundAccess> access = new HashMap<>();
    private ExecutionBudget budget = ExecutionBudget.unbounded();

    QueryExecutorTest() {
        SmallGraph.TYPES.forEach(type -> access.put(type.id(), ALL));
    }

    @Test
    void exactlyTwoHopsOnATriangleReachNothing() {
        people("a", "b", "c");
        graph.edge(KNOWS, "a", "b", 1).edge(KNOWS, "b", "c", 1).edge(KNOWS, "a", "c", 1);
        assertThat(run(reach("a", 2, 2))).isEmpty();
        assertThat(run(reach("a", 1, 2))).containsExactlyInAnyOrder(List.of("b"), List.of("c"));
    }

    @Test
    void parallelEdgesCollapseUnlessAnEdgeVariableTellsThemApart() {
        people("a", "b");
        graph.edge(KNOWS, "a", "b", 1).edge(KNOWS, "a", "b", 2);
        assertThat(run(reach("a", 1, 1))).containsExactly(List.of("b"));
        Pattern.Step named = new Pattern.Step("x", "y", KNOWS, Pattern.Direction.OUT, 1, 1, Optional.of("w"));
        assertThat(run(read(pattern(List.of("x", "y"), List.of(named)), edgeN("w"))))
                .containsExactlyInAnyOrder(List.of(1), List.of(2));
    }

    @Test
    void unconnectedVariablesMultiply() {
        people("a", "b");
        assertThat(run(read(pattern(List.of("x", "y"), List.of()), id("x"), id("y"))))
                .hasSize(4);
    }

    @Test
    void ascendingPutsNullsFirstAndDescendingLast() {
        graph.node(PERSON, "a", 2).node(PERSON, "b", null).node(PERSON, "c", 1);
        assertThat(run(ordered(false))).containsExactly(List.of("b"), List.of("c"), List.of("a"));
        assertThat(run(ordered(true))).containsExactly(List.of("a"), List.of("c"), List.of("b"));
    }

    @Test
    void aggregatesOfNothingAreOneRowWithoutKeysAndNoneWithKeys() {
        Pattern pattern = pattern(List.of("x"), List.of());
        assertThat(run(read(
                        pattern,
                        aggregate(Expression.Aggregate.Function.COUNT),
                        aggregate(Expression.Aggregate.Function.SUM))))
                .containsExactly(java.util.Arrays.asList(0L, null));
        assertThat(run(read(pattern, id("x"), aggregate(Expression.Aggregate.Function.COUNT))))
                .isEmpty();
    }

    @Test
    void negationWrittenAgainstTheArrowLooksBackwards() {
        people("a", "b");
        graph.node(PLACE, "home", 1).node(PLACE, "moon", 1).edge(VISITS, "a", "home", 1);
        Pattern inner = new Pattern(
                List.of(new Pattern.NodeVariable("v", PERSON)),
                List.of(new Pattern.Step("p", "v", VISITS, Pattern.Direction.IN, 1, 1, Optional.empty())),
                List.of(),
                List.of());
        Pattern outer =
                new Pattern(List.of(new Pattern.NodeVariable("p", PLACE)), List.of(), List.of(), List.of(inner));
        assertThat(run(read(outer, new Projection("p", new Expression.NodeOf("p", PLACE)))))
                .containsExactly(List.of("moon"));
    }

    @Test
    void masksHideRowByRow() {
        graph.node(PERSON, "a", 1).node(PERSON, "b", 2);
        Predicate onlyA = new Predicate.Compare(
                property(BoundAccess.ROW, "n"),
                Predicate.Operator.EQ,
                new Expression.Constant(1L, PropertyType.of(Scalar.I64)));
        access.put(
                PERSON.id(),
                new BoundAccess(
                        new Predicate.Constant(true),
                        Map.of(
                                PERSON.property("n").orElseThrow().id(),
                                new BoundMask(Mask.Kind.NULL, onlyA),
                                PERSON.property("key").orElseThrow().id(),
                                new BoundMask(Mask.Kind.HASH, onlyA))));
        List<List<Object>> rows = run(read(
                pattern(List.of("x"), List.of()),
                new Projection("n", property("x", "n")),
                new Projection("key", property("x", "key"))));
        assertThat(rows).contains(List.<Object>of(1, "a"));
        List<Object> masked =
                rows.stream().filter(row -> row.get(0) == null).findFirst().orElseThrow();
        assertThat((String) masked.get(1)).matches("[0-9a-f]{64}");
    }

    @Test
    void edgeToAHiddenNodeDoesNotExist() {
        people("a", "b", "c");
        graph.edge(KNOWS, "a", "b", 1).edge(KNOWS, "b", "c", 1);
        access.put(
                PERSON.id(),
                new BoundAccess(
                        new Predicate.Compare(
                                property(BoundAccess.ROW, "key"),
                                Predicate.Operator.NE,
                                new Expression.Constant("b", PropertyType.of(Scalar.STRING))),
                        Map.of()));
        assertThat(run(reach("a", 1, 3))).isEmpty();
    }

    @Test
    void bindingsBeyondTheMemoryOfAQueryAreRefusedAndGivenBack() {
        people(IntStream.range(0, 100).mapToObj(i -> "p" + i).toArray(String[]::new));
        QueryMemory memory = new QueryMemory(1 << 20, 40_000);
        budget = ExecutionBudget.unbounded().within(memory);
        assertThatThrownBy(() -> run(read(pattern(List.of("x", "y"), List.of()), id("x"))))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        refused -> assertThat(refused.failure())
                                .isInstanceOfSatisfying(
                                        EngineFailure.ResourceLimit.class,
                                        limit -> assertThat(limit.resource()).isEqualTo("query_memory_bytes")));
        assertThat(memory.held()).isZero();
        assertThat(run(read(pattern(List.of("x"), List.of()), id("x")))).hasSize(100);
        assertThat(memory.held()).isZero();
    }

    @Test
    void whatOthersHoldIsNotThereForTheNext() {
        people(IntStream.range(0, 100).mapToObj(i -> "p" + i).toArray(String[]::new));
        QueryMemory memory = new QueryMemory(60_000, 60_000);
        budget = ExecutionBudget.unbounded().within(memory);
        QueryMemory.Share other = memory.share();
        other.take(59_900);
        assertThatThrownBy(() -> run(read(pattern(List.of("x"), List.of()), id("x"))))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        busy -> assertThat(busy.failure()).isInstanceOf(EngineFailure.Busy.class));
        other.close();
        assertThat(run(read(pattern(List.of("x"), List.of()), id("x")))).hasSize(100);
    }

    @Test
    void expiredDeadlineEndsTheExecution() {
        people("a");
        budget = ExecutionBudget.until(Instant.EPOCH);
        assertThatThrownBy(() -> run(reach("a", 1, 1)))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        refused -> assertThat(refused.failure()).isEqualTo(new EngineFailure.Interrupted(true)));
    }

    private void people(String... keys) {
        for (String key : keys) {
            graph.node(PERSON, key, 1);
        }
    }

    private static Pattern pattern(List<String> people, List<Pattern.Step> steps, Predicate... filters) {
        return new Pattern(
                people.stream()
                        .map(name -> new Pattern.NodeVariable(name, PERSON))
                        .toList(),
                steps,
                List.of(filters),
                List.of());
    }

    private static CheckedStatement.Read reach(String key, int least, int most) {
        return read(
                pattern(
                        List.of("x", "y"),
                        List.of(new Pattern.Step(
                                "x", "y", KNOWS, Pattern.Direction.OUT, least, most, Optional.empty())),
                        new Predicate.Compare(
                                property("x", "key"),
                                Predicate.Operator.EQ,
                                new Expression.Constant(key, PropertyType.of(Scalar.STRING)))),
                id("y"));
    }

    private static CheckedStatement.Read ordered(boolean descending) {
        return RandomRead.read(
                pattern(List.of("x"), List.of()),
                List.of(id("x")),
                List.of(new SortKey(Optional.of(property("x", "n")), -1, descending)),
                OptionalLong.empty());
    }

    private static CheckedStatement.Read read(Pattern pattern, Projection... projections) {
        return RandomRead.read(pattern, List.of(projections), List.of(), OptionalLong.empty());
    }

    private static Projection id(String variable) {
        return new Projection(variable, new Expression.NodeOf(variable, PERSON));
    }

    private static Projection edgeN(String variable) {
        EntityType.Edge edge = KNOWS;
        return new Projection("n", new Expression.PropertyOf(variable, edge, SmallGraph.n(edge)));
    }

    private static Expression property(String variable, String name) {
        return new Expression.PropertyOf(variable, PERSON, PERSON.property(name).orElseThrow());
    }

    private static Projection aggregate(Expression.Aggregate.Function function) {
        return new Projection(
                function.name(),
                new Expression.Aggregate(
                        function,
                        property("x", "n"),
                        PropertyType.of(Scalar.F64).asNullable()));
    }

    private List<List<Object>> run(CheckedStatement.Read read) {
        List<List<Object>> rows = new ArrayList<>();
        try (RowTables tables = new RowTables(2);
                DecodedViews views = new DecodedViews(tables, 1 << 20);
                RowCursor cursor = QueryExecutor.open(
                        new LogicalPlan(read, access),
                        views.of(graph.snapshot(tables)),
                        new Arguments(Map.of(), Instant.EPOCH),
                        budget)) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (int column = 0; column < cursor.columns().size(); column++) {
                        values.add(batch.get().value(row, column).orElse(null));
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }
}
