package io.precinct.engine.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.search.TextAnalysis;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Ranked reads of random libraries equal the definition, tried on every pair of a paper and its author; and under row
 * rules they equal the same read of the library that holds only the visible rows, scores and statistics included.
 */
class RankedRowsTest {
    private static final int ROUNDS = 3_000;
    private static final String[] WORDS = {"whale", "whales", "sea", "map", "maps", "run", "running", "the", "of"};

    /** One row of the match: a paper and an author of it. */
    private record Pair(EntityRow paper, EntityRow author) {
        EntityRow of(String variable) {
            return variable.equals("p") ? paper : author;
        }
    }

    /** An arm as text, and as what it means: the cost of an entity, empty when it isn't ranked. */
    private record Arm(String text, String variable, Function<EntityRow, Optional<Double>> cost) {}

    @Test
    void rankedReadsEqualTheDefinitionUnderEveryRule() {
        long base = Long.getLong("precinct.seed", 20_261_124L);
        for (long seed = base; seed < base + ROUNDS; seed++) {
            round(seed);
        }
    }

    private static void round(long seed) {
        Random random = new Random(seed);
        Library library = library(random);
        int year = random.nextInt(5);
        int team = random.nextInt(4);
        boolean ruled = random.nextBoolean();
        Library seen = ruled ? library.where((type, row) -> visible(type, row, year, team)) : library;
        AccessGate gate = ruled ? gate(year, team) : AccessGate.UNRESTRICTED;
        Arm first = arm(random, seen);
        Arm second = arm(random, seen);
        boolean fused = random.nextInt(3) == 0;
        int limit = random.nextInt(8);
        boolean descending = random.nextBoolean();
        String rank = fused ? "rrf(" + first.text() + ", " + second.text() + ", 3)" : first.text();
        String words = words(random);
        boolean filtered = random.nextBoolean();
        String query = "query q() { match { $a: Author  $p writtenBy $a "
                + (filtered ? "search($a.bio, \"" + words + "\") " : "")
                + "} return { $p, $a, " + rank + " as s } order { " + rank + ", $p.year"
                + (descending ? " desc" : "") + " } limit " + limit + " }";
        List<Pair> pairs = pairs(
                seen,
                row -> !filtered
                        || text(Library.AUTHOR, row, "bio")
                                .filter(bio -> shares(bio, words))
                                .isPresent());
        List<List<Object>> declared =
                fused ? fused(pairs, first, second, descending, limit) : ranked(pairs, first, descending, limit);
        String said = "seed " + seed + ", " + query + (ruled ? ", year >= " + year + ", team >= " + team : "");
        assertThat(library.run(query, "{}", gate, random)).as(said).isEqualTo(declared);
    }

    private static boolean visible(EntityType type, EntityRow row, int year, int team) {
        boolean paper = type.equals(Library.PAPER);
        return Library.value(type, row, paper ? "year" : "team")
                .filter(n -> (Integer) n >= (paper ? year : team))
                .isPresent();
    }

