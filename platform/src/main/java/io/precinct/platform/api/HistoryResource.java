package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EntityChange;
import io.precinct.engine.FeedPage;
import io.precinct.engine.FeedRequest;
import io.precinct.engine.WriteReceipt;
import io.precinct.platform.errors.ErrorDetail;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.EngineFailures;
import io.precinct.platform.run.GraphOperation;
import io.precinct.platform.run.HistoryOperation;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.Outcome;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What became of entities in the history of one graph. */
@Path("/tenants/{tenant}/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
public final class HistoryResource {
    private static final int MOST_CHANGES = 8_192;
    private static final String AFTER = "after:";

    private final OperationRunner runner;

    public HistoryResource(OperationRunner runner) {
        this.runner = runner;
    }

    /** {@code authored_at} is in microseconds since the epoch. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Cause(
            @JsonProperty("graph_commit_id") String graphCommitId,
            Optional<String> parent,
            @JsonProperty("merged_parent") Optional<String> mergedParent,
            @JsonProperty("authored_branch") String authoredBranch,
            @JsonProperty("actor_id") String actorId,
            @JsonProperty("authored_at") long authoredAt) {}

    public record ChangedType(int id, String name) {}

    /** {@code kind} is node or edge; {@code op} is insert, update or delete, and says which images there are. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record ChangeItem(
            String kind,
            ChangedType type,
            String id,
            String op,
            Optional<ErrorDetail.Image> before,
            Optional<ErrorDetail.Image> after) {}

    /** {@code next_page_token} is absent on the last page. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record ChangesOutput(
            Cause cause,
            List<ChangeItem> changes,
            @JsonProperty("next_page_token") Optional<String> nextPageToken) {}

    @GET
    @Path("/commits/{commit}/changes")
    @Operation(
            operationId = "commitsChanges",
            summary = "What one commit changed against its first parent, as far as the caller sees it")
    @Governed(action = "read", operation = "commits.changes")
    public ChangesOutput changes(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @PathParam("commit") String commit,
            @QueryParam("kind") List<String> kinds,
            @QueryParam("type") List<String> types,
            @QueryParam("op") List<String> operations,
            @QueryParam("page_token") String pageToken,
            @QueryParam("limit") @DefaultValue("1000") int limit) {
        if (limit < 1 || limit > MOST_CHANGES) {
            throw Names.invalid("limit is 1 to " + MOST_CHANGES);
        }
        CommitChanges page = runner.run(
                caller,
                Requests.context(http),
                new HistoryOperation.ChangesOf(
                        Names.graph(graph),
                        Names.commit(commit),
                        new ChangesRequest(
                                chosen(kinds, EntityChange.Kind.class, "kind is node or edge"),
                                new HashSet<>(types),
                                chosen(operations, EntityChange.Operation.class, "op is insert, update or delete"),
                                Optional.ofNullable(pageToken),
                                limit)));
        return new ChangesOutput(
                cause(page.cause()),
                page.changes().stream().map(HistoryResource::item).toList(),
                page.next());
    }

    /** {@code branch} gets the commit; absent is main. */
    public record RevertRequest(Optional<String> branch) {}

    /** {@code commit} is absent where nothing was left to take back. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record RevertOutput(
            String branch,
            String reverted,
            @JsonProperty("affected_nodes") long affectedNodes,
            @JsonProperty("affected_edges") long affectedEdges,
            @JsonProperty("actor_id") String actorId,
            Optional<Bodies.CommitOutput> commit) {}

    @POST
    @Path("/commits/{commit}/revert")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "commitsRevert",
            summary = "Take back what one commit did, as a commit on the head of a branch that has it in its history")
    @Governed(action = "change", operation = "commits.revert")
    public RevertOutput revert(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @PathParam("commit") String commit,
            RevertRequest request) {
        CommitId reverted = Names.commit(commit);
        WriteReceipt receipt = runner.run(
                caller,
                Requests.context(http),
                new HistoryOperation.Revert(
                        Names.graph(graph),
                        Names.branchOrMain(request == null ? Optional.empty() : request.branch()),
                        reverted));
        return new RevertOutput(
                receipt.branch().value(),
                reverted.value(),
                receipt.affectedNodes(),
                receipt.affectedEdges(),
                caller.subject(),
                receipt.commit().map(Bodies.CommitOutput::of));
    }

    private static Cause cause(CommitInfo commit) {
        return new Cause(
                commit.id().value(),
                commit.parent().map(Object::toString),
                commit.mergedParent().map(Object::toString),
                commit.branch().value(),
                commit.actor(),
                ChronoUnit.MICROS.between(Instant.EPOCH, commit.createdAt()));
    }

    /** One commit; {@code changes} are empty where none is the caller's. */
    public record Block(Cause cause, List<ChangeItem> changes) {}

    /** {@code cursor} and {@code caught_up} are on the last page of a poll only, all others have {@code next_page_token}. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record FeedOutput(
            List<Block> blocks,
            @JsonProperty("next_page_token") Optional<String> nextPageToken,
            Optional<String> cursor,
            @JsonProperty("caught_up") Optional<Boolean> caughtUp) {}

    @GET
    @Path("/changes")
    @Operation(
            operationId = "changesPoll",
            summary =
                    "What the commits of a branch changed, in their order, from a cursor on, as far as the caller sees it")
    @Governed(action = "read", operation = "changes.poll")
    public FeedOutput feed(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @QueryParam("branch") String branch,
            @QueryParam("cursor") String cursor,
            @QueryParam("start") String start,
            @QueryParam("page_token") String pageToken,
            @QueryParam("kind") List<String> kinds,
            @QueryParam("type") List<String> types,
            @QueryParam("op") List<String> operations,
            @QueryParam("limit") @DefaultValue("128") int limit,
            @QueryParam("page_limit") @DefaultValue("1000") int pageLimit,
            @QueryParam("page_bytes") @DefaultValue("4194304") long pageBytes) {
        if (limit < 1 || limit > FeedRequest.MOST_COMMITS) {
            throw Names.invalid("limit is 1 to " + FeedRequest.MOST_COMMITS + " commits");
        }
        if (pageLimit < 1 || pageLimit > FeedRequest.MOST_CHANGES) {
            throw Names.invalid("page_limit is 1 to " + FeedRequest.MOST_CHANGES + " changes");
        }
        if (pageBytes < 1 || pageBytes > FeedRequest.MOST_BYTES) {
            throw Names.invalid("page_bytes is 1 to " + FeedRequest.MOST_BYTES);
        }
        FeedPage page = runner.run(
                caller,
                Requests.context(http),
                new HistoryOperation.Feed(
                        Names.graph(graph),
                        Names.branchOrMain(Optional.ofNullable(branch)),
                        new FeedRequest(
                                start(cursor, start, pageToken),
                                filter(kinds, types, operations, pageLimit),
                                limit,
                                pageBytes)));
        return new FeedOutput(
                page.blocks().stream()
                        .map(block -> new Block(
                                cause(block.cause()),
                                block.changes().stream()
                                        .map(HistoryResource::item)
                                        .toList()))
                        .toList(),
                page.next(),
                page.cursor(),
                page.cursor().map(last -> page.caughtUp()));
    }

    private static FeedRequest.Start start(String cursor, String start, String pageToken) {
        if (Stream.of(cursor, start, pageToken).filter(Objects::nonNull).count() > 1) {
            throw Names.invalid("give at most one of cursor, start and page_token");
        }
        if (cursor != null) {
            return new FeedRequest.Start.Cursor(cursor);
        }
        if (pageToken != null) {
            return new FeedRequest.Start.Page(pageToken);
        }
        String word = Optional.ofNullable(start).orElse("now");
        if (word.startsWith(AFTER)) {
            return new FeedRequest.Start.After(Names.commit(word.substring(AFTER.length())));
        }
        return switch (word) {
            case "now" -> new FeedRequest.Start.Now();
            case "beginning" -> new FeedRequest.Start.Beginning();
            default -> throw Names.invalid("start is now, beginning or after:<commit>");
        };
    }

    /** All are optional; a list that is empty or absent wants all. */
    @JsonIgnoreProperties(ignoreUnknown = false)
    public record BaselineRequest(
            Optional<String> branch,
            Optional<List<String>> kind,
            Optional<List<String>> type,
            Optional<List<String>> op) {}

    @POST
    @Path("/changes/baseline")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({GraphResource.NDJSON, MediaType.APPLICATION_JSON})
    @Operation(
            operationId = "changesBaseline",
            summary =
                    "Stream what the caller sees of a branch as JSONL, ended by the cursor of the feed that goes on from it")
    @Governed(action = "export", operation = "changes.baseline")
    public Response baseline(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            BaselineRequest request) {
        BaselineRequest body = request == null
                ? new BaselineRequest(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())
                : request;
        Outcome<GraphOperation.Export.Stream> outcome = runner.start(
                caller,
                Requests.context(http),
                new HistoryOperation.Baseline(
                        Names.graph(graph),
                        Names.branchOrMain(body.branch()),
                        filter(
                                body.kind().orElse(List.of()),
                                body.type().orElse(List.of()),
                                body.op().orElse(List.of()),
                                FeedRequest.CHANGES)));
        return Response.ok((StreamingOutput) out -> {
                    try (outcome) {
                        outcome.value().writeTo(out);
                    } catch (IOException | RuntimeException | Error broken) {
                        outcome.failed(broken);
                        throw broken;
                    }
                })
                .type(GraphResource.NDJSON + ";charset=utf-8")
                .build();
    }

    private static ChangesRequest filter(List<String> kinds, List<String> types, List<String> operations, int limit) {
        return new ChangesRequest(
                chosen(kinds, EntityChange.Kind.class, "kind is node or edge"),
                new HashSet<>(types),
                chosen(operations, EntityChange.Operation.class, "op is insert, update or delete"),
                Optional.empty(),
                limit);
    }

    private static ChangeItem item(EntityChange change) {
        return new ChangeItem(
                change.kind().name().toLowerCase(Locale.ROOT),
                new ChangedType(change.typeId(), change.typeName()),
                change.entityId(),
                change.operation().name().toLowerCase(Locale.ROOT),
                change.before().map(EngineFailures::image),
                change.after().map(EngineFailures::image));
    }

    private static <E extends Enum<E>> Set<E> chosen(List<String> words, Class<E> of, String otherwise) {
        Set<E> chosen = EnumSet.noneOf(of);
        for (String word : words) {
            chosen.add(EnumSet.allOf(of).stream()
                    .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(word))
                    .findFirst()
                    .orElseThrow(() -> Names.invalid(otherwise)));
        }
        return chosen;
    }
}
