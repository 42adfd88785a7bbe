package io.precinct.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.RootAllocator;

/**
 * Durable single-entity commits on one branch of a graph on the local disk, by 1 and by 16 writers: commits a second and
 * latencies; then a cold open of what they left. An empty folder as first argument, or a temporary one.
 */
public final class WriterBenchmark {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final GraphId GRAPH = new GraphId("people");

    private WriterBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("writer-benchmark");
        try (RootAllocator memory = new RootAllocator();
                NativePool pool = new NativePool(4, 4)) {
            try (LanceGraphStore store = opened(folder, memory, pool)) {
                Graph graph = store.create(GRAPH, "node Person { pid: String @key  age: I32 }", TestStores.TESTER);
                AtomicLong next = new AtomicLong();
                run(graph, next, 1, 1_000, "warm-up, 1 writer");
                run(graph, next, 1, 3_000, "1 writer");
                run(graph, next, 16, 500, "warm-up, 16 writers");
                run(graph, next, 16, 2_000, "16 writers");
                run(graph, next, 1, 3_000, "1 writer again");
                System.out.printf("commits in all: %,d%n", next.get());
            }
            long began = System.nanoTime();
            try (LanceGraphStore store = opened(folder, memory, pool)) {
                Snapshot head = store.open(GRAPH).snapshot(new Target.Branch(BranchName.MAIN));
                System.out.printf(
                        "cold open and head of %,d records: %.1f ms%n",
                        head.sequence(), (System.nanoTime() - began) / 1e6);
            }
        }
    }

    private static LanceGraphStore opened(Path folder, RootAllocator memory, NativePool pool) {
        return LanceGraphStore.open(new LanceGraphStore.Settings(
                new StoreLocation.Directory(folder, true),
                "benchmark",
                memory,
                pool,
                NativeResources.Limits.DEFAULTS,
                512L << 20,
                TestStores.ids(),
                Clock.systemUTC()));
    }

    private static void run(Graph graph, AtomicLong next, int writers, int each, String name) throws Exception {
        Snapshot before = graph.snapshot(new Target.Branch(BranchName.MAIN));
        CheckedStatement.Write write = (CheckedStatement.Write) graph.compile(
                before, "query i($p: String, $a: I32) { insert Person { pid: $p, age: $a } }", Optional.empty());
        long[] nanos = new long[writers * each];
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int from = writer * each;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        ObjectNode parameters = JSON.createObjectNode()
                                .put("p", "p" + next.getAndIncrement())
                                .put("a", i);
                        long start = System.nanoTime();
                        graph.mutate(BranchName.MAIN, write, parameters, AccessGate.UNRESTRICTED, TestStores.TESTER);
                        nanos[from + i] = System.nanoTime() - start;
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        long records = graph.snapshot(new Target.Branch(BranchName.MAIN)).sequence() - before.sequence();
        Arrays.sort(nanos);
        System.out.printf(
                "%s: %,.0f commits/s, p50 %.2f ms, p99 %.2f ms, longest %.1f ms, %.1f commits a record%n",
                name,
                nanos.length / seconds,
                nanos[nanos.length / 2] / 1e6,
                nanos[(int) (nanos.length * 0.99)] / 1e6,
                nanos[nanos.length - 1] / 1e6,
                (double) nanos.length / records);
    }
}
