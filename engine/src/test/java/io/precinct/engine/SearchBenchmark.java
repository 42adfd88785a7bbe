package io.precinct.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** Searches among 50,000 texts of 40 words with vectors of 128 numbers: the first and the median time in milliseconds. */
public final class SearchBenchmark {
    private static final int TEXTS = 50_000;
    private static final int WORDS = 20_000;
    private static final int DIMENSION = 128;
    private static final int ROUNDS = 51;

    private SearchBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        try (TestStores stores = new TestStores(Files.createTempDirectory("search-benchmark"))) {
            Graph graph = stores.store.create(
                    new GraphId("texts"),
                    "node Note { code: String @key  group: I32  text: String  vec: Vector(" + DIMENSION + ") }",
                    TestStores.TESTER);
            long began = System.nanoTime();
            graph.load(
                    BranchName.MAIN,
                    LoadMode.APPEND,
                    new ByteArrayInputStream(data()),
                    AccessGate.UNRESTRICTED,
                    TestStores.TESTER);
            System.out.printf("load %.0f ms%n", (System.nanoTime() - began) / 1e6);
            time(
                    graph,
                    "search, few candidates",
                    "match { $n: Note { group: 7 } search($n.text, \"w7 w9\") } return { $n }");
            time(graph, "search", "match { $n: Note search($n.text, \"w700 w900\") } return { $n }");
            time(graph, "fuzzy", "match { $n: Note fuzzy($n.text, \"w7001\", 1) } return { $n }");
            time(graph, "bm25", "match { $n: Note } return { $n } order { bm25($n.text, \"w700 w900\") } limit 10");
            String zeros = "0" + ", 0".repeat(DIMENSION - 1);
            time(
                    graph,
                    "nearest",
                    "match { $n: Note } return { $n } order { nearest($n.vec, [" + zeros + "]) } limit 10");
            time(
                    graph,
                    "rrf",
                    "match { $n: Note } return { $n } order { rrf(nearest($n.vec, [" + zeros
                            + "]), bm25($n.text, \"w700 w900\")) } limit 10");
        }
    }

    private static void time(Graph graph, String name, String body) throws Exception {
        Snapshot snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
        CheckedStatement.Read read =
                (CheckedStatement.Read) graph.compile(snapshot, "query q() { " + body + " }", Optional.empty());
        double[] millis = new double[ROUNDS];
        long rows = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            rows = 0;
            try (RowCursor cursor = graph.query(
                    snapshot,
                    read,
                    new ObjectMapper().createObjectNode(),
                    AccessGate.UNRESTRICTED,
                    ExecutionBudget.unbounded())) {
                for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                    rows += batch.get().rows();
                }
            }
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        double first = millis[0];
        Arrays.sort(millis);
        System.out.printf("%-24s first %8.1f  median %8.2f  rows %d%n", name, first, millis[ROUNDS / 2], rows);
    }

    private static byte[] data() {
        Random random = new Random(1);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < TEXTS; i++) {
            out.append("{\"type\":\"Note\",\"data\":{\"code\":\"n" + i + "\",\"group\":" + i % 1_000 + ",\"text\":\"");
            for (int w = 0; w < 40; w++) {
                // Few words are frequent and most are rare, as in language.
                out.append('w')
                        .append((int) (WORDS * Math.pow(random.nextDouble(), 3)))
                        .append(' ');
            }
            out.append("\",\"vec\":[");
            for (int d = 0; d < DIMENSION; d++) {
                out.append(d == 0 ? "" : ",").append(random.nextInt(1000) / 1000.0);
            }
            out.append("]}}\n");
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
