package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of branches is read once for a change, and changes of other processes in between are not lost. */
class BranchRaceTest {
    private static final BranchName LEFT = new BranchName("left");
    private static final BranchName RIGHT = new BranchName("right");

    @TempDir
    private Path directory;

    /** Lets {@code meanwhile} happen right before the first line that goes into the list of branches. */
    private static void beforeTheLine(LogRig rig, Runnable meanwhile) {
        AtomicBoolean happened = new AtomicBoolean();
        rig.objects.faults(request -> {
            if (request.operation() == Operation.PUT_IF_ABSENT
                    && request.key().startsWith("log/~refs/")
                    && happened.compareAndSet(false, true)) {
                meanwhile.run();
            }
            return Optional.empty();
        });
    }

    @Test
    void aBranchOfAnotherNameMadeMeanwhileStays() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            beforeTheLine(rig, () -> other.createBranch(RIGHT, BranchName.MAIN, LogRig.BY));
            log.createBranch(LEFT, BranchName.MAIN, LogRig.BY);
            assertThat(other.branches()).containsExactly(LEFT, BranchName.MAIN, RIGHT);
        }
    }

    @Test
    void ofTwoBranchesOfOneNameOneIsRefused() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            Snapshot[] made = new Snapshot[1];
            beforeTheLine(rig, () -> made[0] = other.createBranch(LEFT, BranchName.MAIN, LogRig.BY));
            assertThatThrownBy(() -> log.createBranch(LEFT, BranchName.MAIN, LogRig.BY))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.AlreadyExists.class));
            assertThat(log.head(LEFT).stream()).isEqualTo(made[0].stream());
        }
    }

    @Test
    void aNameThatIsGivenUpMeanwhileIsFreeForTheNext() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            log.createBranch(RIGHT, BranchName.MAIN, LogRig.BY);
            beforeTheLine(rig, () -> other.deleteBranch(RIGHT, LogRig.BY));
            log.createBranch(LEFT, BranchName.MAIN, LogRig.BY);
            assertThat(log.branches()).containsExactly(LEFT, BranchName.MAIN);
            log.createBranch(RIGHT, BranchName.MAIN, LogRig.BY);
            assertThat(other.branches()).containsExactly(LEFT, BranchName.MAIN, RIGHT);
        }
    }

    @Test
    void aBranchIsWithdrawnAsItWasMadeAndStaysWithWhoeverWroteToItMeanwhile() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            Snapshot untouched = log.createBranch(LEFT, BranchName.MAIN, LogRig.BY);
            assertThat(log.withdrawBranch(untouched, LogRig.BY)).isTrue();
            assertThat(other.branches()).containsExactly(BranchName.MAIN);
            assertThat(log.withdrawBranch(untouched, LogRig.BY)).isFalse();

            Snapshot made = log.createBranch(RIGHT, BranchName.MAIN, LogRig.BY);
            AtomicBoolean happened = new AtomicBoolean();
            rig.objects.faults(request -> {
                if (request.operation() == Operation.PUT_IF_ABSENT
                        && request.key().startsWith("log/" + made.stream())
                        && happened.compareAndSet(false, true)) {
                    other.commit(RIGHT, rig.put("a", 1), AccessGate.UNRESTRICTED);
                }
                return Optional.empty();
            });
            assertThat(log.withdrawBranch(made, LogRig.BY)).isFalse();
            assertThat(rig.read(other.head(RIGHT))).containsEntry("a", 1L);
        }
    }
}
