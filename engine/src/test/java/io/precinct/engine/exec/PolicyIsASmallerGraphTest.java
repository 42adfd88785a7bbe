package io.precinct.engine.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.LogicalPlan.BoundAccess;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.RowTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a caller reads under row rules is what anybody reads of a graph that holds only the visible rows. */
class PolicyIsASmallerGraphTest {
    private static final int ROUNDS = 6_000;

    @Test
    void resultUnderRulesEqualsResultOnTheVisibleGraph() {
        long base = Long.getLong("precinct.seed", 20_261_123L);
        for (long seed = base; seed < base + ROUNDS; seed++) {
            round(seed);
        }
    }

    private static void round(long seed) {
        Random random = new Random(seed);
        SmallGraph graph = SmallGraph.random(random);
        RandomRead reads = new RandomRead(random);
        Map<EntityType, Predicate> rules = new HashMap<>();
        Map<EntityType, Predicate> none = new HashMap<>();
        for (EntityType type : SmallGraph.TYPES) {
            rules.put(type, random.nextBoolean() ? reads.rule(type) : new Predicate.Constant(true));
            none.put(type, new Predicate.Constant(true));
        }
        SmallGraph visible = NaiveEvaluator.visible(graph, rules);
        CheckedStatement.Read read = reads.read();
        try (RowTables tables = new RowTables(1 + random.nextInt(4));
                DecodedViews views = new DecodedViews(tables, 64 << 20)) {
            List<List<Object>> restricted = run(views, graph.scattered(tables, random), read, rules);
            List<List<Object>> smaller = run(views, visible.snapshot(tables), read, none);
            List<List<Object>> declared = new ArrayList<>(new NaiveEvaluator(visible).run(read));
            if (read.order().isEmpty()) {
                List.of(restricted, smaller, declared).forEach(rows -> rows.sort(NaiveEvaluator.byContent()));
            }
            assertThat(smaller).as("seed %d, without rules, %s", seed, read).isEqualTo(declared);
            assertThat(restricted)
                    .as("seed %d, rules %s, %s", seed, rules, read)
                    .isEqualTo(declared);
        }
    }

    private static List<List<Object>> run(
            DecodedViews views, Snapshot snapshot, CheckedStatement.Read read, Map<EntityType, Predicate> rules) {
        Map<TypeId, BoundAccess> access = new HashMap<>();
        rules.forEach((type, rule) -> access.put(type.id(), new BoundAccess(rule, Map.of())));
        Arguments arguments = new Arguments(Map.of(), Instant.EPOCH);
        List<List<Object>> rows = new ArrayList<>();
        try (RowCursor cursor = QueryExecutor.open(
                new LogicalPlan(read, access), views.of(snapshot), arguments, ExecutionBudget.unbounded())) {
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
