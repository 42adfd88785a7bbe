package io.precinct.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * A seeded graph of people who know each other: out- and in-degrees follow power laws (exponents 0.5 and 0.7 over the
 * ranks), three in ten ranks are the same on both sides, and there are neither loops nor parallel edges, so that every
 * system compared agrees on what a relation is. The same numbers give the same files.
 */
public final class PersonGraph {
    /** What a generated folder holds: {@code graph.jsonl}, {@code persons.csv}, {@code knows.csv}, {@code seeds.txt}. */
    public static final String RECORDS = "graph.jsonl";

    private static final List<String> WORDS = List.of(
            "amber", "anchor", "basin", "birch", "canyon", "cedar", "cobalt", "coral", "delta", "ember", "fern",
            "flint", "garnet", "grove", "harbor", "heron", "indigo", "iris", "jade", "kelp", "larch", "linden", "maple",
            "mesa", "moss", "oak", "onyx", "otter", "pine", "quartz", "raven", "reed", "saffron", "slate", "thistle",
            "topaz", "velvet", "willow", "winter", "zephyr");
    private static final List<String> FIRST =
            List.of("Ada", "Bo", "Cai", "Dag", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kai", "Lea", "Max", "Noa");
    private static final List<String> LAST =
            List.of("Berg", "Costa", "Dahl", "Evans", "Faria", "Hansen", "Ito", "Kaya", "Lima", "Novak", "Rossi");

    private final int persons;
    private final int edges;
    private final SplittableRandom random;

    private PersonGraph(int persons, int edges, long seed) {
        this.persons = persons;
        this.edges = edges;
        this.random = new SplittableRandom(seed);
    }

    /** Writes the files, unless the folder already holds them. */
    public static void write(Path folder, int persons, int edges, long seed) throws IOException {
        if (Files.exists(folder.resolve("seeds.txt"))) {
            return;
        }
        Files.createDirectories(folder);
        new PersonGraph(persons, edges, seed).write(folder);
    }

    private void write(Path folder) throws IOException {
        int[] outOf = shuffled(ranks());
        int[] inOf = outOf.clone();
        int[] loose = ranks();
        int count = 0;
        for (int rank = 0; rank < persons; rank++) {
            if (random.nextDouble() >= 0.3) {
                loose[count++] = rank;
            }
        }
        loose = Arrays.copyOf(loose, count);
        int[] people = shuffled(Arrays.stream(loose).map(rank -> outOf[rank]).toArray());
        for (int i = 0; i < count; i++) {
            inOf[loose[i]] = people[i];
        }
        double[] byOut = cumulated(-0.5);
        double[] byIn = cumulated(-0.7);
        Set<Long> seen = new HashSet<>(edges * 2);
        TreeSet<Integer> sources = new TreeSet<>();
        try (BufferedWriter records = writer(folder, RECORDS);
                BufferedWriter nodes = writer(folder, "persons.csv");
                BufferedWriter knows = writer(folder, "knows.csv")) {
            nodes.write("pid,name,age,city,bio\n");
            for (int person = 0; person < persons; person++) {
                person(person, records, nodes);
            }
            knows.write("src,dst,since\n");
            while (seen.size() < edges) {
                int source = outOf[pick(byOut)];
                int destination = inOf[pick(byIn)];
                if (source != destination && seen.add(source * (long) persons + destination)) {
                    sources.add(source);
                    int since = 1970 + random.nextInt(57);
                    records.write("{\"edge\":\"Knows\",\"from\":\"" + pid(source) + "\",\"to\":\"" + pid(destination)
                            + "\",\"data\":{\"since\":" + since + "}}\n");
                    knows.write(pid(source) + "," + pid(destination) + "," + since + "\n");
                }
            }
        }
        int[] starts = shuffled(sources.stream().mapToInt(Integer::intValue).toArray());
        Files.write(
                folder.resolve("seeds.txt"),
                Arrays.stream(starts).limit(200).mapToObj(PersonGraph::pid).toList());
    }

    private void person(int person, BufferedWriter records, BufferedWriter nodes) throws IOException {
        StringBuilder bio = new StringBuilder();
        for (int i = random.nextInt(8, 21); i > 0; i--) {
            bio.append(bio.isEmpty() ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
        }
        String name = FIRST.get(random.nextInt(FIRST.size())) + " " + LAST.get(random.nextInt(LAST.size()));
        int age = random.nextInt(18, 90);
        String city = "city%02d".formatted((int) (100 * random.nextDouble() * random.nextDouble()));
        records.write("{\"type\":\"Person\",\"data\":{\"pid\":\"" + pid(person) + "\",\"name\":\"" + name
                + "\",\"age\":" + age + ",\"city\":\"" + city + "\",\"bio\":\"" + bio + "\"}}\n");
        nodes.write(pid(person) + "," + name + "," + age + "," + city + "," + bio + "\n");
    }

    private static String pid(int person) {
        return "p%06d".formatted(person);
    }

    private static BufferedWriter writer(Path folder, String name) throws IOException {
        return Files.newBufferedWriter(folder.resolve(name), StandardCharsets.UTF_8);
    }

    private int[] ranks() {
        int[] ranks = new int[persons];
        Arrays.setAll(ranks, i -> i);
        return ranks;
    }

    private int[] shuffled(int[] items) {
        for (int i = items.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int held = items[i];
            items[i] = items[j];
            items[j] = held;
        }
        return items;
    }

    private double[] cumulated(double exponent) {
        double[] sums = new double[persons];
        double sum = 0;
        for (int rank = 0; rank < persons; rank++) {
            sum += Math.pow(rank + 1.0, exponent);
            sums[rank] = sum;
        }
        return sums;
    }

    private int pick(double[] sums) {
        int at = Arrays.binarySearch(sums, random.nextDouble() * sums[persons - 1]);
        return Math.min(persons - 1, at < 0 ? -at - 1 : at);
    }
}
