package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.storage.ChildProcess.End;
import io.precinct.engine.storage.Tables.Row;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lance.Dataset;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;

/** The end of a scan under the thread that reads it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ScanEndTrapsTest {
    private static final int ROWS = 20_000;

    @TempDir
    Path directory;

    /** Closes readers while another thread reads, at moments that differ, until one of them is the end. */
    static final class ClosedReaders {
        private ClosedReaders() {}

        public static void main(String[] arguments) throws Exception {
            try (RootAllocator allocator = new RootAllocator()) {
                RawDataset raw = RawDataset.create(allocator, Path.of(arguments[0]));
                long version;
                try (Dataset empty = raw.open(1)) {
                    version = RawDataset.detached(
                            empty,
                            1,
                            RawDataset.append(raw.stage(IntStream.range(0, ROWS)
                                    .mapToObj(i -> "row " + i)
                                    .toArray(String[]::new))));
                }
                try (Dataset dataset = raw.open(version)) {
                    for (int round = 0; round < 100_000; round++) {
                        round(dataset, round);
                    }
                }
            }
        }

        private static void round(Dataset dataset, int round) throws Exception {
            LanceScanner scanner = dataset.newScan(new ScanOptions.Builder()
                    .columns(List.of("id", "n"))
                    .batchSize(16)
                    .build());
            ArrowReader reader = scanner.scanBatches();
            CountDownLatch reading = new CountDownLatch(1);
            Thread thread = new Thread(() -> {
                try {
                    while (reader.loadNextBatch()) {
                        reading.countDown();
                    }
                } catch (Exception e) {
                    System.out.println(e);
                }
                reading.countDown();
            });
            thread.start();
            reading.await();
            LockSupport.parkNanos(round % 50 * 2_000L);
            reader.close();
            thread.join();
            scanner.close();
        }
    }

    @Test
    @Tag("slow")
    void closingAReaderUnderAReadingThreadEndsTheProcessOrHangsIt() throws Exception {
        ChildProcess.Outcome outcome = ChildProcess.run(Duration.ofSeconds(10), ClosedReaders.class, directory);
        assertThat(outcome.end()).as(outcome.output()).isIn(End.KILLED, End.HUNG);
    }

    @Test
    void closingAScanOfOursWaitsForTheBatchThatIsBeingRead() throws Exception {
        try (Tables tables = new Tables(directory, false);
                ExecutorService readers = Executors.newSingleThreadExecutor()) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            List<Row> rows = LongStream.range(0, ROWS)
                    .mapToObj(i -> new Row("row " + i, i))
                    .toList();
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, rows)));
            for (int round = 0; round < 150; round++) {
                RowBatches scan =
                        tables.store.scan(pin, new TableStore.Scan(List.of("id", "n"), Optional.empty(), false, 16));
                CountDownLatch reading = new CountDownLatch(1);
                Future<String> end = readers.submit(() -> {
                    try {
                        while (scan.next().isPresent()) {
                            reading.countDown();
                        }
                        return "read";
                    } catch (IllegalStateException e) {
                        return String.valueOf(e.getMessage());
                    } finally {
                        reading.countDown();
                    }
                });
                reading.await();
                LockSupport.parkNanos(round % 50 * 2_000L);
                scan.close();
                assertThat(end.get()).matches("read|the scan of .* is closed");
            }
        }
    }
}
