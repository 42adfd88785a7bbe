package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TagsTest {
    private static final TagName FIRST = new TagName("v/1");
    private static final BranchName SIDE = new BranchName("side");

    @TempDir
    private Path directory;

    private static CommitId written(LogRig rig, GraphLog log, BranchName branch, String name, long value) {
        return log.commit(branch, rig.put(name, value), AccessGate.UNRESTRICTED)
                .orElseThrow()
                .commit()
                .id();
    }

    private static void refused(Class<? extends EngineFailure> kind, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.failure()).isInstanceOf(kind));
    }

    @Test
    void aTagNamesItsCommitForEveryProcessAndAfterItsBranchIsGone() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            CommitId commit = written(rig, log, SIDE, "a", 1);
            Tag made = log.createTag(FIRST, commit, LogRig.BY);
            assertThat(made.branch()).isEqualTo(SIDE);
            assertThat(made.actor()).isEqualTo(LogRig.BY.actor());
            written(rig, log, SIDE, "a", 2);
            log.deleteBranch(SIDE, LogRig.BY);
            assertThat(other.tags()).containsExactly(made);
            assertThat(other.tag(FIRST)).isEqualTo(made);
            assertThat(rig.read(other.at(FIRST))).containsEntry("a", 1L);
            try (GraphLog reopened = rig.open()) {
                assertThat(rig.read(reopened.at(FIRST))).containsEntry("a", 1L);
            }
        }
    }

    @Test
    void aNameIsTakenOnceAndFreeAgainAfterItsTagIsDeleted() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            CommitId one = written(rig, log, BranchName.MAIN, "a", 1);
            CommitId two = written(rig, log, BranchName.MAIN, "a", 2);
            refused(EngineFailure.NotFound.class, () -> log.deleteTag(FIRST, LogRig.BY));
            refused(EngineFailure.NotFound.class, () -> log.at(FIRST));
            refused(
                    EngineFailure.NotFound.class,
                    () -> log.createTag(FIRST, new CommitId("01ARZ3NDEKTSV4RRFFQ69G5FAV"), LogRig.BY));
            log.createTag(FIRST, one, LogRig.BY);
            refused(EngineFailure.AlreadyExists.class, () -> log.createTag(FIRST, two, LogRig.BY));
            assertThat(log.tag(FIRST).commit()).isEqualTo(one);
            log.deleteTag(FIRST, LogRig.BY);
            assertThat(log.tags()).isEmpty();
            assertThat(log.createTag(FIRST, two, LogRig.BY).commit()).isEqualTo(two);
        }
    }

    @Test
    void ofTwoTagsOfOneNameOneIsRefusedAndABranchMadeMeanwhileStays() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create();
                GraphLog other = rig.open()) {
            CommitId one = written(rig, log, BranchName.MAIN, "a", 1);
            CommitId two = written(rig, log, BranchName.MAIN, "a", 2);
            AtomicBoolean happened = new AtomicBoolean();
            rig.objects.faults(request -> {
                if (request.operation() == Operation.PUT_IF_ABSENT
                        && request.key().startsWith("log/~refs/")
                        && happened.compareAndSet(false, true)) {
                    other.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
                    other.createTag(FIRST, two, LogRig.BY);
                }
                return Optional.empty();
            });
            refused(EngineFailure.AlreadyExists.class, () -> log.createTag(FIRST, one, LogRig.BY));
            assertThat(log.tag(FIRST).commit()).isEqualTo(two);
            assertThat(log.branches()).containsExactly(BranchName.MAIN, SIDE);
        }
    }

    @Test
    void tagsAreReadBackFromCheckpointsOfTheList() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            CommitId commit = written(rig, log, BranchName.MAIN, "a", 1);
            List<Tag> made = new ArrayList<>();
            for (int i = 0; i < 70; i++) {
                made.add(log.createTag(new TagName("t%02d".formatted(i)), commit, LogRig.BY));
            }
            log.deleteTag(new TagName("t05"), LogRig.BY);
            made.remove(5);
            try (GraphLog reopened = rig.open()) {
                assertThat(reopened.tags()).isEqualTo(made);
            }
        }
    }

    @Test
    void asOfIsTheNewestCommitThatIsNotYoungerThroughTheBranchsOrigin() {
        try (LogRig rig = new LogRig(directory);
                GraphLog log = rig.create()) {
            CommitId one = written(rig, log, BranchName.MAIN, "a", 1);
            CommitId two = written(rig, log, BranchName.MAIN, "a", 2);
            log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
            CommitId three = written(rig, log, SIDE, "a", 3);
            for (CommitId id : List.of(one, two, three)) {
                assertThat(log.asOf(SIDE, log.commit(id).createdAt()).commit().id())
                        .isEqualTo(id);
            }
            assertThat(rig.read(log.at(log.asOf(SIDE, log.commit(two).createdAt()))))
                    .containsEntry("a", 2L);
            assertThat(log.asOf(BranchName.MAIN, java.time.Instant.MAX).commit().id())
                    .isEqualTo(two);
            refused(EngineFailure.NotFound.class, () -> log.asOf(SIDE, java.time.Instant.EPOCH));
        }
    }
}
