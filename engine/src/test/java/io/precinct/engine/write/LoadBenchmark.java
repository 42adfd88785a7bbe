package io.precinct.engine.write;

import io.precinct.engine.LoadMode;
import io.precinct.engine.schema.SchemaCompiler;
import java.io.BufferedWriter;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Prints the rate of a strict load with all checks: {@code main} takes an empty directory, and either numbers of
 * persons and edges or a file of such records. Every round loads durably into a new graph.
 */
public final class LoadBenchmark {
    private LoadBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        Path file;
        if (arguments.length == 2) {
            file = Path.of(arguments[1]);
        } else {
            file = directory.resolve("graph.jsonl");
            write(file, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        }
        for (int round = 0; round < 3; round++) {
            try (StoredGraph graph = new StoredGraph(
                            Files.createDirectories(directory.resolve("graph-" + round)),
                            SchemaCompiler.compile("""
                                    node Person { pid: String @key name: String age: I32 city: String bio: String @range(age, 0..150) }
                                    edge Knows: Person -> Person @card(0..1000000) { since: I32 }
                                    """),
                            true);
                    InputStream input = Files.newInputStream(file)) {
                long start = System.nanoTime();
                Affected affected = graph.load(LoadMode.APPEND, input);
                double seconds = (System.nanoTime() - start) / 1e9;
                System.out.printf(
                        "%d nodes, %d edges, %d bytes: %.2f s, %.0f records/s%n",
                        affected.nodeCount(),
                        affected.edgeCount(),
                        Files.size(file),
                        seconds,
                        (affected.nodeCount() + affected.edgeCount()) / seconds);
            }
        }
    }

    private static void write(Path file, int persons, int edges) throws Exception {
        Random random = new Random(7);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < persons; i++) {
                out.write(
                        "{\"type\":\"Person\",\"data\":{\"pid\":\"person-%07d\",\"name\":\"Ada Berg\",\"age\":%d,\"city\":\"city-%d\",\"bio\":\"amber anchor arctic basin beacon birch bridge\"}}\n"
                                .formatted(i, random.nextInt(100), random.nextInt(500)));
            }
            for (int i = 0; i < edges; i++) {
                out.write(
                        "{\"edge\":\"Knows\",\"from\":\"person-%07d\",\"to\":\"person-%07d\",\"data\":{\"since\":%d}}\n"
                                .formatted(
                                        random.nextInt(persons), random.nextInt(persons), 1990 + random.nextInt(30)));
            }
        }
    }
}
