package io.precinct.platform.web;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;

/** {@code healthz} where compatible clients look for it: below their base address. The same for every tenant's name. */
@Path("/tenants/{tenant}/healthz")
@Produces(MediaType.APPLICATION_JSON)
public final class TenantHealthResource {
    private final Map<String, Object> body;

    public TenantHealthResource(Map<String, Object> body) {
        this.body = Map.copyOf(body);
    }

    @GET
    @Operation(operationId = "health", summary = "Whether the service answers, and its version")
    @Ungoverned(reason = "says nothing about any tenant", operation = "health")
    public Map<String, Object> health(@PathParam("tenant") String tenant) {
        return body;
    }
}
