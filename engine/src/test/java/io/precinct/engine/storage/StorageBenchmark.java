package io.precinct.engine.storage;

import io.precinct.engine.storage.Tables.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Prints median times of the storage layer's steps on this machine: {@code main} takes an empty directory. */
public final class StorageBenchmark {
    private StorageBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        LocalObjectStore objects = LocalObjectStore.open(directory.resolve("objects"), true);
        int[] number = {0};
        time("put if absent, durable", 300, () -> objects.putIfAbsent("log/" + number[0]++, new byte[1000]));
        for (boolean durable : new boolean[] {true, false}) {
            try (Tables tables = new Tables(directory.resolve("tables-" + durable), durable)) {
                Pin empty = tables.store.create("t", Tables.SCHEMA);
                time(
                        "stage and append one row, durable " + durable,
                        100,
                        () -> tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L)))));
            }
        }
        try (Tables tables = new Tables(directory.resolve("scan"), false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            List<Row> rows = IntStream.range(0, 1_000_000)
                    .mapToObj(i -> new Row("key-" + i, (long) i))
                    .toList();
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, rows)));
            TableStore.Scan scan = new TableStore.Scan(List.of("id", "n"), Optional.empty(), false, 1 << 16);
            time("scan of 1,000,000 rows", 20, () -> {
                long count = 0;
                try (RowBatches batches = tables.store.scan(pin, scan)) {
                    for (var b = batches.next(); b.isPresent(); b = batches.next()) {
                        count += b.get().getRowCount();
                    }
                }
                return count;
            });
            time("locate 1 of 1,000,000", 20, () -> tables.store.locate(pin, "id", List.of("key-77777")));
            List<String> thousand =
                    IntStream.range(0, 1000).mapToObj(i -> "key-" + i * 7).toList();
            time("locate 1,000 of 1,000,000", 20, () -> tables.store.locate(pin, "id", thousand));
        }
    }

    private static void time(String what, int times, Callable<?> step) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            step.call();
            millis.add((System.nanoTime() - start) / 1e6);
        }
        Collections.sort(millis);
        System.out.printf(
                "%-45s median %8.2f ms, p95 %8.2f ms%n", what, millis.get(times / 2), millis.get(times * 95 / 100));
    }
}
