package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.LogRig;
import io.precinct.engine.manifest.LogRig.Form;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.query.RowRules;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.write.BlobValues;
import io.precinct.engine.write.LoadLimits;
import io.precinct.engine.write.WriteLimits;
import io.precinct.engine.write.WriteTools;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes to the target between the preparation of a merge and its publication. */
class MergeRaceTest {
    private static final BranchName WORK = new BranchName("work");

    @TempDir
    private Path directory;

    private LogRig rig;
    private GraphLog log;
    private DecodedViews views;
    private int preparations;

    @BeforeEach
    void open() {
        rig = new LogRig(directory);
        log = rig.create();
        views = new DecodedViews(rig.tables, 64L << 20);
        write(BranchName.MAIN, "hot", 1);
        write(BranchName.MAIN, "cold", 1);
        log.createBranch(WORK, BranchName.MAIN, LogRig.BY);
    }

    @AfterEach
    void close() {
        views.close();
        log.close();
        rig.close();
    }

    private void write(BranchName branch, String id, long value) {
        assertThat(log.commit(branch, rig.put(Map.of(id, Optional.of(value)), Form.INLINE), AccessGate.UNRESTRICTED))
                .isPresent();
    }

    /** Merges work into main while {@code meanwhile} happens after the first preparation. */
    private void merge(Runnable meanwhile) {
        WriteTools tools = new WriteTools(
                views,
                rig.tables,
                rig.settings().ids(),
                (type, rule) -> RowRules.bind(rule, type),
                WriteLimits.DEFAULT,
                LoadLimits.DEFAULT,
                new Embeddings(new MockEmbedder()),
                BlobValues.IN_ROWS);
        Merge merge = new Merge(
                log,
                tools,
                new Merge.Request(
                        new MergeRequest(WORK, BranchName.MAIN),
                        () -> log.head(WORK),
                        AccessGate.UNRESTRICTED,
                        LogRig.BY,
                        () -> false));
        log.commit(
                BranchName.MAIN,
                new WriteAttempt() {
                    @Override
                    public Prepared prepare(Snapshot base) {
                        preparations++;
                        Prepared prepared = merge.prepare(base);
                        if (preparations == 1) {
                            meanwhile.run();
                        }
                        return prepared;
                    }

                    @Override
                    public void discard() {
                        merge.discard();
                    }

                    @Override
                    public WhenRefused whenRefused() {
                        return merge.whenRefused();
                    }

                    @Override
                    public boolean startsOnNewest() {
                        return merge.startsOnNewest();
                    }
                },
                AccessGate.UNRESTRICTED);
    }

    @Test
    void whatOnlyTheTargetChangesMayChangeAgain() {
        write(BranchName.MAIN, "hot", 2);
        write(WORK, "mine", 5);
        merge(() -> write(BranchName.MAIN, "hot", 3));
        assertThat(preparations).isEqualTo(1);
        assertThat(rig.read(log.head(BranchName.MAIN))).isEqualTo(Map.of("hot", 3L, "cold", 1L, "mine", 5L));
    }

    @Test
    void whatBothChangedAlikeIsAConflictOnceTheTargetChangesItAgain() {
        write(BranchName.MAIN, "hot", 2);
        write(WORK, "hot", 2);
        write(WORK, "mine", 5);
        assertThatThrownBy(() -> merge(() -> write(BranchName.MAIN, "hot", 3)))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(EngineFailure.MergeConflicts.class));
        assertThat(preparations).isEqualTo(2);
    }
}
