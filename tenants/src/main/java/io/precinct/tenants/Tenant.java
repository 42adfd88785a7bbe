package io.precinct.tenants;

import java.time.Instant;
import java.util.Optional;

/**
 * One tenant as the registry has it.
 *
 * @param plan names the default quotas
 * @param region where its data are kept, fixed at creation
 * @param suspension present in the state {@code SUSPENDED} and in no other
 * @param epoch grows with every move; a move names the epoch that it was decided on
 */
public record Tenant(
        TenantId id,
        TenantSlug slug,
        String displayName,
        String plan,
        String region,
        TenantState state,
        Optional<Suspension> suspension,
        long epoch,
        Instant createdAt,
        Instant updatedAt) {
    public Tenant {
        if ((state == TenantState.SUSPENDED) != suspension.isPresent()) {
            throw new IllegalArgumentException("a suspension belongs to the suspended state and to no other");
        }
    }

    /** Whether the present state allows such use. */
    public boolean allows(TenantUse use) {
        return switch (state) {
            case ACTIVE -> true;
            case SUSPENDED -> suspension.filter(now -> allows(now, use)).isPresent();
            case REQUESTED, PROVISIONING, FAILED, DELETING, PURGING, DELETED -> false;
        };
    }

    private static boolean allows(Suspension suspension, TenantUse use) {
        return switch (use) {
            case READ -> suspension.mode() == Suspension.Mode.READ_ONLY;
            case EXPORT -> suspension.exportAllowed();
            case WRITE, MAINTENANCE -> false;
        };
    }

    /**
     * @throws TenantException.Refused {@code TENANT_SUSPENDED} or {@code TENANT_NOT_ACTIVE} when the state forbids the use
     */
    public void require(TenantUse use) {
        if (allows(use)) {
            return;
        }
        if (state == TenantState.SUSPENDED) {
            throw new TenantException.Refused(
                    TenantException.Code.TENANT_SUSPENDED,
                    "the tenant is suspended ("
                            + suspension.orElseThrow().reason().wireName() + "); ask its operator to resume it");
        }
        throw new TenantException.Refused(
                TenantException.Code.TENANT_NOT_ACTIVE, "the tenant is " + state.wireName() + ", not active");
    }
}
