package io.precinct.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.storage.InMemoryTableStore;
import io.precinct.engine.storage.LanceRoom;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real engine in several simulated processes over a store that delays, loses and doubts. What fails is told with its
 * seed; {@code -Dsimulation.seed} and {@code -Dsimulation.sequences} choose what runs.
 */
class SimulationTest {
    @TempDir
    private Path directory;

    @Test
    void whateverHappensIsWhatTheReferenceSays() {
        run(
                Trials.of(Defect.Plant.NONE),
                Long.getLong("simulation.seed", 1),
                Long.getLong("simulation.sequences", 5_000));
    }

    @Test
    void whateverHappensOnRealDatasetsIsWhatTheReferenceSays() {
        long first = Long.getLong("simulation.seed", 1);
        try (LanceRoom room = new LanceRoom()) {
            AtomicInteger graphs = new AtomicInteger();
            run(
                    Trials.on(() -> room.tables(directory.resolve("g" + graphs.incrementAndGet()))),
                    first,
                    Math.min(40, Long.getLong("simulation.sequences", 40)));
        }
    }

    @Test
    void theSameSeedIsTheSameHistory() {
        for (long seed = 1; seed <= 50; seed++) {
            assertThat(fingerprint(seed)).as("seed %s", seed).isEqualTo(fingerprint(seed));
        }
    }

    private static long fingerprint(long seed) {
        try (InMemoryTableStore tables = new InMemoryTableStore()) {
            return Simulation.run(Sequence.of(seed), Defect.Plant.NONE, tables);
        }
    }

    @Test
    @Tag("soak")
    void whateverHappensInALongTimeIsWhatTheReferenceSays() {
        run(
                Trials.of(Defect.Plant.NONE),
                Long.getLong("simulation.seed", new Random().nextLong() >>> 16),
                Long.getLong("simulation.sequences", 200_000));
    }

    private static void run(Trials trials, long first, long count) {
        trials.run(first, count).ifPresent(failing -> {
            throw trials.smallest(failing).told(failing.seed());
        });
    }
}
