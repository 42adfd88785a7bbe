package io.precinct.tenants;

/** What an operation wants of a tenant's engine; a suspended tenant allows some of it. */
public enum TenantUse {
    READ,
    WRITE,
    EXPORT,
    MAINTENANCE
}
