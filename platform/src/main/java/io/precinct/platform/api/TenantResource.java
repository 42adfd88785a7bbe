package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.GraphId;
import io.precinct.engine.GraphStore;
import io.precinct.platform.audit.AuditFilter;
import io.precinct.platform.audit.AuditPage;
import io.precinct.platform.audit.AuditTrail;
import io.precinct.platform.audit.AuditVerification;
import io.precinct.platform.audit.ReadBuffer;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.OperationKind;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.TenantOperation;
import io.precinct.platform.web.Governed;
import io.precinct.tenants.Lease;
import io.precinct.tenants.TenantEngines;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantUse;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A tenant as a whole: its graphs and its trail. */
@Path("/tenants/{tenant}")
@Produces(MediaType.APPLICATION_JSON)
public final class TenantResource {
    private static final Logger LOG = LoggerFactory.getLogger(TenantResource.class);
    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("+10000-01-01T00:00:00Z");

    private final OperationRunner runner;
    private final TenantRegistry registry;
    private final TenantEngines<GraphStore> engines;
    private final AuditTrail trail;
    private final ReadBuffer reads;
    private final ObjectMapper json;

    public TenantResource(
            OperationRunner runner,
            TenantRegistry registry,
            TenantEngines<GraphStore> engines,
            AuditTrail trail,
            ReadBuffer reads,
            ObjectMapper json) {
        this.runner = runner;
        this.registry = registry;
        this.engines = engines;
        this.trail = trail;
        this.reads = reads;
        this.json = json;
    }

