package io.precinct.platform.identity;

import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.tenants.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Binds an identity to the tenant a path names. A tenant that is unknown, foreign, or absent from the token is answered
 * by one and the same failure. Thread-safe.
 */
public final class TenantGuard {
    private final TenantDirectory directory;

    public TenantGuard(TenantDirectory directory) {
        this.directory = directory;
    }

    /**
     * The caller in the tenant of the path.
     *
     * @throws PlatformException with {@link PlatformFailure.TenantHidden} in every other case
     */
    public Caller caller(Identity identity, String pathTenant) {
        Optional<TenantId> named = directory.named(pathTenant);
        if (named.isEmpty()) {
            throw hidden();
        }
        TenantId tenant = named.get();
        Optional<Membership> membership = identity.memberships().stream()
                .filter(one -> speaksFor(identity, one, tenant))
                .findFirst();
        if (membership.isPresent()) {
            return bound(identity, tenant, membership.get().roles());
        }
        if (identity.operator()) {
            return bound(identity, tenant, Set.of());
        }
        throw hidden();
    }

    /**
     * The caller where no path names a tenant: the token's one organization.
     *
     * @throws PlatformException with {@link PlatformFailure.TenantHidden} when it has none or several
     */
    public Caller onlyTenant(Identity identity) {
        List<Membership> memberships = identity.memberships();
        if (memberships.size() != 1) {
            throw hidden();
        }
        Membership only = memberships.getFirst();
        TenantId tenant = directory
                .ofOrganization(identity.issuer(), only.organizationId())
                .orElseThrow(TenantGuard::hidden);
        return bound(identity, tenant, only.roles());
    }

    private boolean speaksFor(Identity identity, Membership membership, TenantId tenant) {
        return directory
                .ofOrganization(identity.issuer(), membership.organizationId())
                .filter(tenant::equals)
                .isPresent();
    }

    private static Caller bound(Identity identity, TenantId tenant, Set<String> roles) {
        return new Caller(
                identity.subject(),
                identity.type(),
                tenant,
                roles,
                identity.claims(),
                identity.auth(),
                identity.operator());
    }

    private static PlatformException hidden() {
        return new PlatformException(new PlatformFailure.TenantHidden());
    }
}
