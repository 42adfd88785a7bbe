package io.precinct.engine.exec;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.Rank;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.search.TextAnalysis;
import io.precinct.engine.search.TextQuery;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Rank functions over the bindings of a whole pattern: scores of entities, and the order that they give the bindings.
 * Statistics of texts are those of the rows that exist for the caller. Used by one thread.
 */
final class Ranking {
    private static final int CHECKED = 4_096;

    /** Of an entity that an arm doesn't rank. */
    private static final double NOWHERE = Double.POSITIVE_INFINITY;

    /** Of a binding that is ranked: its entity, score and boxed places in the lists that order it. */
    private static final long CANDIDATE_BYTES = 160;

    private final Allowance allowance;
    private final Registers registers;
    private final Ordering ordering;
    private final TextMatching texts;
    private final Function<TypeId, Visibility> visible;
    private final Bindings bindings;
    private final Map<Rank.Arm, Costs> costs = new HashMap<>();
    private final Map<Rank.Rrf, Fusion> fusions = new HashMap<>();

    /** What ranks an entity in an arm by row number of its variable: least first, {@link #NOWHERE} for not at all. */
    @FunctionalInterface
    private interface Costs {
        double of(int row);
    }

    /** Scores and places of the first variable's entities; places count from 0. */
    private record Fusion(Map<Integer, Double> scores, Map<Integer, Integer> first, Map<Integer, Integer> second) {
        double score(int row) {
            return scores.getOrDefault(row, 0.0);
        }
    }

    Ranking(
            Registers registers,
            Ordering ordering,
            TextMatching texts,
            Function<TypeId, Visibility> visible,
            Bindings bindings,
            Allowance allowance) {
        this.allowance = allowance;
        this.registers = registers;
        this.ordering = ordering;
        this.texts = texts;
        this.visible = visible;
        this.bindings = bindings;
    }

    /** Whether a row depends on others, so that none may be left out before all were found. */
    static boolean needsEverything(CheckedStatement.Read statement) {
        return statement.rank().isPresent()
                || statement.projections().stream()
                        .anyMatch(one -> one.expression() instanceof Expression.Score(Rank.Rrf fusion));
    }

    /** The score that a projection shows. */
    Registers.Value score(Rank rank) {
        int register = registers.register(rank.variable());
        return switch (rank) {
            case Rank.Nearest nearest -> {
                Costs distances = costs(nearest);
                yield binding -> {
                    double distance = distances.of(binding[register]);
                    return distance == NOWHERE ? null : (Object) distance;
                };
            }
            case Rank.Bm25 bm25 -> {
                Costs scores = costs(bm25);
                yield binding -> {
                    double cost = scores.of(binding[register]);
                    return cost == NOWHERE ? 0.0 : -cost;
                };
            }
            case Rank.Rrf fusion -> {
                Fusion fused = fused(fusion);
                yield binding -> fused.score(binding[register]);
            }
        };
    }

    /**
     * Indexes of the bindings whose entity is ranked, best first, those of one entity side by side, cut at the limit.
     * Ties are broken by the further keys of the order, then by ids.
     */
    int[] order(Rank rank) {
        allowance.take(bindings.count() * CANDIDATE_BYTES);
        int[] entities = column(registers.register(rank.variable()));
        long limit = ordering.limit();
        Comparator<Integer> ties = ordering.keysThenIds(bindings, rank.variable())::compare;
        return switch (rank) {
            case Rank.Arm arm -> {
                Costs cost = costs(arm);
                double[] known = new double[entities.length];
                for (int i = 0; i < known.length; i++) {
                    if (i % CHECKED == 0) {
                        texts.check();
                    }
                    known[i] = cost.of(entities[i]);
                }
                Integer[] ranked = best(entities, known, limit);
                Arrays.sort(
                        ranked,
                        Comparator.<Integer>comparingDouble(i -> known[i]).thenComparing(ties));
                yield adjacent(ranked, entities, limit);
            }
            case Rank.Rrf fusion -> {
                Fusion fused = fused(fusion);
                double[] known = new double[entities.length];
                for (int i = 0; i < known.length; i++) {
                    Double score = fused.scores().get(entities[i]);
                    known[i] = score == null ? NOWHERE : -score;
                }
                Integer[] ranked = best(entities, known, limit);
                Arrays.sort(
                        ranked,
                        Comparator.<Integer>comparingDouble(i -> known[i])
                                .thenComparingInt(i -> fused.first().getOrDefault(entities[i], Integer.MAX_VALUE))
                                .thenComparingInt(i -> fused.second().getOrDefault(entities[i], Integer.MAX_VALUE))
                                .thenComparing(ties));
                yield adjacent(ranked, entities, limit);
            }
        };
    }

    /** The row numbers that the bindings give one variable. */
    private int[] column(int register) {
        int[] rows = new int[bindings.count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = bindings.cell(i, register);
        }
        return rows;
    }

