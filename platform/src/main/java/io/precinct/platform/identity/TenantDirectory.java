package io.precinct.platform.identity;

import io.precinct.tenants.TenantId;
import java.util.Optional;

/** What identity asks of the tenant registry. Thread-safe; asked on every request, so answers come from memory. */
public interface TenantDirectory {
    /** The tenant a path names, by id or present name. */
    Optional<TenantId> named(String nameOrId);

    /** The tenant an issuer's organization stands for. The embedded issuer uses tenant ids as organization ids. */
    Optional<TenantId> ofOrganization(String issuer, String organizationId);
}
