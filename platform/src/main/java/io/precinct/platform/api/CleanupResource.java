package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.GraphOperation;
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
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Old history of a graph and the files that only it needs. */
@Path("/tenants/{tenant}/graphs/{graph}/maintenance/cleanup")
@Produces(MediaType.APPLICATION_JSON)
public final class CleanupResource {
    private static final Duration OLDEST = Duration.ofDays(36_500);

    private final OperationRunner runner;

    public CleanupResource(OperationRunner runner) {
        this.runner = runner;
    }

    /**
     * At least one of {@code keep}, commits of each branch that stay readable, and {@code older_than}, a duration such as
     * PT24H or P7D; of what both name, only what is beyond both goes. Nothing is taken without {@code confirm}.
     */
    public record CleanupBody(
            Optional<Integer> keep,
            @JsonProperty("older_than") Optional<String> olderThan,
            Optional<Boolean> confirm) {}

    /** {@code complete} is false when the run was cut short; another goes on where it ended. */
    public record CleanupOutput(
            boolean confirmed,
            boolean complete,
            long objects,
            long bytes,
            List<ReclaimedOutput> reclaimed,
            List<OldestOutput> oldest) {}

    /** {@code kind} is records, checkpoints, files or versions. */
    public record ReclaimedOutput(String kind, long objects, long bytes) {}

    /** The oldest commit of the branch whose state can be read. */
    public record OldestOutput(
            String branch, @JsonProperty("graph_commit_id") String graphCommitId) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "graphCleanup",
            summary = "Take old history and what only it needs, of all branches; without confirm, say what would go")
    @Governed(action = "maintain_cleanup", operation = "maint.cleanup")
    public CleanupOutput cleanup(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            CleanupBody request) {
        CleanupBody body = Names.present(request, "keep");
        boolean confirmed = body.confirm().orElse(false);
        CollectReport report = runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.Cleanup(Names.graph(graph), request(body, confirmed)));
        return new CleanupOutput(
                confirmed,
                report.complete(),
                report.objects(),
                report.bytes(),
                report.reclaimed().stream()
                        .map(one -> new ReclaimedOutput(
                                one.kind().name().toLowerCase(Locale.ROOT), one.objects(), one.bytes()))
                        .toList(),
                report.oldest().stream()
                        .map(one -> new OldestOutput(
                                one.branch().value(), one.commit().id().value()))
                        .toList());
    }

    private static CollectRequest request(CleanupBody body, boolean confirmed) {
        Optional<Duration> age = body.olderThan().map(CleanupResource::age);
        try {
            return new CollectRequest(body.keep().map(OptionalInt::of).orElseGet(OptionalInt::empty), age, !confirmed);
        } catch (IllegalArgumentException wrong) {
            throw Names.invalid(wrong.getMessage());
        }
    }

    private static Duration age(String text) {
        try {
            Duration age = Duration.parse(text);
            if (age.compareTo(OLDEST) <= 0) {
                return age;
            }
        } catch (DateTimeParseException malformed) {
            // Told like an age that nothing has.
        }
        throw Names.invalid("older_than is a duration of at most 36500 days, such as PT24H or P7D");
    }
}
