package io.precinct.bench;

import io.precinct.bench.Queries.Query;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Times every query of {@code person.gq}, warm, one thread, one start person a call, and prints the median in
 * microseconds: Precinct, Precinct under a row rule and a mask, and with {@code --others} Kùzu and Neo4j in the same
 * run, whose answers must be equal. Arguments: a folder to work in, then {@code --others}, {@code --persons N},
 * {@code --edges N}, {@code --only QUERY}.
 */
public final class PersonBenchmark {
    private static final int AGE = 60;
    private static final int SCAN_AGE = 80;
    private static final String CITY = "city05";

    private final List<String> starts;
    private final Map<String, Map<String, Double>> medians = new LinkedHashMap<>();
    private final Map<String, List<List<String>>> answers = new LinkedHashMap<>();

    private PersonBenchmark(List<String> starts) {
        this.starts = starts;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> given = Arrays.asList(arguments);
        Path folder = Path.of(given.getFirst());
        Path data = folder.resolve("data");
        PersonGraph.write(data, number(given, "--persons", 200_000), number(given, "--edges", 2_000_000), 7);
        PersonBenchmark benchmark = new PersonBenchmark(Files.readAllLines(data.resolve("seeds.txt")));
        String only = given.contains("--only") ? given.get(given.indexOf("--only") + 1) : "";
        try (PrecinctSubject whole =
                new PrecinctSubject("Precinct", folder.resolve("precinct"), AccessGate.UNRESTRICTED)) {
            load(whole, data);
            benchmark.measure(whole, only, true);
            benchmark.measure(new PrecinctSubject("restricted", whole, restricted()), only, false);
        }
        if (given.contains("--others")) {
            try (Subject neo4j = new Neo4jSubject(folder.resolve("neo4j"))) {
                load(neo4j, data);
                benchmark.measure(neo4j, only, true);
            }
            try (Subject kuzu = new KuzuSubject(folder.resolve("kuzu"))) {
                load(kuzu, data);
                benchmark.measure(kuzu, only, true);
            }
        }
        benchmark.print();
    }

    private static int number(List<String> given, String option, int otherwise) {
        int at = given.indexOf(option);
        return at < 0 ? otherwise : Integer.parseInt(given.get(at + 1));
    }

    private static void load(Subject subject, Path data) throws Exception {
        System.out.printf("%s: load %,.0f records/s%n", subject.name(), subject.load(data));
    }

    /** Sees nine in ten people, and nobody's name. */
    private static AccessGate restricted() {
        RowAccess people = new RowAccess(
                true,
                new Condition.Field("age", Condition.Comparison.LT, new Operand.Whole(82)),
                Map.of("name", new Mask(Mask.Kind.NULL, Condition.NEVER)),
                Set.of(),
                Condition.NEVER);
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return typeName.equals("Person") ? people : RowAccess.ALL;
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(List.of("reads_only"));
            }
        };
    }

    private void measure(Subject subject, String only, boolean comparable) throws Exception {
        for (Query query : Queries.ALL) {
            if (!query.name().contains(only)) {
                continue;
            }
            Subject.Prepared prepared = subject.prepare(query);
            List<List<Object>> calls = calls(query);
            if (comparable) {
                List<List<String>> collected = new ArrayList<>();
                for (List<Object> call : calls.subList(0, Math.min(40, calls.size()))) {
                    collected.add(prepared.run(call, true));
                }
                List<List<String>> known = answers.putIfAbsent(query.name(), collected);
                if (known != null && !known.equals(collected)) {
                    throw new IllegalStateException(subject.name() + " answers " + query.name() + " otherwise");
                }
            }
            long until = System.nanoTime() + 1_500_000_000L;
            while (System.nanoTime() < until) {
                for (List<Object> call : calls) {
                    prepared.run(call, false);
                }
            }
            int rounds = query.kind() == Queries.Kind.WHOLE ? 20 : 5;
            long[] nanos = new long[rounds * calls.size()];
            for (int i = 0; i < nanos.length; i++) {
                List<Object> call = calls.get(i % calls.size());
                long began = System.nanoTime();
                prepared.run(call, false);
                nanos[i] = System.nanoTime() - began;
            }
            Arrays.sort(nanos);
            medians.computeIfAbsent(query.name(), name -> new LinkedHashMap<>())
                    .put(subject.name(), nanos[nanos.length / 2] / 1e3);
        }
    }

    private List<List<Object>> calls(Query query) {
        return switch (query.kind()) {
            case PERSON -> starts.stream().map(pid -> List.<Object>of(pid)).toList();
            case FILTERED ->
                starts.stream().map(pid -> List.<Object>of(pid, AGE, CITY)).toList();
            case CITY -> {
                List<List<Object>> cities = new ArrayList<>();
                for (int city = 0; city < 100; city += 10) {
                    cities.add(List.of("city%02d".formatted(city), SCAN_AGE));
                }
                yield cities;
            }
            case WHOLE -> List.of(List.of());
        };
    }

    private void print() throws IOException {
        List<String> subjects = medians.values().stream()
                .flatMap(row -> row.keySet().stream())
                .distinct()
                .toList();
        StringBuilder head = new StringBuilder("%-10s".formatted("p50, us"));
        subjects.forEach(subject -> head.append("%12s".formatted(subject)));
        subjects.stream().skip(1).forEach(subject -> head.append("%14s".formatted("x " + subject)));
        System.out.println(head);
        medians.forEach((query, row) -> {
            StringBuilder line = new StringBuilder("%-10s".formatted(query));
            double own = row.get("Precinct");
            subjects.forEach(subject -> line.append("%12.1f".formatted(row.getOrDefault(subject, Double.NaN))));
            subjects.stream()
                    .skip(1)
                    .forEach(subject -> line.append("%14.2f".formatted(row.getOrDefault(subject, Double.NaN) / own)));
            System.out.println(line);
        });
    }
}
