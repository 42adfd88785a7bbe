package io.precinct.tenants;

import io.precinct.engine.GraphId;
import java.time.Instant;

/** A graph that a tenant has. */
public record TenantGraph(TenantId tenant, GraphId graph, String displayName, Instant createdAt, String createdBy) {}
