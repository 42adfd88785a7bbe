package io.precinct.platform.web;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code healthz} where compatible clients look for it: below their base address. The same for every tenant's name. */
@Path("/tenants/{tenant}/healthz")
@Produces(MediaType.APPLICATION_JSON)
public final class TenantHealthResource {
    private final Probes.Health body;

    public TenantHealthResource(Probes.Health body) {
        this.body = body;
    }

    @GET
    @Operation(operationId = "health", summary = "Whether the service answers, and its version")
    @Ungoverned(reason = "says nothing about any tenant", operation = "health")
    public Probes.Health health(@PathParam("tenant") String tenant) {
        return body;
    }
}
