package io.precinct.tenants.postgres;

import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The control database, migrated and entered as a role that row level security binds.
 *
 * <p>A transaction sees the rows of one tenant ({@link #inTenant}), the registry of tenants ({@link #inRegistry}), or, through
 * {@link #jdbi()}, no tenant's row at all. The binding is a setting local to the transaction: it is gone when the connection goes
 * back to the pool, whatever happened in between.
 *
 * <p>Thread-safe. {@link #close()} closes the pool.
 */
public final class ControlDatabase implements AutoCloseable {
    /** The role of everything but migrations: owns nothing, bypasses nothing. */
    public static final String APPLICATION_ROLE = "precinct_app";

    private final org.apache.tomcat.jdbc.pool.DataSource pool;
    private final Jdbi jdbi;

    private ControlDatabase(org.apache.tomcat.jdbc.pool.DataSource pool) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
    }

    /**
     * Migrates the schema as its owner and opens the pool as the application role.
     *
     * @throws TenantException.Unavailable {@code SCHEMA_MISMATCH} when the schema is newer than this program or was altered,
     *     {@code ROLE_UNSAFE} when the application role could read past row level security, {@code DATABASE_UNAVAILABLE}
     *     when the server does not answer
     */
    public static ControlDatabase open(DatabaseSettings settings) {
        try (Connection owner =
                DriverManager.getConnection(settings.url(), settings.ownerUser(), settings.ownerPassword())) {
            createApplicationRole(owner, settings.applicationPassword());
            migrate(settings);
            checkApplicationRole(owner);
        } catch (SQLException e) {
            throw unavailable("the control database refused its owner or did not answer: " + e.getMessage(), e);
        }
        PoolProperties properties = new PoolProperties();
        properties.setUrl(settings.url());
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setUsername(APPLICATION_ROLE);
        properties.setPassword(settings.applicationPassword());
        properties.setMaxActive(settings.poolSize());
        properties.setMaxIdle(settings.poolSize());
        properties.setInitialSize(1);
        properties.setMinIdle(1);
        properties.setMaxWait(10_000);
        properties.setRollbackOnReturn(true);
        properties.setTestOnBorrow(true);
        properties.setValidationInterval(5_000);
        properties.setValidationQueryTimeout(5);
        properties.setJmxEnabled(false);
        org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
        try (Connection first = pool.getConnection()) {
            first.isValid(5);
        } catch (SQLException e) {
            pool.close(true);
            throw unavailable(
                    "the control database refused the role " + APPLICATION_ROLE + ": " + e.getMessage()
                            + "; set its password to the configured one",
                    e);
        }
        return new ControlDatabase(pool);
    }

    /** Runs the work in one transaction that sees and writes the rows of {@code tenant} only. */
    public <R> R inTenant(TenantId tenant, Function<Handle, R> work) {
        return bound("precinct.tenant", tenant.value(), work);
    }

    /**
     * Runs the work in one transaction that sees and writes the registry: the list of tenants and the steps of their
     * provisioning, and no other table. Only the tenant registry's own SQL calls this; a test holds it to that.
     */
    public <R> R inRegistry(Function<Handle, R> work) {
        return bound("precinct.scope", "registry", work);
    }

    /** Without a binding: tables that carry tenants' rows look empty and refuse writes. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** The pool as {@link #jdbi()} sees it, for libraries that bring their own SQL. */
    public DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close(true);
    }

    private <R> R bound(String setting, String value, Function<Handle, R> work) {
        try {
            return jdbi.inTransaction(handle -> {
                // Local to the transaction: neither commit nor rollback lets it reach the connection's next borrower.
                handle.createQuery("select set_config(:setting, :value, true)")
                        .bind("setting", setting)
                        .bind("value", value)
                        .mapTo(String.class)
                        .one();
                return work.apply(handle);
            });
        } catch (ConnectionException e) {
            throw unavailable("the control database does not answer", e);
        } catch (JdbiException e) {
            if (lostConnection(e)) {
                throw unavailable("the control database went away; what was under way may or may not have happened", e);
            }
            throw e;
        }
    }

    /** SQL state class 08 is the connection, 57P a server that stops or starts. */
    private static boolean lostConnection(JdbiException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P");
            }
        }
        return false;
    }

    private static void createApplicationRole(Connection owner, String password) throws SQLException {
        try (PreparedStatement find = owner.prepareStatement("select 1 from pg_roles where rolname = ?")) {
            find.setString(1, APPLICATION_ROLE);
            try (ResultSet found = find.executeQuery()) {
                if (found.next()) {
                    return;
                }
            }
        }
        String quoted;
        try (PreparedStatement quote = owner.prepareStatement("select quote_literal(?)")) {
            quote.setString(1, password);
            try (ResultSet literal = quote.executeQuery()) {
                literal.next();
                quoted = literal.getString(1);
            }
        }
        try (Statement create = owner.createStatement()) {
            create.execute("create role " + APPLICATION_ROLE
                    + " login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password " + quoted);
        } catch (SQLException e) {
            // Two nodes starting on an empty server race for it; the role of the other one serves as well.
            if (!"42710".equals(e.getSQLState()) && !"23505".equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private static void migrate(DatabaseSettings settings) {
        try {
            Flyway.configure()
                    .dataSource(settings.url(), settings.ownerUser(), settings.ownerPassword())
                    .locations("classpath:db/migration")
                    .connectRetries(0)
                    .cleanDisabled(true)
                    .validateMigrationNaming(true)
                    // By default a migration that this program does not know is only a warning.
                    .ignoreMigrationPatterns(new String[0])
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new TenantException.Unavailable(
                    TenantException.Code.SCHEMA_MISMATCH,
                    "the control database's schema does not fit this program; run the version that migrated it, or a newer"
                            + " one: " + e.getMessage(),
                    e);
        }
    }

    private static void checkApplicationRole(Connection owner) throws SQLException {
        String unsafe = """
                select r.rolname from pg_roles r where r.rolname = ?
                  and (r.rolcreaterole or exists (
                    select 1 from pg_roles o where (o.rolsuper or o.rolbypassrls)
                      and (o.oid = r.oid or pg_has_role(r.oid, o.oid, 'member'))) or exists (
                    select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'public' and pg_has_role(r.oid, c.relowner, 'member')))
                """;
        try (PreparedStatement check = owner.prepareStatement(unsafe)) {
            check.setString(1, APPLICATION_ROLE);
            try (ResultSet found = check.executeQuery()) {
                if (found.next()) {
                    throw new TenantException.Unavailable(
                            TenantException.Code.ROLE_UNSAFE,
                            "the role " + APPLICATION_ROLE
                                    + " owns tables, may create roles or may bypass row level security;"
                                    + " take these rights from it before starting");
                }
            }
        }
    }

    private static TenantException unavailable(String message, Exception cause) {
        return new TenantException.Unavailable(TenantException.Code.DATABASE_UNAVAILABLE, message, cause);
    }
}