    private static AccessGate gate(int year, int team) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return switch (typeName) {
                    case "Paper" -> least("year", year);
                    case "Author" -> least("team", team);
                    default -> RowAccess.ALL;
                };
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(List.of("reads only"));
            }
        };
    }

    private static RowAccess least(String property, int least) {
        Condition rows = new Condition.Field(property, Condition.Comparison.GTE, new Operand.Whole(least));
        return new RowAccess(true, rows, Map.of(), Set.of(), Condition.NEVER);
    }

    private static Library library(Random random) {
        Library library = new Library();
        int papers = 1 + random.nextInt(6);
        int authors = 1 + random.nextInt(4);
        for (int i = 0; i < papers; i++) {
            library.paper("p" + i, number(random), null, sentence(random), vector(random));
        }
        for (int i = 0; i < authors; i++) {
            library.author("a" + i, number(random), sentence(random), vector(random));
        }
        for (int i = random.nextInt(12); i > 0; i--) {
            library.edge(Library.WRITTEN_BY, "p" + random.nextInt(papers), "a" + random.nextInt(authors));
        }
        return library;
    }

    private static Integer number(Random random) {
        return random.nextInt(5) == 0 ? null : random.nextInt(6);
    }

    private static float[] vector(Random random) {
        return random.nextInt(4) == 0 ? new float[0] : new float[] {random.nextInt(3), random.nextInt(3)};
    }

    private static String sentence(Random random) {
        return random.nextInt(5) == 0 ? null : words(random);
    }

    private static String words(Random random) {
        StringBuilder words = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            words.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
        return words.toString().strip();
    }

    private static Arm arm(Random random, Library seen) {
        String variable = random.nextBoolean() ? "p" : "a";
        EntityType type = variable.equals("p") ? Library.PAPER : Library.AUTHOR;
        if (random.nextBoolean()) {
            int x = random.nextInt(3);
            int y = random.nextInt(3);
            return new Arm(
                    "nearest($" + variable + ".vec, [" + x + ", " + y + "])",
                    variable,
                    row -> Library.value(type, row, "vec")
                            .map(v -> Math.hypot(((float[]) v)[0] - x, ((float[]) v)[1] - y)));
        }
        String property = variable.equals("p") ? "body" : "bio";
        String words = words(random);
        return new Arm(
                "bm25($" + variable + "." + property + ", \"" + words + "\")",
                variable,
                row -> bm25(seen, type, property, row, words).map(score -> -score));
    }

    private static Optional<String> text(EntityType type, EntityRow row, String property) {
        return Library.value(type, row, property).map(String.class::cast);
    }

    private static List<String> stems(String text) {
        List<String> stems = new ArrayList<>();
        TextAnalysis.each(text, TextAnalysis.Form.STEMS, stems::add);
        return stems;
    }

    private static boolean shares(String text, String words) {
        return stems(text).stream().anyMatch(new HashSet<>(stems(words))::contains);
    }

    /** The formula, term by term, over the rows that there are. */
    private static Optional<Double> bm25(Library seen, EntityType type, String property, EntityRow row, String words) {
        List<List<String>> all = seen.of(type).stream()
                .flatMap(one -> text(type, one, property).stream())
                .map(RankedRowsTest::stems)
                .toList();
        Optional<List<String>> own = text(type, row, property).map(RankedRowsTest::stems);
        if (own.isEmpty() || own.get().stream().noneMatch(stems(words)::contains)) {
            return Optional.empty();
        }
        long tokens = all.stream().mapToLong(List::size).sum();
        double average = tokens / (double) all.size();
        double score = 0;
        for (String term : TextAnalysis.distinct(words, TextAnalysis.Form.STEMS)) {
            long holders = all.stream().filter(one -> one.contains(term)).count();
            double times = own.get().stream().filter(term::equals).count();
            score += Math.log(1 + (all.size() - holders + 0.5) / (holders + 0.5))
                    * times
                    / (times + 1.2 * (1 - 0.75 + 0.75 * own.get().size() / average));
        }
        return Optional.of(score);
    }

    private static List<Pair> pairs(Library seen, Function<EntityRow, Boolean> admitted) {
        List<Pair> pairs = new ArrayList<>();
        for (EntityRow paper : seen.of(Library.PAPER)) {
            for (EntityRow author : seen.of(Library.AUTHOR)) {
                if (seen.linked(Library.WRITTEN_BY, paper, author) && admitted.apply(author)) {
                    pairs.add(new Pair(paper, author));
                }
            }
        }
        return pairs;
    }

    private static Comparator<Pair> byYear(boolean descending) {
        Comparator<Pair> ascending = Comparator.comparingInt(pair -> Library.value(Library.PAPER, pair.paper(), "year")
                .map(Integer.class::cast)
                .orElse(-1));
        return descending ? ascending.reversed() : ascending;
    }

    private static Comparator<Pair> byIds() {
        return Comparator.comparing((Pair pair) -> pair.author().id())
                .thenComparing(pair -> pair.paper().id());
    }

    private static List<List<Object>> ranked(List<Pair> pairs, Arm arm, boolean descending, int limit) {
        List<Pair> sorted = new ArrayList<>(pairs);
        sorted.removeIf(pair -> arm.cost().apply(pair.of(arm.variable())).isEmpty());
        sorted.sort(Comparator.<Pair>comparingDouble(
                        pair -> arm.cost().apply(pair.of(arm.variable())).orElseThrow())
                .thenComparing(byYear(descending))
                .thenComparing(pair -> pair.of(arm.variable()).id())
                .thenComparing(byIds()));
        Map<String, List<Pair>> grouped = new LinkedHashMap<>();
        sorted.forEach(pair -> grouped.computeIfAbsent(pair.of(arm.variable()).id(), none -> new ArrayList<>())
                .add(pair));
        boolean distance = arm.text().startsWith("nearest");
        return grouped.values().stream()
                .flatMap(List::stream)
                .limit(limit)
                .map(pair -> {
                    double cost = arm.cost().apply(pair.of(arm.variable())).orElseThrow();
                    return List.<Object>of(pair.paper().id(), pair.author().id(), distance ? cost : -cost);
                })
                .toList();
    }

    private static List<List<Object>> fused(List<Pair> pairs, Arm first, Arm second, boolean descending, int limit) {
        Map<String, Integer> one = places(pairs, first, first.variable());
        Map<String, Integer> other = places(pairs, second, first.variable());
        Function<Pair, String> entity = pair -> pair.of(first.variable()).id();
        Function<Pair, Double> score =
                pair -> share(one.get(entity.apply(pair))) + share(other.get(entity.apply(pair)));
        return pairs.stream()
                .filter(pair -> one.containsKey(entity.apply(pair)) || other.containsKey(entity.apply(pair)))
                .sorted(Comparator.<Pair>comparingDouble(pair -> -score.apply(pair))
                        .thenComparingInt(pair -> one.getOrDefault(entity.apply(pair), Integer.MAX_VALUE))
                        .thenComparingInt(pair -> other.getOrDefault(entity.apply(pair), Integer.MAX_VALUE))
                        .thenComparing(byYear(descending))
                        .thenComparing(byIds()))
                .limit(limit)
                .map(pair -> List.<Object>of(pair.paper().id(), pair.author().id(), score.apply(pair)))
                .toList();
    }

    private static double share(Integer place) {
        return place == null ? 0 : 1.0 / (3 + place + 1);
    }

    private static Map<String, Integer> places(List<Pair> pairs, Arm arm, String variable) {
        Map<String, Integer> places = new HashMap<>();
        pairs.stream()
                .filter(pair -> arm.cost().apply(pair.of(arm.variable())).isPresent())
                .sorted(Comparator.<Pair>comparingDouble(pair ->
                                arm.cost().apply(pair.of(arm.variable())).orElseThrow())
                        .thenComparing(pair -> pair.of(arm.variable()).id())
                        .thenComparing(pair -> pair.of(variable).id()))
                .forEach(pair -> places.putIfAbsent(pair.of(variable).id(), places.size()));
        return places;
    }
}
