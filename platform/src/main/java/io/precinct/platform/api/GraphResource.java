package io.precinct.platform.api;

import io.precinct.engine.BranchName;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.GraphOperation;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.Outcome;
import io.precinct.platform.run.QueryRun;
import io.precinct.platform.web.Governed;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reading, writing and moving the data of one graph. */
@Path("/tenants/{tenant}/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
public final class GraphResource {
    static final String NDJSON = "application/x-ndjson";

    private final OperationRunner runner;
    private final ReadAnswers answers;

    public GraphResource(OperationRunner runner, ReadAnswers answers) {
        this.runner = runner;
        this.answers = answers;
    }

    @GET
    @Path("/snapshot")
    @Operation(operationId = "snapshot", summary = "Head of a branch and what the caller sees of each type")
    @Governed(action = "read", operation = "snapshot.get")
    public Bodies.SnapshotOutput snapshot(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @QueryParam("branch") String branch) {
        GraphOperation.SnapshotOf.Summary summary = runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.SnapshotOf(Names.graph(graph), Names.branchOrMain(Optional.ofNullable(branch))));
        Snapshot snapshot = summary.snapshot();
        return new Bodies.SnapshotOutput(
                snapshot.branch().value(),
                snapshot.sequence(),
                snapshot.head().id().value(),
                1,
                summary.datasets().stream()
                        .map(one -> new Bodies.DatasetOutput(one.kind(), one.typeName(), one.entities()))
                        .toList());
    }

    @POST
    @Path("/query")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "query", summary = "Run a read query")
    @ApiResponse(
            responseCode = "200",
            description = "the rows",
            content = @Content(schema = @Schema(implementation = Bodies.ReadOutput.class)))
    @Governed(action = "read", operation = "query.run")
    public Response query(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.QueryRequest request) {
        Bodies.QueryRequest body = Names.present(request, "query");
        Outcome<QueryRun> outcome = runner.start(
                caller,
                Requests.context(http),
                new GraphOperation.Query(
                        Names.graph(graph),
                        Names.target(body.branch(), body.snapshot(), body.tag(), body.at()),
                        Names.present(body.query(), "query"),
                        body.name(),
                        answers.parameters(body.params())));
        return Response.ok((StreamingOutput) out -> answers.write(outcome, out)).build();
    }

    @POST
    @Path("/query/explain")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "queryExplain", summary = "Plan of a read query, with the row rules and the decision")
    @Governed(action = "read", operation = "query.explain")
    public ExplainOutput explain(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.QueryRequest request) {
        Bodies.QueryRequest body = Names.present(request, "query");
        return ExplainOutput.of(runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.Explain(
                        Names.graph(graph),
                        Names.target(body.branch(), body.snapshot(), body.tag(), body.at()),
                        Names.present(body.query(), "query"),
                        body.name(),
                        answers.parameters(body.params()))));
    }

    @POST
    @Path("/mutate")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "mutate", summary = "Run a mutation as one commit")
    @Governed(action = "change", operation = "mutate.run")
    public Bodies.ChangeOutput mutate(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.MutateRequest request) {
        return mutated(caller, http, graph, request);
    }

    /** As {@link #mutate}; the header says on which commit. */
    @POST
    @Path("/mutate/if-graph-commit")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "mutateIfGraphCommit",
            summary = "Run a mutation as one commit, if the branch still stands on the commit of the header")
    @Governed(action = "change", operation = "mutate.run")
    public Bodies.ChangeOutput mutateIfCommit(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.MutateRequest request) {
        return mutated(caller, http, graph, request);
    }

    private Bodies.ChangeOutput mutated(
            Caller caller, HttpServletRequest http, String graph, Bodies.MutateRequest request) {
        Bodies.MutateRequest body = Names.present(request, "query");
        GraphOperation.Mutate.Mutated mutated = runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.Mutate(
                        Names.graph(graph),
                        Names.branchOrMain(body.branch()),
                        Names.present(body.query(), "query"),
                        body.name(),
                        answers.parameters(body.params())));
        WriteReceipt receipt = mutated.receipt();
        return new Bodies.ChangeOutput(
                receipt.branch().value(),
                mutated.queryName(),
                receipt.affectedNodes(),
                receipt.affectedEdges(),
                caller.subject(),
                receipt.commit().map(Bodies.CommitOutput::of));
    }

    @POST
    @Path("/load")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "load", summary = "Load JSONL given inside a JSON body as one commit")
    @Governed(action = "change", operation = "load.run")
    public Bodies.LoadOutput load(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.LoadBody request) {
        return loaded(caller, http, graph, Names.present(request, "data"), ReaderKind.STRICT);
    }

    /** Reads records as older clients write them; see {@link ReaderKind#PERMISSIVE}. */
    @POST
    @Path("/ingest")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "ingest", summary = "Old spelling of load; reads leniently", deprecated = true)
    @Governed(action = "change", operation = "load.run")
    public Response ingest(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.LoadBody request) {
        return Response.ok(loaded(caller, http, graph, Names.present(request, "data"), ReaderKind.PERMISSIVE))
                .header("Deprecation", "true")
                .header("Link", "<load>; rel=\"successor-version\"")
                .build();
    }

    private Bodies.LoadOutput loaded(
            Caller caller, HttpServletRequest http, String graph, Bodies.LoadBody body, ReaderKind reader) {
        byte[] data = Names.present(body.data(), "data").getBytes(StandardCharsets.UTF_8);
        return loaded(
                caller,
                http,
                new GraphOperation.Load(
                        Names.graph(graph),
                        Names.branchOrMain(body.branch()),
                        body.from().map(Names::branch),
                        Names.mode(body.mode().orElse("merge")),
                        reader,
                        new ByteArrayInputStream(data)));
    }

    @POST
    @Path("/load/ndjson")
    @Consumes(NDJSON)
    @Operation(operationId = "loadNdjson", summary = "Load a JSONL body as one commit, streaming")
    @Governed(action = "change", operation = "load.run")
    public Bodies.LoadOutput loadNdjson(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            @QueryParam("branch") String branch,
            @QueryParam("mode") @DefaultValue("merge") String mode,
            InputStream body) {
        return loaded(
                caller,
                http,
                new GraphOperation.Load(
                        Names.graph(graph),
                        Names.branchOrMain(Optional.ofNullable(branch)),
                        Optional.empty(),
                        Names.mode(mode),
                        ReaderKind.STRICT,
                        body));
    }

    private Bodies.LoadOutput loaded(Caller caller, HttpServletRequest http, GraphOperation.Load load) {
        GraphOperation.Load.Loaded loaded = runner.run(caller, Requests.context(http), load);
        WriteReceipt receipt = loaded.receipt();
        List<Bodies.Loaded> nodes = counts(receipt.nodes());
        List<Bodies.Loaded> edges = counts(receipt.edges());
        return new Bodies.LoadOutput(
                receipt.branch().value(),
                loaded.forkedFrom().map(BranchName::value),
                loaded.forkedFrom().isPresent(),
                load.mode().name().toLowerCase(java.util.Locale.ROOT),
                nodes,
                edges,
                java.util.stream.Stream.concat(nodes.stream(), edges.stream())
                        .mapToLong(Bodies.Loaded::entitiesLoaded)
                        .sum(),
                caller.subject(),
                receipt.commit().map(Bodies.CommitOutput::of));
    }

    private static List<Bodies.Loaded> counts(Map<String, Long> byName) {
        return byName.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new Bodies.Loaded(entry.getKey(), entry.getValue()))
                .toList();
    }

    @POST
    @Path("/export")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces({NDJSON, MediaType.APPLICATION_JSON})
    @Operation(operationId = "export", summary = "Stream what the caller sees of a branch as JSONL")
    @Governed(action = "export", operation = "export.run")
    public Response export(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            Bodies.ExportRequest request) {
        Bodies.ExportRequest body = request == null
                ? new Bodies.ExportRequest(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty())
                : request;
        Outcome<GraphOperation.Export.Stream> outcome = runner.start(
                caller,
                Requests.context(http),
                new GraphOperation.Export(
                        Names.graph(graph),
                        Names.target(body.branch(), body.snapshot(), body.tag(), body.at()),
                        Set.copyOf(body.typeNames().orElse(List.of()))));
        return Response.ok((StreamingOutput) out -> {
                    try (outcome) {
                        outcome.value().writeTo(out);
                    } catch (java.io.IOException | RuntimeException | Error broken) {
                        outcome.failed(broken);
                        throw broken;
                    }
                })
                .type(NDJSON + ";charset=utf-8")
                .build();
    }

    @GET
    @Path("/schema")
    @Operation(operationId = "schema", summary = "Schema source")
    @Governed(action = "read", operation = "schema.get")
    public Bodies.SchemaOutput schema(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph) {
        return new Bodies.SchemaOutput(
                runner.run(caller, Requests.context(http), new GraphOperation.SchemaOf(Names.graph(graph))));
    }
}
