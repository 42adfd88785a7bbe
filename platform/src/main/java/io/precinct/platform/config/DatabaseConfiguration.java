package io.precinct.platform.config;

import io.precinct.tenants.postgres.DatabaseSettings;
import java.util.Optional;

/**
 * The control database. Without a {@code url} the node runs its own PostgreSQL below its home.
 *
 * @param url JDBC address of a PostgreSQL database elsewhere
 * @param ownerUser role that owns the schema, for migrations
 * @param applicationPassword of the role that everything else runs as
 */
public record DatabaseConfiguration(
        Optional<String> url, String ownerUser, String ownerPassword, String applicationPassword) {
    public static final DatabaseConfiguration EMBEDDED = new DatabaseConfiguration(Optional.empty(), "", "", "");

    public DatabaseConfiguration {
        url = url == null ? Optional.empty() : url.filter(text -> !text.isBlank());
        ownerUser = Optional.ofNullable(ownerUser).orElse("");
        ownerPassword = Optional.ofNullable(ownerPassword).orElse("");
        applicationPassword = Optional.ofNullable(applicationPassword).orElse("");
        Check.that(
                url.isEmpty() || !ownerUser.isBlank() && !applicationPassword.isBlank(),
                "database",
                "with an url needs ownerUser and applicationPassword");
    }

    /** Settings of the database elsewhere; empty for the embedded one. */
    public Optional<DatabaseSettings> external() {
        return url.map(address -> new DatabaseSettings(
                address, ownerUser, ownerPassword, applicationPassword, DatabaseSettings.DEFAULT_POOL_SIZE));
    }

    /** Without the passwords. */
    @Override
    public String toString() {
        return "DatabaseConfiguration[url=" + url + ", ownerUser=" + ownerUser + "]";
    }
}
