package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.BranchName;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.query.LintJson;
import io.precinct.engine.query.LintReport;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.schema.SchemaPlanJson;
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
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changing the schema of one graph, and checking queries against it. */
@Path("/tenants/{tenant}/graphs/{graph}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class SchemaResource {
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final OperationRunner runner;
    private final ObjectMapper json;

    public SchemaResource(OperationRunner runner, ObjectMapper json) {
        this.runner = runner;
        this.json = json;
    }

    /** {@code branch} is an addition; absent is main. */
    public record SchemaRequest(
            @JsonProperty("schema_source") String schemaSource,
            @JsonProperty("allow_data_loss") Optional<Boolean> allowDataLoss,
            Optional<String> branch) {}

    /** {@code warnings} are an addition. */
    public record PlanOutput(boolean supported, List<Map<String, Object>> steps, List<Map<String, Object>> warnings) {}

    /** {@code warnings} are an addition. */
    public record ApplyOutput(
            String uri,
            boolean supported,
            boolean applied,
            @JsonProperty("step_count") int stepCount,
            @JsonProperty("graph_manifest_version") long graphManifestVersion,
            List<Map<String, Object>> steps,
            List<Map<String, Object>> warnings) {}

    /** {@code name} is what the report calls the text. */
    public record LintRequest(String query, Optional<String> name, Optional<String> branch) {}

    @POST
    @Path("/schema/plan")
    @Operation(operationId = "schemaPlan", summary = "Steps from a branch's schema to another one; changes nothing")
    @Governed(action = "config_plan", operation = "schema.plan")
    public PlanOutput plan(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            SchemaRequest request) {
        SchemaRequest body = Names.present(request, "schema_source");
        SchemaPlan plan = runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.PlanSchema(Names.graph(graph), branch(body.branch()), source(body), options(body)));
        Map<String, Object> written = object(out -> SchemaPlanJson.write(out, plan));
        return new PlanOutput(plan.supported(), objects(written, "steps"), objects(written, "warnings"));
    }

    @POST
    @Path("/schema/apply")
    @Operation(operationId = "schemaApply", summary = "Change a branch's schema as one commit")
    @Governed(action = "schema_apply", operation = "schema.apply")
    public ApplyOutput apply(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            SchemaRequest request) {
        SchemaRequest body = Names.present(request, "schema_source");
        GraphOperation.ApplySchema.Applied applied = runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.ApplySchema(Names.graph(graph), branch(body.branch()), source(body), options(body)));
        SchemaPlan plan = applied.receipt().plan();
        Map<String, Object> written = object(out -> SchemaPlanJson.write(out, plan));
        return new ApplyOutput(
                uri(tenant, graph),
                plan.supported(),
                applied.receipt().applied(),
                plan.steps().size(),
                applied.sequence(),
                objects(written, "steps"),
                objects(written, "warnings"));
    }

    @POST
    @Path("/lint")
    @Operation(operationId = "lint", summary = "Check a query text against a branch's schema")
    @Governed(action = "read", operation = "lint.run")
    public Map<String, Object> lint(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("graph") String graph,
            LintRequest request) {
        LintRequest body = Names.present(request, "query");
        LintReport report = runner.run(
                caller,
                Requests.context(http),
                new GraphOperation.LintQueries(
                        Names.graph(graph), branch(body.branch()), Names.present(body.query(), "query")));
        return object(out -> LintJson.write(
                out,
                report,
                new LintJson.SchemaSource(false, uri(tenant, graph)),
                body.name().orElse("request")));
    }

    private static BranchName branch(Optional<String> name) {
        return Names.branchOrMain(name);
    }

    private static String source(SchemaRequest body) {
        return Names.present(body.schemaSource(), "schema_source");
    }

    private static SchemaOptions options(SchemaRequest body) {
        return new SchemaOptions(body.allowDataLoss().orElse(false));
    }

    private static String uri(String tenant, String graph) {
        return "/v1/tenants/" + tenant + "/graphs/" + graph;
    }

    private interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    private Map<String, Object> object(Writing writing) {
        StringWriter text = new StringWriter();
        try {
            try (JsonGenerator out = json.createGenerator(text)) {
                writing.to(out);
            }
            return json.readValue(text.toString(), OBJECT);
        } catch (IOException impossible) {
            throw new UncheckedIOException("writing to memory failed", impossible);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(Map<String, Object> object, String field) {
        return (List<Map<String, Object>>) object.get(field);
    }
}
