package io.precinct.platform.identity;

import io.precinct.tenants.TenantId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks, verified, and in which tenant. The only subject that operations know.
 *
 * @param subject stable id within the tenant's issuer
 * @param roles roles inside {@code tenant}; never realm-wide ones
 * @param claims allow-listed claims, for policy
 * @param operator whether the subject holds the platform-operator role; it may then reach a tenant it is no member of
 */
public record Caller(
        String subject,
        SubjectType type,
        TenantId tenant,
        Set<String> roles,
        Map<String, Object> claims,
        AuthFacts auth,
        boolean operator) {
    public Caller {
        roles = Set.copyOf(roles);
        claims = Map.copyOf(claims);
    }

    /** The platform's own subject for background work on a tenant; authorized like any other. */
    public static Caller system(TenantId tenant, String job) {
        return new Caller(
                "system:" + job,
                SubjectType.SYSTEM,
                tenant,
                Set.of("system"),
                Map.of(),
                new AuthFacts("system", job, Optional.empty(), false, Instant.MAX),
                false);
    }

    /** Somebody whose token does not speak for the tenant it knocked at. */
    public record Stranger(String subject, String type, String requestId) {}
}
