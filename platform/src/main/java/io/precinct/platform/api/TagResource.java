package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.engine.Tag;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.TagOperation;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Names for commits. */
@Path("/tenants/{tenant}/graphs/{graph}/tags")
@Produces(MediaType.APPLICATION_JSON)
public final class TagResource {
    private final OperationRunner runner;

    public TagResource(OperationRunner runner) {
        this.runner = runner;
    }

    /** What is tagged is named as for a query; nothing given is the head of main. */
    public record TagBody(String name, Optional<String> branch, Optional<String> snapshot, Optional<String> at) {}

    /** {@code graph_branch} is the one that the commit was made on; {@code created_at} microseconds since the epoch. */
    public record TagOutput(
            String name,
            @JsonProperty("graph_commit_id") String graphCommitId,
            @JsonProperty("graph_branch") String graphBranch,
            @JsonProperty("actor_id") String actorId,
            @JsonProperty("created_at") long createdAt) {
        static TagOutput of(Tag tag) {
            return new TagOutput(
                    tag.name().value(),
                    tag.commit().value(),
                    tag.branch().value(),
                    tag.actor(),
                    ChronoUnit.MICROS.between(Instant.EPOCH, tag.createdAt()));
        }
    }

    public record TagsOutput(List<TagOutput> tags) {}

    public record TagDeletedOutput(
            String name, @JsonProperty("actor_id") String actorId) {}

    @GET
    @Operation(operationId = "tagsList", summary = "Tags by name, of commits on branches that the caller may read")
    @Governed(action = "read", operation = "tags.list")
    public TagsOutput list(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph) {
        return new TagsOutput(
                runner.run(caller, Requests.context(http), new TagOperation.Tags(Names.graph(graph))).stream()
                        .map(TagOutput::of)
                        .toList());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "tagsCreate", summary = "Give a commit a name")
    @Governed(action = "branch_create", operation = "tags.create")
    public TagOutput create(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            TagBody request) {
        TagBody body = Names.present(request, "name");
        return TagOutput.of(runner.run(
                caller,
                Requests.context(http),
                new TagOperation.TagCreate(
                        Names.graph(graph),
                        Names.tag(Names.present(body.name(), "name")),
                        Names.target(body.branch(), body.snapshot(), Optional.empty(), body.at()))));
    }

    @DELETE
    @Path("/{tag}")
    @Operation(operationId = "tagsDelete", summary = "Delete a tag; its commit stays")
    @Governed(action = "branch_delete", operation = "tags.delete")
    public TagDeletedOutput delete(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @PathParam("tag") String tag) {
        return new TagDeletedOutput(
                runner.run(
                                caller,
                                Requests.context(http),
                                new TagOperation.TagDelete(Names.graph(graph), Names.tag(tag)))
                        .value(),
                caller.subject());
    }
}
