package io.precinct.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation sees what is broken on purpose. */
@Tag("slow")
class PlantedBugsTest {
    private static final long MOST_SEQUENCES = 5_000;

    static Stream<Defect.Plant> bugs() {
        return Stream.of(StoreBug.values(), ProtocolBug.values(), TableBug.values())
                .flatMap(Arrays::<Defect.Plant>stream);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void everyPlantedBugIsSeen(Defect.Plant bug) {
        assertThat(Trials.of(bug).run(1, MOST_SEQUENCES))
                .as("a sequence that %s breaks", bug)
                .isPresent();
    }
}
