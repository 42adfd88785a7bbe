package io.precinct.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.CheckedStatement.Projection;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.Predicate;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.RowAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bugs put between the reads and the engine are noticed by the comparison; the report says by how many reads. */
class PlantedFaultsTest {
    private static final int GRAPHS = 12;
    private static final int READS = 160;
    private static final long SEED = Long.getLong("precinct.seed", 20_261_123L);

    @Test
    void everyPlantedBugIsNoticed(@TempDir Path root) {
        Map<String, Integer> noticed = new LinkedHashMap<>();
        FAULTS.keySet().forEach(name -> noticed.put(name, 0));
        try (LocalGraphs graphs = new LocalGraphs(root)) {
            for (long seed = SEED; seed < SEED + GRAPHS * 1_000L; seed += 1_000) {
                RandomGraph random = RandomGraph.of(seed, 6);
                Trial trial = RandomReadsTest.trial(graphs, seed, random.lines(), random);
                for (int i = 0; i < READS; i++) {
                    RandomReadsTest.Case one = RandomReadsTest.Case.of(random, seed + i, i % 2 == 0);
                    trial.check(one.query().text())
                            .ifPresent(read -> FAULTS.forEach((name, fault) -> {
                                if (trial.disagreement(read, one.query().arguments(), one.access(), fault)
                                        .isPresent()) {
                                    noticed.merge(name, 1, Integer::sum);
                                }
                            }));
                }
            }
        }
        noticed.forEach((name, reads) -> System.out.printf("planted: %-48s noticed by %4d reads%n", name, reads));
        assertThat(noticed)
                .allSatisfy((name, reads) -> assertThat(reads).as(name).isPositive());
    }

