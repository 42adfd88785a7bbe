package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.CommitInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Request and response bodies of the graph routes, key for key those of the compatible API; additions are marked. */
public final class Bodies {
    private Bodies() {}

    public record QueryRequest(
            String query,
            Optional<String> name,
            Optional<JsonNode> params,
            Optional<String> branch,
            Optional<String> snapshot) {}

    public record MutateRequest(
            String query, Optional<String> name, Optional<JsonNode> params, Optional<String> branch) {}

    public record LoadBody(Optional<String> branch, Optional<String> from, Optional<String> mode, String data) {}

    public record ExportRequest(
            Optional<String> branch,
            @JsonProperty("type_names") Optional<List<String>> typeNames) {}

    public record BranchRequest(String name, Optional<String> from) {}

    public record GraphRequest(
            @JsonProperty("graph_id") String graphId,
            @JsonProperty("schema_source") String schemaSource) {}

    /**
     * The shape of a read's answer; it is written as a stream, this describes it. {@code truncated} is an addition, and so
     * is {@code truncated_by}: rows or bytes, whichever limit cut the rows.
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ReadOutput(
            @JsonProperty("query_name") String queryName,
            TargetOutput target,
            @JsonProperty("graph_commit_id") String graphCommitId,
            List<String> columns,
            List<JsonNode> rows,
            @JsonProperty("row_count") long rowCount,
            boolean truncated,
            @JsonProperty("truncated_by") Optional<String> truncatedBy,
            @JsonProperty("decision_id") String decisionId) {}

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record TargetOutput(Optional<String> branch, Optional<String> snapshot) {}

    public record CommitOutput(
            @JsonProperty("graph_commit_id") String graphCommitId,

            @JsonProperty("graph_branch") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> graphBranch,

            @JsonProperty("graph_manifest_version") long graphManifestVersion,

            @JsonProperty("parent_commit_id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> parentCommitId,

            @JsonProperty("merged_parent_commit_id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> mergedParentCommitId,

            @JsonProperty("actor_id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> actorId,

            @JsonProperty("created_at") long createdAt,
            String kind,

            @JsonProperty("request_id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> requestId) {
        /** {@code created_at} is in microseconds since the epoch; {@code kind} and {@code request_id} are additions. */
        public static CommitOutput of(CommitInfo commit) {
            return new CommitOutput(
                    commit.id().value(),
                    Optional.of(commit.branch().value()),
                    commit.sequence(),
                    commit.parent().map(Object::toString),
                    commit.mergedParent().map(Object::toString),
                    Optional.of(commit.actor()),
                    ChronoUnit.MICROS.between(Instant.EPOCH, commit.createdAt()),
                    commit.kind().name().toLowerCase(java.util.Locale.ROOT),
                    commit.requestId());
        }
    }

    /** {@code commit} is null when nothing changed. */
    public record ChangeOutput(
            String branch,
            @JsonProperty("query_name") String queryName,
            @JsonProperty("affected_nodes") long affectedNodes,
            @JsonProperty("affected_edges") long affectedEdges,
            @JsonProperty("actor_id") String actorId,
            Optional<CommitOutput> commit) {}

    /** {@code base_branch} names what a branch that this load made was made from. */
    public record LoadOutput(
            String branch,

            @JsonProperty("base_branch") @JsonInclude(JsonInclude.Include.NON_EMPTY)
            Optional<String> baseBranch,

            @JsonProperty("branch_created") boolean branchCreated,
            String mode,
            List<Loaded> nodes,
            List<Loaded> edges,
            @JsonProperty("total_entities") long totalEntities,
            @JsonProperty("actor_id") String actorId,
            Optional<CommitOutput> commit) {}

    public record Loaded(
            String name, @JsonProperty("entities_loaded") long entitiesLoaded) {}

    public record SnapshotOutput(
            @JsonProperty("graph_branch") String graphBranch,
            @JsonProperty("graph_manifest_version") long graphManifestVersion,
            @JsonProperty("graph_commit_id") String graphCommitId,
            @JsonProperty("internal_schema_version") int internalSchemaVersion,
            List<DatasetOutput> datasets) {}

    public record DatasetOutput(
            @JsonProperty("entity_kind") String entityKind,
            @JsonProperty("type_name") String typeName,
            @JsonProperty("entity_count") long entityCount) {}

    public record SchemaOutput(
            @JsonProperty("schema_source") String schemaSource) {}

    public record BranchesOutput(List<String> branches) {}

    public record BranchOutput(
            String name,
            String from,
            @JsonProperty("actor_id") String actorId) {}

    public record BranchDeleted(
            String name, @JsonProperty("actor_id") String actorId) {}

    public record CommitsOutput(List<CommitOutput> commits) {}

    public record GraphOutput(@JsonProperty("graph_id") String graphId) {}

    public record GraphsOutput(List<GraphOutput> graphs) {}
}
