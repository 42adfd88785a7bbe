package io.precinct.tenants.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class ControlDatabaseTest {
    private static final TenantId RED = new TenantId("01K0000000000000000000000A");
    private static final TenantId BLUE = new TenantId("01K0000000000000000000000B");

    @BeforeAll
    static void twoTenantsWithAGraphEach(ControlDatabase database) {
        for (TenantId tenant : List.of(RED, BLUE)) {
            database.inRegistry(handle -> handle.execute("""
                    insert into tenants (id, slug, display_name, plan, region, state, request_digest, created_at, updated_at)
                    values (?, 'slug-' || lower(right(?, 1)), 'x', 'team', 'local', 'active', '', now(), now())
                    """, tenant.value(), tenant.value()));
            database.inTenant(tenant, handle -> insertGraph(handle, tenant, "shared"));
        }
    }

    @Test
    void tenantReadsItsOwnRowsOnly(ControlDatabase database) {
        assertThat(owners(database, RED)).containsExactly(RED.value());
        assertThat(owners(database, BLUE)).containsExactly(BLUE.value());
    }

    @Test
    void tenantCannotInsertMoveOrDeleteAnothersRows(ControlDatabase database) {
        assertThatThrownBy(() -> database.inTenant(RED, handle -> insertGraph(handle, BLUE, "planted")))
                .isInstanceOf(UnableToExecuteStatementException.class)
                .hasMessageContaining("row-level security");
        assertThatThrownBy(() -> database.inTenant(
                        RED, handle -> handle.execute("update tenant_graphs set tenant_id = ?", BLUE.value())))
                .isInstanceOf(UnableToExecuteStatementException.class)
                .hasMessageContaining("row-level security");
        int deleted = database.inTenant(
                RED, handle -> handle.execute("delete from tenant_graphs where tenant_id = ?", BLUE.value()));
        assertThat(deleted).isZero();
        assertThat(owners(database, BLUE)).containsExactly(BLUE.value());
    }

    @Test
    void withoutABindingThereAreNoRowsAndNoWrites(ControlDatabase database) {
        for (String table : List.of("tenants", "tenant_graphs", "members")) {
            long rows = database.jdbi()
                    .withHandle(handle -> handle.createQuery("select count(*) from " + table)
                            .mapTo(Long.class)
                            .one());
            assertThat(rows).as(table).isZero();
        }
        assertThatThrownBy(() -> database.jdbi().withHandle(handle -> insertGraph(handle, RED, "unbound")))
                .hasMessageContaining("row-level security");
    }

    @Test
    void bindingIsGoneWhenTheConnectionIsBorrowedAgain(DatabaseSettings settings) {
        try (ControlDatabase two = ControlDatabase.open(settings.withPoolSize(2))) {
            for (int round = 0; round < 8; round++) {
                assertThat(owners(two, RED)).hasSize(1);
                assertThatThrownBy(() -> two.inTenant(RED, handle -> handle.execute("select 1/0")))
                        .hasMessageContaining("division by zero");
                assertThat(two.jdbi().<List<String>, RuntimeException>withHandle(ControlDatabaseTest::owners))
                        .isEmpty();
            }
        }
    }

    @Test
    void registryBindingOpensTheRegistryAndNothingElse(ControlDatabase database) {
        List<String> ids = database.inRegistry(handle -> handle.createQuery("select id from tenants order by id")
                .mapTo(String.class)
                .list());
        assertThat(ids).containsExactly(RED.value(), BLUE.value());
        assertThat(database.<List<String>>inRegistry(ControlDatabaseTest::owners))
                .isEmpty();
    }

    @Test
    void tenantSeesItsOwnEntryAndCannotChangeIt(ControlDatabase database) {
        List<String> ids = database.inTenant(
                RED,
                handle -> handle.createQuery("select id from tenants")
                        .mapTo(String.class)
                        .list());
        assertThat(ids).containsExactly(RED.value());
        assertThat(database.<Integer>inTenant(RED, handle -> handle.execute("update tenants set state = 'deleting'")))
                .isZero();
    }

    @Test
    void applicationRoleCannotLiftItsBounds(ControlDatabase database) {
        for (String attempt : List.of(
                "alter table members disable row level security",
                "alter role precinct_app bypassrls",
                "drop policy members_own on members",
                "create table public.mine (n int)",
                "truncate members")) {
            assertThatThrownBy(() -> database.jdbi().useHandle(handle -> handle.execute(attempt)))
                    .as(attempt)
                    .isInstanceOf(UnableToExecuteStatementException.class);
        }
        // Turning row security off makes a query fail instead of showing everything.
        assertThatThrownBy(() -> database.inTenant(RED, handle -> {
                    handle.execute("set local row_security = off");
                    return owners(handle);
                }))
                .isInstanceOf(UnableToExecuteStatementException.class);
    }

    @Test
    void everyTableWithTenantsDataIsKeyedByTenantAndSecured(DatabaseSettings settings) throws SQLException {
        String careless = """
                select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and c.relkind in ('r', 'p')
                  and (c.relname = 'tenants' or exists (
                    select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'))
                  and not (c.relrowsecurity and c.relforcerowsecurity
                    and (c.relname = 'tenants' or exists (
                      select 1 from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
                      where i.indrelid = c.oid and i.indisprimary and a.attname = 'tenant_id')))
                """;
        try (Connection owner =
                        DriverManager.getConnection(settings.url(), settings.ownerUser(), settings.ownerPassword());
                Statement statement = owner.createStatement();
                var rows = statement.executeQuery(careless)) {
            while (rows.next()) {
                throw new AssertionError("table " + rows.getString(1)
                        + " lacks tenant_id in its primary key, or row level security enabled and forced");
            }
        }
    }

    @Test
    void schemaNewerThanTheProgramIsFatal(DatabaseSettings settings) throws SQLException {
        DatabaseSettings own = ownDatabase(settings);
        ControlDatabase.open(own).close();
        asOwner(own, """
                insert into flyway_schema_history
                  (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                values (9999, '9999', 'from the future', 'SQL', 'V9999__future.sql', 1, 'x', 1, true)
                """);
        assertThatThrownBy(() -> ControlDatabase.open(own))
                .isInstanceOfSatisfying(
                        TenantException.class,
                        e -> assertThat(e.code()).isEqualTo(TenantException.Code.SCHEMA_MISMATCH));
    }

    @Test
    void roleThatCouldBypassIsRefused(DatabaseSettings settings) throws SQLException {
        DatabaseSettings own = ownDatabase(settings);
        ControlDatabase.open(own).close();
        asOwner(own, "create table public.mine (n int)");
        asOwner(own, "alter table public.mine owner to precinct_app");
        assertThatThrownBy(() -> ControlDatabase.open(own))
                .isInstanceOfSatisfying(
                        TenantException.class, e -> assertThat(e.code()).isEqualTo(TenantException.Code.ROLE_UNSAFE));
    }

    @Test
    void roleThatCouldBecomeOneThatBypassesIsRefused(DatabaseSettings settings) throws SQLException {
        DatabaseSettings own = ownDatabase(settings);
        ControlDatabase.open(own).close();
        asOwner(own, "create role sees_everything nologin bypassrls; grant sees_everything to precinct_app");
        try {
            assertThatThrownBy(() -> ControlDatabase.open(own))
                    .isInstanceOfSatisfying(
                            TenantException.class,
                            e -> assertThat(e.code()).isEqualTo(TenantException.Code.ROLE_UNSAFE));
        } finally {
            asOwner(own, "drop role sees_everything");
        }
    }

    @Test
    void silentServerIsUnavailable(DatabaseSettings settings) {
        DatabaseSettings nowhere = new DatabaseSettings("jdbc:postgresql://127.0.0.1:1/none", "a", "b", "c", 2);
        assertThatThrownBy(() -> ControlDatabase.open(nowhere)).isInstanceOfSatisfying(TenantException.class, e -> {
            assertThat(e.code()).isEqualTo(TenantException.Code.DATABASE_UNAVAILABLE);
            assertThat(e.retry()).isEqualTo(TenantException.Retry.LATER);
        });
    }

    @Test
    void connectionLostOnTheWayIsUnavailable(ControlDatabase database) {
        assertThatThrownBy(() -> database.inTenant(
                        RED, handle -> handle.execute("select pg_terminate_backend(pg_backend_pid())")))
                .isInstanceOfSatisfying(
                        TenantException.class,
                        e -> assertThat(e.code()).isEqualTo(TenantException.Code.DATABASE_UNAVAILABLE));
        assertThat(owners(database, RED)).as("with a new connection").hasSize(1);
    }

    private static DatabaseSettings ownDatabase(DatabaseSettings shared) throws SQLException {
        String name = "own_" + UUID.randomUUID().toString().replace("-", "");
        asOwner(shared, "create database " + name);
        return new DatabaseSettings(
                shared.url().substring(0, shared.url().lastIndexOf('/') + 1) + name,
                shared.ownerUser(),
                shared.ownerPassword(),
                shared.applicationPassword(),
                2);
    }

    private static void asOwner(DatabaseSettings settings, String sql) throws SQLException {
        try (Connection owner =
                        DriverManager.getConnection(settings.url(), settings.ownerUser(), settings.ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> owners(ControlDatabase database, TenantId tenant) {
        return database.inTenant(tenant, ControlDatabaseTest::owners);
    }

    private static List<String> owners(Handle handle) {
        return handle.createQuery("select tenant_id from tenant_graphs")
                .mapTo(String.class)
                .list();
    }

    private static int insertGraph(Handle handle, TenantId tenant, String graph) {
        return handle.execute(
                "insert into tenant_graphs values (?, ?, ?, now(), 'somebody')", tenant.value(), graph, graph);
    }
}