    private static final Map<String, Fault> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("equal rows are returned once", rows((read, rows) -> new ArrayList<>(new LinkedHashSet<>(rows))));
        FAULTS.put("nulls are sorted last when ascending", rows(PlantedFaultsTest::nullsLast));
        FAULTS.put("a least number of hops is ignored", steps(step -> hops(step, 1, step.most())));
        FAULTS.put(
                "the farthest hop is forgotten",
                steps(step -> hops(step, step.least(), Math.max(step.least(), step.most() - 1))));
        FAULTS.put(
                "an undirected step runs forward only",
                steps(step -> step.direction() == Pattern.Direction.BOTH ? directed(step) : step));
        FAULTS.put(
                "parallel edges collapse behind an edge variable that nobody reads",
                statements(PlantedFaultsTest::withoutUnreadEdges));
        FAULTS.put("a negation within a negation is left out", patterns(PlantedFaultsTest::shallow));
        FAULTS.put(
                "a step of a negation runs the wrong way",
                patterns(pattern -> new Pattern(
                        pattern.nodes(),
                        pattern.steps(),
                        pattern.filters(),
                        pattern.negations().stream()
                                .map(PlantedFaultsTest::turned)
                                .toList())));
        FAULTS.put("greater than holds for equals", filters(PlantedFaultsTest::loose));
        FAULTS.put("a fraction is cut to compare with an integer", filters(PlantedFaultsTest::cut));
        FAULTS.put("count counts nulls", statements(PlantedFaultsTest::countingNulls));
        FAULTS.put("the limit is applied before the order", statements(PlantedFaultsTest::unordered));
        FAULTS.put("row rules of edges are ignored", access((name, rule) -> edgeLike(name) ? RowAccess.ALL : rule));
        FAULTS.put(
                "a complement drops rows whose value is null",
                access((name, rule) -> rows(rule, unknowing(rule.rows()))));
        FAULTS.put(
                "masks are ignored",
                access((name, rule) ->
                        new RowAccess(rule.granted(), rule.rows(), Map.of(), rule.denied(), rule.writes())));
        FAULTS.put("the last filter of a block is lost", patterns(PlantedFaultsTest::withoutLastFilter));
    }

    private static boolean edgeLike(String name) {
        return Set.of("Near", "Holds", "Meets").contains(name);
    }

    private interface RowChange {
        List<List<Object>> apply(CheckedStatement.Read read, List<List<Object>> rows);
    }

    private interface RuleChange {
        RowAccess apply(String name, RowAccess rule);
    }

    private static Fault rows(RowChange change) {
        return new Fault() {
            @Override
            public List<List<Object>> rows(CheckedStatement.Read read, List<List<Object>> rows) {
                return change.apply(read, rows);
            }
        };
    }

    private static Fault access(RuleChange change) {
        return new Fault() {
            @Override
            public Map<String, RowAccess> access(Map<String, RowAccess> access) {
                Map<String, RowAccess> changed = new HashMap<>();
                access.forEach((name, rule) -> changed.put(name, rule.granted() ? change.apply(name, rule) : rule));
                return changed;
            }
        };
    }

    private static Fault statements(UnaryOperator<CheckedStatement.Read> change) {
        return new Fault() {
            @Override
            public CheckedStatement.Read statement(CheckedStatement.Read read) {
                return change.apply(read);
            }
        };
    }

    private static Fault patterns(UnaryOperator<Pattern> change) {
        return statements(read -> with(read, change.apply(read.pattern())));
    }

    private static Fault steps(UnaryOperator<Pattern.Step> change) {
        return patterns(pattern -> everywhere(pattern, change, filter -> filter));
    }

    private static Fault filters(UnaryOperator<Predicate> change) {
        return patterns(pattern -> everywhere(pattern, step -> step, change));
    }

    private static Pattern everywhere(
            Pattern pattern, UnaryOperator<Pattern.Step> step, UnaryOperator<Predicate> filter) {
        return new Pattern(
                pattern.nodes(),
                pattern.steps().stream().map(step).toList(),
                pattern.filters().stream().map(filter).toList(),
                pattern.negations().stream()
                        .map(one -> everywhere(one, step, filter))
                        .toList());
    }

    private static CheckedStatement.Read with(CheckedStatement.Read read, Pattern pattern) {
        return new CheckedStatement.Read(
                read.name(),
                read.parameters(),
                pattern,
                read.projections(),
                read.order(),
                read.limit(),
                read.touched(),
                read.schemaHash());
    }

    private static List<List<Object>> nullsLast(CheckedStatement.Read read, List<List<Object>> rows) {
        if (read.order().isEmpty()
                || read.order().getFirst().descending()
                || read.order().getFirst().expression().isPresent()) {
            return rows;
        }
        int column = read.order().getFirst().projection();
        List<List<Object>> sorted = new ArrayList<>(
                rows.stream().filter(row -> row.get(column) != null).toList());
        rows.stream().filter(row -> row.get(column) == null).forEach(sorted::add);
        return sorted;
    }

    private static Pattern.Step hops(Pattern.Step step, int least, int most) {
        return new Pattern.Step(
                step.from(), step.to(), step.edge(), step.direction(), least, most, step.edgeVariable());
    }

    private static Pattern.Step directed(Pattern.Step step) {
        return new Pattern.Step(
                step.from(),
                step.to(),
                step.edge(),
                Pattern.Direction.OUT,
                step.least(),
                step.most(),
                step.edgeVariable());
    }

    private static Pattern turned(Pattern pattern) {
        return new Pattern(
                pattern.nodes(),
                pattern.steps().stream()
                        .map(step -> step.edge().source().equals(step.edge().destination())
                                ? new Pattern.Step(
                                        step.to(),
                                        step.from(),
                                        step.edge(),
                                        step.direction(),
                                        step.least(),
                                        step.most(),
                                        step.edgeVariable())
                                : step)
                        .toList(),
                pattern.filters(),
                pattern.negations());
    }

    private static Pattern shallow(Pattern pattern) {
        return new Pattern(
                pattern.nodes(),
                pattern.steps(),
                pattern.filters(),
                pattern.negations().stream()
                        .map(one -> new Pattern(one.nodes(), one.steps(), one.filters(), List.of()))
                        .toList());
    }

    private static Pattern withoutLastFilter(Pattern pattern) {
        return new Pattern(
                pattern.nodes(),
                pattern.steps(),
                pattern.filters().isEmpty()
                        ? List.of()
                        : pattern.filters().subList(0, pattern.filters().size() - 1),
                pattern.negations());
    }

    private static CheckedStatement.Read withoutUnreadEdges(CheckedStatement.Read read) {
        Set<String> readable = new HashSet<>();
        read.projections().forEach(one -> mentioned(one.expression(), readable));
        read.order().forEach(key -> key.expression().ifPresent(one -> mentioned(one, readable)));
        filtered(read.pattern(), readable);
        Pattern pattern = read.pattern();
        List<Pattern.Step> steps = pattern.steps().stream()
                .map(step -> step.edgeVariable().filter(readable::contains).isPresent()
                        ? step
                        : new Pattern.Step(
                                step.from(),
                                step.to(),
                                step.edge(),
                                step.direction(),
                                step.least(),
                                step.most(),
                                Optional.empty()))
                .toList();
        return with(read, new Pattern(pattern.nodes(), steps, pattern.filters(), pattern.negations()));
    }

    private static void filtered(Pattern pattern, Set<String> into) {
        pattern.filters().forEach(filter -> Mentioned.variables(filter, into));
        pattern.negations().forEach(negation -> filtered(negation, into));
    }

    private static void mentioned(Expression expression, Set<String> into) {
        switch (expression) {
            case Expression.PropertyOf property -> into.add(property.variable());
            case Expression.Aggregate aggregate -> mentioned(aggregate.argument(), into);
            default -> {}
        }
    }

    private static Predicate loose(Predicate filter) {
        return filter instanceof Predicate.Compare(var left, var operator, var right) && operator == Operator.GT
                ? new Predicate.Compare(left, Operator.GTE, right)
                : filter;
    }

    private static Predicate cut(Predicate filter) {
        return filter
                                instanceof
                                Predicate.Compare(
                                        var left,
                                        var operator,
                                        Expression.Constant(Object value, PropertyType type))
                        && value instanceof Double fraction
                        && left.type().scalar() != Scalar.F64
                        && left.type().scalar() != Scalar.F32
                ? new Predicate.Compare(left, operator, new Expression.Constant(Math.floor(fraction), type))
                : filter;
    }

    private static CheckedStatement.Read countingNulls(CheckedStatement.Read read) {
        List<Projection> projections = read.projections().stream()
                .map(one -> one.expression()
                                        instanceof
                                        Expression.Aggregate(
                                                var function,
                                                Expression.PropertyOf(
                                                        var variable,
                                                        EntityType.Node owner,
                                                        var property),
                                                var type)
                                && function == Expression.Aggregate.Function.COUNT
                        ? new Projection(
                                one.column(),
                                new Expression.Aggregate(function, new Expression.NodeOf(variable, owner), type))
                        : one)
                .toList();
        return new CheckedStatement.Read(
                read.name(),
                read.parameters(),
                read.pattern(),
                projections,
                read.order(),
                read.limit(),
                read.touched(),
                read.schemaHash());
    }

    private static CheckedStatement.Read unordered(CheckedStatement.Read read) {
        return new CheckedStatement.Read(
                read.name(),
                read.parameters(),
                read.pattern(),
                read.projections(),
                read.limit().isPresent() ? List.of() : read.order(),
                read.limit().isPresent() ? OptionalLong.of(read.limit().getAsLong()) : OptionalLong.empty(),
                read.touched(),
                read.schemaHash());
    }

    private static RowAccess rows(RowAccess rule, Condition rows) {
        return new RowAccess(rule.granted(), rows, rule.masks(), rule.denied(), rule.writes());
    }

    private static Condition unknowing(Condition condition) {
        return switch (condition) {
            case Condition.Not(Condition.Field field) ->
                switch (field.comparison()) {
                    case EQ -> new Condition.Field(field.property(), Condition.Comparison.NE, field.operand());
                    case NE -> new Condition.Field(field.property(), Condition.Comparison.EQ, field.operand());
                    case LT -> new Condition.Field(field.property(), Condition.Comparison.GTE, field.operand());
                    case LTE -> new Condition.Field(field.property(), Condition.Comparison.GT, field.operand());
                    case GT -> new Condition.Field(field.property(), Condition.Comparison.LTE, field.operand());
                    case GTE -> new Condition.Field(field.property(), Condition.Comparison.LT, field.operand());
                    case IN, CONTAINS, STARTS_WITH -> condition;
                };
            case Condition.All all ->
                new Condition.All(
                        all.parts().stream().map(PlantedFaultsTest::unknowing).toList());
            case Condition.Any any ->
                new Condition.Any(
                        any.parts().stream().map(PlantedFaultsTest::unknowing).toList());
            default -> condition;
        };
    }
}
