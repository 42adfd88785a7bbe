package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.EntityChange;
import io.precinct.platform.errors.ErrorDetail;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.EngineFailures;
import io.precinct.platform.run.HistoryOperation;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What became of entities in the history of one graph. */
@Path("/tenants/{tenant}/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
public final class HistoryResource {
    private static final int MOST_CHANGES = 8_192;

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
                new Cause(
                        page.cause().id().value(),
                        page.cause().parent().map(Object::toString),
                        page.cause().mergedParent().map(Object::toString),
                        page.cause().branch().value(),
                        page.cause().actor(),
                        ChronoUnit.MICROS.between(Instant.EPOCH, page.cause().createdAt())),
                page.changes().stream().map(HistoryResource::item).toList(),
                page.next());
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
