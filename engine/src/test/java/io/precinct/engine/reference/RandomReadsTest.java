package io.precinct.engine.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.EngineException;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.RowAccess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every read that type-checks runs and returns what it means, to everyone what the graph that he sees returns. */
class RandomReadsTest {
    private static final int GRAPHS = 70;
    private static final int READS = 220;
    private static final int SCALE = 6;
    private static final long SEED = Long.getLong("precinct.seed", 20_261_123L);

    private final AtomicInteger checked = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    @Test
    void everyReadReturnsWhatItMeans(@TempDir Path root) {
        trials(root, false);
        assertThat(failures).isEmpty();
        assertThat(checked.get()).isGreaterThanOrEqualTo(10_000);
        // A generator whose texts are mostly refused tests the checker and not the engine.
        assertThat(refused.get()).isLessThan(checked.get() / 2);
    }

    @Test
    void everyCallerReadsTheGraphThatHeSees(@TempDir Path root) {
        trials(root, true);
        assertThat(failures).isEmpty();
        assertThat(checked.get()).isGreaterThanOrEqualTo(10_000);
    }

    private void trials(Path root, boolean restricted) {
        try (LocalGraphs graphs = new LocalGraphs(root)) {
            IntStream.range(0, GRAPHS).parallel().forEach(i -> graph(graphs, SEED + i * 1_000L, restricted));
        }
        System.out.printf(
                "compared %d reads over %d graphs from seed %d; %d more did not type-check%n",
                checked.get(), GRAPHS, SEED, refused.get());
    }

    private void graph(LocalGraphs graphs, long seed, boolean restricted) {
        RandomGraph random = RandomGraph.of(seed, SCALE);
        Trial trial = trial(graphs, seed, random.lines(), random);
        for (int i = 0; i < READS && failures.size() < Integer.getInteger("precinct.failures", 3); i++) {
            Case one = Case.of(random, seed + i, restricted);
            Optional<CheckedStatement.Read> read = trial.check(one.query().text());
            if (read.isEmpty()) {
                refused.incrementAndGet();
                continue;
            }
            checked.incrementAndGet();
            Optional<String> difference =
                    trial.disagreement(read.get(), one.query().arguments(), one.access(), Fault.NONE);
            difference.ifPresent(what -> failures.add(shrunk(graphs, seed, random, one, what)));
        }
    }

    record Case(long seed, RandomQuery.Sample query, Map<String, RowAccess> access) {
        static Case of(RandomGraph random, long seed, boolean restricted) {
            Draw draw = new Draw(seed + 500_009);
            Map<String, RowAccess> access = new java.util.HashMap<>();
            random.schema().types().forEach(type -> access.put(type.name(), RowAccess.ALL));
            if (restricted) {
                access.putAll(RandomGate.of(random.schema(), new Draw(seed + 700_001)));
            }
            return new Case(seed, RandomQuery.of(random.schema(), draw), access);
        }
    }

    /** Every other graph has nodes in its overlays that replace those of its pins. */
    static Trial trial(LocalGraphs graphs, long seed, List<String> lines, RandomGraph random) {
        long number = seed / 1_000;
        List<String> stale = number % 2 == 0 ? RandomGraph.stale(seed, SCALE, lines) : List.of();
        return Trial.of(graphs, random.schema(), lines, stale, (int) (1 + number % 3));
    }

    /** Leaves out records, the last first, as long as the answers still differ. */
    private static String shrunk(LocalGraphs graphs, long seed, RandomGraph random, Case one, String what) {
        List<String> lines = new ArrayList<>(random.lines());
        String difference = what;
        for (int i = lines.size() - 1; i >= 0; i--) {
            List<String> fewer = new ArrayList<>(lines);
            fewer.remove(i);
            Optional<String> still;
            try {
                Trial trial = trial(graphs, seed, fewer, random);
                still = trial.disagreement(
                        trial.check(one.query().text()).orElseThrow(),
                        one.query().arguments(),
                        one.access(),
                        Fault.NONE);
            } catch (EngineException endMissing) {
                continue;
            }
            if (still.isPresent()) {
                lines = fewer;
                difference = still.get();
            }
        }
        return "seed " + one.seed() + " of graph " + seed + " (-Dprecinct.seed)\n"
                + random.schema().source()
                + String.join("\n", lines) + "\n" + one.query().text()
                + one.query().arguments() + "\n"
                + restrictions(one.access()) + difference + "\n";
    }

    private static String restrictions(Map<String, RowAccess> access) {
        StringBuilder text = new StringBuilder();
        access.forEach((type, rule) -> {
            if (!rule.equals(RowAccess.ALL)) {
                text.append(type).append(": ").append(rule).append('\n');
            }
        });
        return text.toString();
    }
}
