package io.precinct.platform.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeConflict;
import io.precinct.tenants.TenantException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A code that {@code docs/errors.md} does not list leaves its reader alone. */
class ErrorsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "errors.md");

    @Test
    void everyCodeIsListedWithItsStatusAndRetry() throws Exception {
        String document = Files.readString(DOCUMENT);
        for (Problem problem : Problem.values()) {
            assertThat(document)
                    .contains("| `" + problem.code() + "` | " + problem.status() + " | "
                            + problem.retry().wireName() + " | ");
        }
        List<EngineFailure> failures = List.of(
                new EngineFailure.NotSupportedYet("x", Optional.empty()),
                new EngineFailure.PreconditionFailed(
                        new CommitId("01ARZ3NDEKTSV4RRFFQ69G5FAV"), new CommitId("01ARZ3NDEKTSV4RRFFQ69G5FAW")),
                new EngineFailure.NotFound("graph", "x"),
                new EngineFailure.NotFound("branch", "x"),
                new EngineFailure.NotFound("commit", "x"),
                new EngineFailure.AlreadyExists("graph", "x"),
                new EngineFailure.AlreadyExists("branch", "x"),
                new EngineFailure.KeyConflict("T", Optional.empty()),
                new EngineFailure.ReadSetChanged("x", Optional.empty()),
                new EngineFailure.MergeConflicts(
                        List.of(new MergeConflict(
                                MergeConflict.Kind.ORPHAN_EDGE,
                                Optional.empty(),
                                Optional.empty(),
                                "x",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())),
                        1),
                new EngineFailure.Refused("schemas_differ", "x"),
                new EngineFailure.Refused("resolution_refused", "x"),
                new EngineFailure.Refused("merge_into_itself", "x"),
                new EngineFailure.Refused("commit_has_no_parent", "x"),
                new EngineFailure.Refused("revert_of_schema", "x"),
                new EngineFailure.Refused("revert_of_upkeep", "x"),
                new EngineFailure.Refused("commit_not_on_branch", "x"),
                new EngineFailure.Denied(List.of("x")),
                new EngineFailure.ResourceLimit("x", 1, 2),
                new EngineFailure.Busy("x"),
                new EngineFailure.Interrupted(true),
                new EngineFailure.Interrupted(false),
                new EngineFailure.CommitInDoubt(new CommitId("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
                new EngineFailure.EmbeddingFailed(
                        EngineFailure.EmbeddingFailed.Cause.UNAVAILABLE, "x", EngineFailure.Retry.LATER),
                new EngineFailure.EmbeddingFailed(
                        EngineFailure.EmbeddingFailed.Cause.REFUSED, "x", EngineFailure.Retry.NEVER),
                new EngineFailure.EmbeddingFailed(
                        EngineFailure.EmbeddingFailed.Cause.INVALID_ANSWER, "x", EngineFailure.Retry.NEVER),
                new EngineFailure.EmbeddingFailed(
                        EngineFailure.EmbeddingFailed.Cause.MODEL_MISMATCH, "x", EngineFailure.Retry.NEVER),
                new EngineFailure.HistoryReclaimed("x"),
                new EngineFailure.ChangeCursorRejected("x"),
                new EngineFailure.ChangeFeedGap(Optional.empty(), new CommitId("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
                new EngineFailure.ChangeSchemaBoundary("x", new CommitId("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
                new EngineFailure.Corrupt("x", "y"),
                new EngineFailure.StorageUnavailable("x", EngineFailure.Retry.LATER));
        assertThat(failures.stream().map(Object::getClass).distinct().count() + 1)
                .as("failures but Invalid, whose codes are its findings'")
                .isEqualTo(EngineFailure.class.getPermittedSubclasses().length);
        for (EngineFailure failure : failures) {
            assertThat(document).contains("`" + failure.code() + "`");
        }
        for (TenantException.Code code : TenantException.Code.values()) {
            assertThat(document).contains("`" + code.name().toLowerCase(Locale.ROOT) + "`");
        }
    }
}
