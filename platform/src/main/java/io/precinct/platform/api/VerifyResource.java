package io.precinct.platform.api;

import io.precinct.engine.VerifyReport;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.GraphOperation;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Locale;

/** Whether what is stored of a graph is what was written. */
@Path("/tenants/{tenant}/graphs/{graph}/verify")
@Produces(MediaType.APPLICATION_JSON)
public final class VerifyResource {
    private final OperationRunner runner;

    public VerifyResource(OperationRunner runner) {
        this.runner = runner;
    }

    /** {@code sound} is complete and without findings. */
    public record VerifyOutput(
            boolean sound,
            boolean complete,
            long records,
            long checkpoints,
            long versions,
            List<FindingOutput> findings) {}

    /** {@code kind} such as record_missing; {@code place} is a key in the graph's part of the store. */
    public record FindingOutput(String kind, String place, String detail) {}

    @POST
    @Operation(operationId = "graphVerify", summary = "Look for damage in what is stored of a graph; changes nothing")
    @Governed(action = "maintain_optimize", operation = "maint.verify")
    public VerifyOutput verify(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph) {
        VerifyReport report = runner.run(caller, Requests.context(http), new GraphOperation.Verify(Names.graph(graph)));
        return new VerifyOutput(
                report.sound(),
                report.complete(),
                report.records(),
                report.checkpoints(),
                report.versions(),
                report.findings().stream()
                        .map(one -> new FindingOutput(
                                one.kind().name().toLowerCase(Locale.ROOT), one.place(), one.detail()))
                        .toList());
    }
}