    @GET
    @Path("/graphs")
    @Operation(operationId = "graphsList", summary = "The tenant's graphs, by name")
    @Governed(action = "graph_list", operation = "graphs.list")
    public Bodies.GraphsOutput graphs(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant) {
        return runner.run(
                caller,
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.GRAPHS_LIST,
                        who -> new Bodies.GraphsOutput(registry.graphs(who.tenant()).stream()
                                .map(graph ->
                                        new Bodies.GraphOutput(graph.graph().value()))
                                .toList())));
    }

    @POST
    @Path("/graphs")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "graphsCreate", summary = "Create a graph with an empty main branch")
    @Governed(action = "graph_create", operation = "graphs.create")
    public Bodies.GraphOutput create(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            Bodies.GraphRequest request) {
        Bodies.GraphRequest body = Names.present(request, "graph_id");
        GraphId graph = Names.graph(Names.present(body.graphId(), "graph_id"));
        String schema = Names.present(body.schemaSource(), "schema_source");
        return runner.run(
                caller,
                Requests.context(http),
                new TenantOperation<>(OperationKind.GRAPHS_CREATE, Optional.of(graph), admitted -> {
                    // The store decides who creates it; a creation that was cut off before it was listed is listed by
                    // the next attempt, and only then.
                    boolean listed = registry.graph(caller.tenant(), graph).isPresent();
                    try (Lease<GraphStore> lease = engines.lease(caller.tenant(), TenantUse.WRITE)) {
                        lease.engine().create(graph, schema, admitted.by());
                    } catch (EngineException taken) {
                        if (listed || !(taken.failure() instanceof EngineFailure.AlreadyExists)) {
                            throw taken;
                        }
                    }
                    registry.registerGraph(caller.tenant(), graph, graph.value(), caller.subject());
                    return new Bodies.GraphOutput(graph.value());
                }));
    }

    /** One record, flattened for people; {@code ts} is ISO 8601. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record AuditOutput(
            String id,
            long sequence,
            String ts,
            String kind,
            String actor,
            String action,
            String operation,
            Optional<String> graph,
            Optional<String> branch,
            boolean allow,
            List<String> reasons,
            Optional<String> outcome,
            @JsonProperty("graph_commit_id") Optional<String> graphCommitId,
            @JsonProperty("request_id") String requestId,
            @JsonProperty("decision_id") Optional<String> decisionId,
            @JsonProperty("policy_revision") Optional<String> policyRevision,
            String hash) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record AuditListOutput(List<AuditOutput> records, Optional<String> next) {}

    /** {@code first_broken} and {@code why} are present when the chain is not intact. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record AuditCheckOutput(
            boolean intact,
            long records,
            Optional<String> hash,
            @JsonProperty("first_broken") Optional<Long> firstBroken,
            Optional<String> why) {}

    @GET
    @Path("/audit")
    @Operation(operationId = "auditList", summary = "The tenant's trail, newest first")
    @Governed(action = "audit_read", operation = "audit.read")
    public AuditListOutput audit(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @QueryParam("from") String from,
            @QueryParam("until") String until,
            @QueryParam("actor") String actor,
            @QueryParam("action") String action,
            @QueryParam("allow") Boolean allow,
            @QueryParam("graph") String graph,
            @QueryParam("commit") String commit,
            @QueryParam("request") String request,
            @QueryParam("before") String before,
            @QueryParam("limit") @DefaultValue("50") int limit) {
        Optional<String> cursor = Names.plain("before", before);
        AuditFilter filter = new AuditFilter(
                instant("from", from),
                instant("until", until),
                Names.plain("actor", actor),
                Names.plain("action", action),
                Optional.ofNullable(allow),
                Names.plain("graph", graph),
                Names.plain("commit", commit),
                Names.plain("request", request));
        return runner.run(caller, Requests.context(http), TenantOperation.by(OperationKind.AUDIT_READ, who -> {
            reads.flush();
            AuditPage page = trail.query(who.tenant(), filter, cursor, limit);
            List<AuditOutput> records = new ArrayList<>();
            page.records().forEach(line -> records.add(output(line)));
            return new AuditListOutput(records, page.nextCursor());
        }));
    }

    @GET
    @Path("/audit/verify")
    @Operation(operationId = "auditVerify", summary = "Recompute the trail's hash chain")
    @Governed(action = "audit_read", operation = "audit.verify")
    public AuditCheckOutput verify(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant) {
        return runner.run(caller, Requests.context(http), TenantOperation.by(OperationKind.AUDIT_VERIFY, who -> {
            reads.flush();
            return switch (trail.verify(who.tenant())) {
                case AuditVerification.Intact intact ->
                    new AuditCheckOutput(
                            true, intact.records(), Optional.of(intact.hash()), Optional.empty(), Optional.empty());
                case AuditVerification.Broken broken ->
                    new AuditCheckOutput(
                            false,
                            broken.sequence() - 1,
                            Optional.empty(),
                            Optional.of(broken.sequence()),
                            Optional.of(broken.why()));
            };
        }));
    }

    private static Optional<Instant> instant(String name, String text) {
        try {
            Optional<Instant> parsed = Optional.ofNullable(text).map(Instant::parse);
            // The database's calendar is shorter than ours.
            if (parsed.filter(time -> time.isBefore(EARLIEST) || !time.isBefore(LATEST))
                    .isEmpty()) {
                return parsed;
            }
        } catch (java.time.format.DateTimeParseException malformed) {
            LOG.debug("not an instant", malformed);
        }
        throw Names.invalid(name + " is an instant of the years 0 to 9999 such as 2026-01-31T12:00:00Z");
    }

    private AuditOutput output(AuditPage.Line line) {
        JsonNode record;
        try {
            record = json.readTree(line.record());
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
        List<String> rules = new ArrayList<>();
        record.path("decision").path("rules").forEach(rule -> rules.add(rule.asText()));
        JsonNode outcome = record.path("outcome");
        return new AuditOutput(
                line.id(),
                line.sequence(),
                record.path("ts").asText(),
                record.path("kind").asText(),
                record.path("actor").path("id").asText(),
                record.path("action").asText(),
                record.path("operation").asText(),
                text(record.path("resource").path("graph")),
                text(record.path("resource").path("branch")),
                record.path("decision").path("allow").asBoolean(),
                rules,
                outcome.isObject()
                        ? Optional.of(outcome.path("http_status")
                                        .asText(outcome.path("httpStatus").asText())
                                + text(outcome.path("error_code"))
                                        .map(code -> " " + code)
                                        .orElse(""))
                        : Optional.empty(),
                text(outcome.path("graph_commit_id")).or(() -> text(outcome.path("graphCommitId"))),
                text(record.path("request_id"))
                        .or(() -> text(record.path("requestId")))
                        .orElse(""),
                text(record.path("decision_id")).or(() -> text(record.path("decisionId"))),
                text(record.path("decision").path("policy_revision"))
                        .or(() -> text(record.path("decision").path("policyRevision"))),
                line.hash());
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }
}
