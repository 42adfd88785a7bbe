package io.precinct.tenants;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a tenant is in its life, and where it may go from there. */
public enum TenantState {
    REQUESTED,
    PROVISIONING,
    /** A step of provisioning failed for good or was given up; it can be tried again or deleted. */
    FAILED,
    ACTIVE,
    SUSPENDED,
    /** Refuses all use; can be restored until the grace period ends. */
    DELETING,
    PURGING,
    DELETED;

    /** The states that one move leads to. {@code SUSPENDED} leads to itself, with another reason or mode. */
    public Set<TenantState> next() {
        return switch (this) {
            case REQUESTED -> EnumSet.of(PROVISIONING);
            case PROVISIONING -> EnumSet.of(ACTIVE, FAILED);
            case FAILED -> EnumSet.of(PROVISIONING, DELETING);
            case ACTIVE -> EnumSet.of(SUSPENDED, DELETING);
            case SUSPENDED -> EnumSet.of(ACTIVE, SUSPENDED, DELETING);
            case DELETING -> EnumSet.of(SUSPENDED, PURGING);
            case PURGING -> EnumSet.of(DELETED);
            case DELETED -> EnumSet.noneOf(TenantState.class);
        };
    }

    public boolean mayMoveTo(TenantState target) {
        return next().contains(target);
    }

    /** Lower-case name, as stored and on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
