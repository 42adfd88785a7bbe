package io.precinct.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;

/**
 * Latencies of a whole graph on the local disk, durable, from compiled statement to last row or receipt: medians and
 * 99th percentiles in microseconds. An empty folder as first argument, or a temporary one.
 */
public final class GraphBenchmark {
    private static final int NODES = 20_000;
    private static final int EDGES_PER_NODE = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    private GraphBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("graph-benchmark");
        try (RootAllocator memory = new RootAllocator();
                NativePool pool = new NativePool(4, 4);
                LanceGraphStore store = LanceGraphStore.open(new LanceGraphStore.Settings(
                        new StoreLocation.Directory(folder, true),
                        "benchmark",
                        memory,
                        pool,
                        NativeResources.Limits.DEFAULTS,
                        512L << 20,
                        TestStores.ids(),
                        Clock.systemUTC()))) {
            Graph graph = store.create(
                    new GraphId("people"),
                    "node Person { pid: String @key  age: I32 }\nedge Knows: Person -> Person { since: I32 }",
                    TestStores.TESTER);
            long began = System.nanoTime();
            graph.load(
                    BranchName.MAIN,
                    LoadMode.APPEND,
                    new ByteArrayInputStream(data()),
                    AccessGate.UNRESTRICTED,
                    TestStores.TESTER);
            long took = System.nanoTime() - began;
            System.out.printf(
                    "load, durable, cold: %,d records/s%n", (long) (NODES * (1L + EDGES_PER_NODE) / (took / 1e9)));
            reads(graph, "key look-up", "query q($p: String) { match { $a: Person { pid: $p } } return { $a.age } }");
            reads(
                    graph,
                    "1 hop (10 rows)",
                    "query q($p: String) { match { $a: Person { pid: $p } $a knows $b } return { $b.pid } }");
            inserts(graph);
            reads(
                    graph,
                    "key look-up over an overlay",
                    "query q($p: String) { match { $a: Person { pid: $p } } return { $a.age } }");
        }
    }

    private static void reads(Graph graph, String name, String text) {
        Snapshot snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
        CheckedStatement.Read read = (CheckedStatement.Read) graph.compile(snapshot, text, Optional.empty());
        long[] nanos = new long[20_000];
        for (int i = -20_000; i < nanos.length; i++) {
            ObjectNode parameters = JSON.createObjectNode().put("p", "p" + Math.floorMod(i * 7_919, NODES));
            long start = System.nanoTime();
            try (RowCursor cursor =
                    graph.query(snapshot, read, parameters, AccessGate.UNRESTRICTED, ExecutionBudget.unbounded())) {
                while (cursor.next().isPresent()) {}
            }
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        print(name, nanos);
    }

    private static void inserts(Graph graph) {
        Snapshot snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
        CheckedStatement.Write write = (CheckedStatement.Write) graph.compile(
                snapshot, "query i($p: String, $a: I32) { insert Person { pid: $p, age: $a } }", Optional.empty());
        long[] nanos = new long[1_000];
        for (int i = -200; i < nanos.length; i++) {
            ObjectNode parameters = JSON.createObjectNode().put("p", "new" + i).put("a", 1);
            long start = System.nanoTime();
            graph.mutate(BranchName.MAIN, write, parameters, AccessGate.UNRESTRICTED, TestStores.TESTER);
            if (i >= 0) {
                nanos[i] = System.nanoTime() - start;
            }
        }
        print("single durable insert, one writer", nanos);
    }

    private static void print(String name, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "%s: p50 %.1f us, p99 %.1f us%n",
                name, nanos[nanos.length / 2] / 1e3, nanos[(int) (nanos.length * 0.99)] / 1e3);
    }

    private static byte[] data() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < NODES; i++) {
            lines.append("{\"type\":\"Person\",\"data\":{\"pid\":\"p")
                    .append(i)
                    .append("\",\"age\":")
                    .append(i % 90)
                    .append("}}\n");
        }
        for (int i = 0; i < NODES * EDGES_PER_NODE; i++) {
            lines.append("{\"edge\":\"Knows\",\"from\":\"p")
                    .append(i % NODES)
                    .append("\",\"to\":\"p")
                    .append((int) ((i * 2_654_435_761L) % NODES))
                    .append("\",\"data\":{\"since\":2000}}\n");
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
