package io.precinct.tenants.postgres;

import io.precinct.tenants.TenantException;

/**
 * Where the control database is and as whom it is entered.
 *
 * @param url JDBC address of a PostgreSQL database, {@code jdbc:postgresql://host:port/database}
 * @param ownerUser role that owns the schema; used for migrations only
 * @param ownerPassword its password; never logged
 * @param applicationPassword password of the role {@link ControlDatabase#APPLICATION_ROLE}, with which everything but
 *     migrations runs; the role is created with it when it does not exist
 * @param poolSize most connections that this process opens as the application role, at least 2
 */
public record DatabaseSettings(
        String url, String ownerUser, String ownerPassword, String applicationPassword, int poolSize) {
    public static final int DEFAULT_POOL_SIZE = 16;

    public DatabaseSettings {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_SETTINGS,
                    "the control database must be PostgreSQL; give an address that begins with jdbc:postgresql:");
        }
        if (ownerUser.isBlank() || applicationPassword.isBlank()) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_SETTINGS,
                    "the control database needs the owner's name and a password for the role "
                            + ControlDatabase.APPLICATION_ROLE);
        }
        if (ownerUser.equals(ControlDatabase.APPLICATION_ROLE)) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_SETTINGS,
                    "the control database's owner must be another role than " + ControlDatabase.APPLICATION_ROLE
                            + ", else row level security would not bind it");
        }
        if (poolSize < 2) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_SETTINGS, "the control database's pool needs at least 2 connections");
        }
    }

    public DatabaseSettings withPoolSize(int connections) {
        return new DatabaseSettings(url, ownerUser, ownerPassword, applicationPassword, connections);
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", ownerUser=" + ownerUser + ", poolSize=" + poolSize + "]";
    }
}
