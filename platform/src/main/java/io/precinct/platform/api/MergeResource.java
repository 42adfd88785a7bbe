package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.MergePreview;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.MergeRequest;
import io.precinct.platform.errors.ErrorDetail;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.EngineFailures;
import io.precinct.platform.run.HistoryOperation;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Bringing one branch into another. */
@Path("/tenants/{tenant}/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class MergeResource {
    private static final int MOST_RESOLUTIONS = 10_000;

    private final OperationRunner runner;

    public MergeResource(OperationRunner runner) {
        this.runner = runner;
    }

    /**
     * {@code otherwise} (fail, ours or theirs; absent is fail) and {@code resolutions} are additions.
     *
     * @param target absent is main
     */
    public record MergeBody(
            String source,
            Optional<String> target,
            @JsonProperty("delete_branch") Optional<Boolean> deleteBranch,
            Optional<String> otherwise,
            Optional<List<ResolutionBody>> resolutions) {}

    /** {@code use} is ours, theirs or value; {@code value} holds all properties then. */
    public record ResolutionBody(
            @JsonProperty("type_name") String typeName,
            @JsonProperty("entity_id") String entityId,
            String use,
            Optional<JsonNode> value) {}

    /** {@code outcome} is already_up_to_date, fast_forward or merged. {@code commit} is an addition. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record MergeOutput(
            String source,
            String target,
            String outcome,
            @JsonProperty("actor_id") String actorId,
            Optional<Bodies.CommitOutput> commit,
            @JsonProperty("branch_deleted") Optional<Boolean> branchDeleted,
            @JsonProperty("branch_delete_error") Optional<String> branchDeleteError) {}

    /** What the merge would do; {@code conflicts} are the first hundred of {@code conflict_count}. */
    public record PreviewOutput(
            String source,
            String target,
            String outcome,
            @JsonProperty("source_commit_id") String sourceCommitId,
            @JsonProperty("target_commit_id") String targetCommitId,
            @JsonProperty("base_commit_ids") List<String> baseCommitIds,
            List<TypeChange> changes,
            List<ErrorDetail.MergeConflict> conflicts,
            @JsonProperty("conflict_count") long conflictCount) {}

    public record TypeChange(@JsonProperty("type_name") String typeName, long inserted, long updated, long deleted) {}

    @POST
    @Path("/branches/merge")
    @Operation(operationId = "branchesMerge", summary = "Merge a branch into another one as one commit")
    @Governed(action = "branch_merge", operation = "branches.merge")
    public MergeOutput merge(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            MergeBody request) {
        MergeBody body = Names.present(request, "source");
        MergeRequest merge = request(body);
        MergeReceipt receipt =
                runner.run(caller, Requests.context(http), new HistoryOperation.Merge(Names.graph(graph), merge));
        Optional<String> kept = body.deleteBranch().orElse(false)
                ? deleted(caller, http, new HistoryOperation.BranchDelete(Names.graph(graph), merge.source()))
                : Optional.empty();
        return new MergeOutput(
                merge.source().value(),
                merge.target().value(),
                word(receipt.outcome()),
                caller.subject(),
                receipt.commit().map(Bodies.CommitOutput::of),
                body.deleteBranch().filter(asked -> asked).map(asked -> kept.isEmpty()),
                kept);
    }

    /** The merge has landed: that its source could not be deleted is told and fails nothing. */
    private Optional<String> deleted(Caller caller, HttpServletRequest http, HistoryOperation.BranchDelete delete) {
        try {
            runner.run(caller, Requests.context(http), delete);
            return Optional.empty();
        } catch (PlatformException refused) {
            return Optional.of(refused.failure().text());
        } catch (EngineException failed) {
            return Optional.of(EngineFailures.of(failed).text());
        }
    }

    @POST
    @Path("/branches/merge:preview")
    @Operation(operationId = "branchesMergePreview", summary = "What a merge would do now; changes nothing")
    @Governed(action = "branch_merge", operation = "branches.merge_preview")
    public PreviewOutput preview(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            MergeBody request) {
        MergeRequest merge = request(Names.present(request, "source"));
        MergePreview preview = runner.run(
                caller, Requests.context(http), new HistoryOperation.PreviewMerge(Names.graph(graph), merge));
        return new PreviewOutput(
                merge.source().value(),
                merge.target().value(),
                word(preview.outcome()),
                preview.source().value(),
                preview.target().value(),
                preview.bases().stream().map(Object::toString).toList(),
                preview.changes().stream()
                        .map(one -> new TypeChange(one.typeName(), one.inserted(), one.updated(), one.deleted()))
                        .toList(),
                preview.conflicts().stream().map(EngineFailures::conflict).toList(),
                preview.conflictCount());
    }

    private static String word(MergeReceipt.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static MergeRequest request(MergeBody body) {
        BranchName source = Names.branch(Names.present(body.source(), "source"));
        List<ResolutionBody> given = body.resolutions().orElse(List.of());
        if (given.size() > MOST_RESOLUTIONS) {
            throw Names.invalid(
                    "at most " + MOST_RESOLUTIONS + " resolutions; take one side for the rest by 'otherwise'");
        }
        Map<MergeRequest.Entity, MergeRequest.Resolution> resolutions = new HashMap<>();
        for (ResolutionBody one : given) {
            MergeRequest.Entity entity = new MergeRequest.Entity(
                    Names.present(one.typeName(), "type_name"), Names.present(one.entityId(), "entity_id"));
            if (resolutions.put(entity, resolution(one)) != null) {
                throw Names.invalid("two resolutions for " + entity.typeName() + " '" + entity.id() + "'");
            }
        }
        return new MergeRequest(source, Names.branchOrMain(body.target()), otherwise(body), resolutions);
    }

    private static MergeRequest.Otherwise otherwise(MergeBody body) {
        return switch (body.otherwise().orElse("fail")) {
            case "fail" -> MergeRequest.Otherwise.FAIL;
            case "ours" -> MergeRequest.Otherwise.OURS;
            case "theirs" -> MergeRequest.Otherwise.THEIRS;
            default -> throw Names.invalid("otherwise is one of fail, ours, theirs");
        };
    }

    private static MergeRequest.Resolution resolution(ResolutionBody body) {
        return switch (Names.present(body.use(), "use")) {
            case "ours" -> new MergeRequest.Resolution.Ours();
            case "theirs" -> new MergeRequest.Resolution.Theirs();
            case "value" ->
                new MergeRequest.Resolution.Value(
                        body.value().orElseThrow(() -> Names.invalid("use 'value' needs the key 'value'")));
            default -> throw Names.invalid("use is one of ours, theirs, value");
        };
    }
}
