package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Target;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.spi.AccessGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers, readers, branches, merges, compactions and collections beside each other for as long as {@code -Dsoak.minutes=}
 * says, on a graph that stays as large as it is; each minute is a line of figures. Times are printed and not judged.
 */
@Tag("soak")
class SoakTest {
    private static final int PEOPLE = 1_000;
    private static final int WRITERS = 3;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong merges = new AtomicLong();
    private final AtomicLong collections = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();
    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();
    private final Queue<Long> insertNanos = new ConcurrentLinkedQueue<>();

    /** Of one minute. */
    private record Figures(
            long commits, long conflicts, long merges, long heap, long resident, long files, long live, long disk) {}

    @Test
    void staysAsItIsHoweverLongItRuns(@TempDir Path root) throws Exception {
        int minutes = Integer.getInteger("soak.minutes", 30);
        List<Figures> all = new ArrayList<>();
        try (LocalEngine engine = new LocalEngine(root)) {
            LocalEngine.Opened opened = engine.create("g", SmallGraph.SCHEMA);
            SmallGraph graph = new SmallGraph(opened.graph());
            graph.load("a", 0, PEOPLE);
            List<Thread> threads = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                String name = "w" + writer + "-";
                threads.add(Thread.ofPlatform().start(() -> each(number -> write(graph, name, number))));
            }
            threads.add(Thread.ofPlatform().start(() -> each(number -> read(graph))));
            threads.add(Thread.ofPlatform().start(() -> each(number -> keepUp(graph, number))));
            System.out.println("minute | commits | conflicts | merges | collections | reads | insert p50 ms | p99 ms"
                    + " | heap MB | resident MB | files | live kB | disk kB");
            for (int minute = 1; minute <= minutes; minute++) {
                TimeUnit.MINUTES.sleep(1);
                all.add(line(minute, opened));
                assertThat(broken).as("failures that nobody should see").isEmpty();
            }
            stopped.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(broken).as("failures that nobody should see").isEmpty();
            assertThat(graph.content()).hasSizeBetween(PEOPLE, PEOPLE + 10 * WRITERS);
            assertThat(graph.graph().verify(() -> false).findings()).isEmpty();
        }
        judge(all);
    }

    /** The last third is no worse than the first but for what chance does. */
    private static void judge(List<Figures> all) {
        int third = Math.max(1, all.size() / 3);
        List<Figures> first = all.subList(0, third);
        List<Figures> last = all.subList(all.size() - third, all.size());
        long files = first.stream().mapToLong(Figures::files).max().orElseThrow();
        long disk = first.stream().mapToLong(Figures::disk).max().orElseThrow();
        long resident = first.stream().mapToLong(Figures::resident).max().orElseThrow();
        for (Figures one : last) {
            assertThat(one.commits()).isPositive();
            assertThat(one.disk()).as("bytes on disk, %s at first", disk).isLessThan(3 * disk + (8 << 20));
            assertThat(one.files()).as("files, %s at first", files).isLessThan(3 * files + 2_000);
            assertThat(one.resident())
                    .as("resident bytes, %s at first", resident)
                    .isLessThan(2 * resident);
        }
    }

    private Figures line(int minute, LocalEngine.Opened opened) throws IOException {
        List<Long> nanos = new ArrayList<>();
        for (Long one = insertNanos.poll(); one != null; one = insertNanos.poll()) {
            nanos.add(one);
        }
        nanos.sort(null);
        long files = 0;
        long disk = 0;
        for (String file : StoreFiles.all(opened.folder())) {
            files++;
            disk += size(opened.folder().resolve(file));
        }
        Runtime runtime = Runtime.getRuntime();
        Figures figures = new Figures(
                commits.getAndSet(0),
                conflicts.getAndSet(0),
                merges.getAndSet(0),
                runtime.totalMemory() - runtime.freeMemory(),
                resident(),
                files,
                live(opened),
                disk);
        System.out.printf(
                "%d | %,d | %d | %d | %d | %,d | %.2f | %.1f | %d | %d | %,d | %,d | %,d%n",
                minute,
                figures.commits(),
                figures.conflicts(),
                figures.merges(),
                collections.getAndSet(0),
                reads.getAndSet(0),
                nanos.isEmpty() ? 0 : nanos.get(nanos.size() / 2) / 1e6,
                nanos.isEmpty() ? 0 : nanos.get((int) (nanos.size() * 0.99)) / 1e6,
                figures.heap() >> 20,
                figures.resident() >> 20,
                files,
                figures.live() >> 10,
                disk >> 10);
        return figures;
    }

    /** Of the files that reading the head takes; what is taken while it is looked at counts for nothing. */
    private static long live(LocalEngine.Opened opened) throws IOException {
        Snapshot head = opened.graph().snapshot(new Target.Branch(BranchName.MAIN));
        Set<String> keys = new HashSet<>();
        head.types().values().forEach(type -> keys.addAll(opened.tables().filesOf(type.pin())));
        long bytes = 0;
        for (String key : keys) {
            bytes += size(opened.folder().resolve(key));
        }
        return bytes;
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        return 0;
    }

    private static void rest(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Step {
        void take(int number);
    }

    private void each(Step step) {
        for (int number = 0; !stopped.get(); number++) {
            try {
                step.take(number);
            } catch (EngineException failed) {
                boolean overtaken = failed.failure() instanceof EngineFailure.ReadSetChanged
                        || failed.failure() instanceof EngineFailure.Busy
                        || failed.failure() instanceof EngineFailure.HistoryReclaimed;
                if (overtaken) {
                    conflicts.incrementAndGet();
                } else {
                    broken.add(failed);
                }
            } catch (RuntimeException | Error unexpected) {
                broken.add(unexpected);
            }
        }
    }

    /** Ten people of its own come and go, and everybody's age changes. */
    private void write(SmallGraph graph, String name, int number) {
        long began = System.nanoTime();
        graph.insert(name + number, number);
        insertNanos.add(System.nanoTime() - began);
        String other = "a" + ((number * 7919L + name.hashCode()) & 0x7fffffff) % PEOPLE;
        again(() -> graph.update(other, number));
        again(() -> graph.delete(name + number));
        commits.addAndGet(3);
        // A rate that the machine can keep: what history there is follows from it.
        rest(40);
    }

    /** Until it is done: others may have changed meanwhile what it relies on. */
    private void again(Runnable change) {
        while (true) {
            try {
                change.run();
                return;
            } catch (EngineException failed) {
                if (!(failed.failure() instanceof EngineFailure.ReadSetChanged)) {
                    throw failed;
                }
                conflicts.incrementAndGet();
            }
        }
    }

    private void read(SmallGraph graph) {
        Snapshot head = graph.graph().snapshot(new Target.Branch(BranchName.MAIN));
        long people = graph.graph().count(head, "Person", AccessGate.UNRESTRICTED, ExecutionBudget.unbounded());
        if (people < PEOPLE || people > PEOPLE + WRITERS + 1) {
            throw new AssertionError(people + " people");
        }
        reads.incrementAndGet();
        rest(1);
    }

    /** A merge takes its change back in the next, so that the graph stays as large as it is. */
    private void keepUp(SmallGraph graph, int number) {
        BranchName side = new BranchName("side" + number);
        graph.graph().createBranch(side, BranchName.MAIN, LocalEngine.BY);
        try {
            graph.mutate(
                    side,
                    number % 2 == 0
                            ? "query m() { insert Person { name: \"merged\", age: 1 } }"
                            : "query m() { delete Person where name = \"merged\" }");
            graph.graph().merge(new MergeRequest(side, BranchName.MAIN), AccessGate.UNRESTRICTED, LocalEngine.BY);
            merges.incrementAndGet();
        } catch (EngineException failed) {
            // The one before may have been overtaken: then there is nobody to delete, or somebody there already.
            boolean overtaken = failed.failure() instanceof EngineFailure.ReadSetChanged
                    || failed.failure() instanceof EngineFailure.KeyConflict;
            if (!overtaken) {
                throw failed;
            }
            conflicts.incrementAndGet();
        } finally {
            graph.graph().deleteBranch(side, LocalEngine.BY);
        }
        graph.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
        graph.graph()
                .collect(
                        new CollectRequest(OptionalInt.of(20), Optional.of(Duration.ofSeconds(8)), false),
                        LocalEngine.BY,
                        stopped::get);
        collections.incrementAndGet();
    }
}