    private Integer[] indexes(java.util.function.IntPredicate taken) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < bindings.count(); i++) {
            if (taken.test(i)) {
                indexes.add(i);
            }
        }
        return indexes.toArray(Integer[]::new);
    }

    /** Bindings that can be among the first {@code limit}: those of entities no worse than the limit's last. */
    private Integer[] best(int[] entities, double[] known, long limit) {
        double worst = Double.MAX_VALUE;
        if (limit < entities.length) {
            Map<Integer, Double> once = new HashMap<>();
            for (int i = 0; i < entities.length; i++) {
                once.put(entities[i], known[i]);
            }
            double[] sorted = once.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            if (limit <= sorted.length) {
                worst = limit == 0 ? Double.NEGATIVE_INFINITY : Math.min(worst, sorted[(int) limit - 1]);
            }
        }
        double last = worst;
        return indexes(i -> known[i] <= last);
    }

    /** Groups the bindings of one entity at its best one. */
    private static int[] adjacent(Integer[] ranked, int[] entities, long limit) {
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        for (Integer index : ranked) {
            groups.computeIfAbsent(entities[index], none -> new ArrayList<>()).add(index);
        }
        return groups.values().stream()
                .flatMap(List::stream)
                .limit(limit)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private Fusion fused(Rank.Rrf fusion) {
        Fusion known = fusions.get(fusion);
        if (known == null) {
            known = fuse(fusion);
            fusions.put(fusion, known);
        }
        return known;
    }

    private Fusion fuse(Rank.Rrf fusion) {
        long k = constant(fusion.k());
        Map<Integer, Integer> first = places(fusion.first(), fusion.variable());
        Map<Integer, Integer> second = places(fusion.second(), fusion.variable());
        Set<Integer> union = new LinkedHashSet<>(first.keySet());
        union.addAll(second.keySet());
        Map<Integer, Double> scores = new HashMap<>();
        for (Integer entity : union) {
            scores.put(entity, share(k, first.get(entity)) + share(k, second.get(entity)));
        }
        return new Fusion(scores, first, second);
    }

    private static double share(long k, Integer place) {
        return place == null ? 0 : 1.0 / (k + place + 1.0);
    }

    /** The k of a fusion that ranks nothing is never asked for, so null is a fault like 0. */
    private long constant(Expression k) {
        Object value = registers.value(k).of(new int[0]);
        long number = value == null ? 0 : ((Number) value).longValue();
        if (number <= 0) {
            throw new EngineException(new EngineFailure.Invalid(
                    List.of(Diagnostic.atLine("T21", "the k of rrf() is a positive integer, not " + value, 0))));
        }
        return number;
    }

    /** Places of one variable's entities in an arm: by cost, then id, each at its first appearance. */
    private Map<Integer, Integer> places(Rank.Arm arm, String variable) {
        int own = registers.register(arm.variable());
        int wanted = registers.register(variable);
        Costs cost = costs(arm);
        Top.Order ownIds = ordering.entity(arm.variable());
        Top.Order wantedIds = ordering.entity(variable);
        record Pair(int own, int wanted) {}
        Set<Pair> pairs = new LinkedHashSet<>();
        for (int i = 0; i < bindings.count(); i++) {
            if (i % CHECKED == 0) {
                texts.check();
            }
            if (cost.of(bindings.cell(i, own)) != NOWHERE) {
                pairs.add(new Pair(bindings.cell(i, own), bindings.cell(i, wanted)));
            }
        }
        List<Pair> ranked = new ArrayList<>(pairs);
        ranked.sort(Comparator.<Pair>comparingDouble(pair -> cost.of(pair.own()))
                .thenComparing((a, b) -> ownIds.compare(a.own(), b.own()))
                .thenComparing((a, b) -> wantedIds.compare(a.wanted(), b.wanted())));
        Map<Integer, Integer> places = new HashMap<>();
        ranked.forEach(pair -> places.putIfAbsent(pair.wanted(), places.size()));
        return places;
    }

    private Costs costs(Rank.Arm arm) {
        Costs known = costs.get(arm);
        if (known == null) {
            known = switch (arm) {
                case Rank.Nearest nearest -> distances(nearest);
                case Rank.Bm25 bm25 -> scores(bm25);
            };
            costs.put(arm, known);
        }
        return known;
    }

    private Costs distances(Rank.Nearest nearest) {
        Object query = registers.value(nearest.query()).of(new int[0]);
        if (query == null) {
            return row -> NOWHERE;
        }
        if (!(query instanceof float[] wanted)) {
            throw new IllegalStateException("the text of nearest() was not embedded before execution");
        }
        TypeView rows = registers.view(nearest.variable());
        Column vectors = rows.column(nearest.property().property().id());
        // A row is asked for once by each binding and again by each comparison; NaN is not known yet.
        double[] known = new double[rows.rows()];
        Arrays.fill(known, Double.NaN);
        return row -> {
            if (Double.isNaN(known[row])) {
                known[row] = vectors.isNull(row) ? NOWHERE : distance(wanted, (float[]) vectors.valueAt(row));
            }
            return known[row];
        };
    }

    /** Euclidean, summed in double precision. */
    private static double distance(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            double difference = (double) one[i] - other[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    private Costs scores(Rank.Bm25 bm25) {
        Optional<String> query = texts.text(bm25.query());
        if (query.isEmpty()) {
            return row -> NOWHERE;
        }
        TypeView rows = registers.view(bm25.variable());
        Visibility seen = visible.apply(rows.type().id());
        double[] scores = texts.column(rows.type(), bm25.property().property(), TextAnalysis.Form.STEMS)
                .bm25(TextQuery.stems(query.get()), rows.rows(), row -> rows.live(row) && seen.test(row));
        return row -> scores[row] > 0 ? -scores[row] : NOWHERE;
    }
}
