package io.precinct.tenants.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test class a real, migrated control database of its own on one server that all classes of the run share. Use it as
 * {@code @ExtendWith(TestPostgres.class)} and take a {@link ControlDatabase} or {@link DatabaseSettings} as a parameter.
 */
public final class TestPostgres implements BeforeAllCallback, ParameterResolver {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(TestPostgres.class);

    private record Server(EmbeddedPostgres postgres, Path home) implements AutoCloseable {
        static Server start() {
            EmbeddedPostgres.Settings settings = settings("shared");
            return new Server(EmbeddedPostgres.start(settings), settings.home());
        }

        @Override
        public void close() throws IOException {
            postgres.close();
            PostgresBinaries.deleteTree(home);
        }
    }

    private record Database(DatabaseSettings settings, ControlDatabase control) implements AutoCloseable {
        @Override
        public void close() {
            control.close();
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Server server =
                context.getRoot().getStore(SPACE).getOrComputeIfAbsent("server", key -> Server.start(), Server.class);
        context.getStore(SPACE).put("database", database(server.postgres()));
    }

    /** Settings of a server with a new home below the test's temporary directory, sharing the unpacked programs. */
    public static EmbeddedPostgres.Settings settings(String name) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return new EmbeddedPostgres.Settings(
                temporary.resolve("postgres-" + name + "-" + UUID.randomUUID()),
                temporary.resolve("postgres-programs"),
                Duration.ofSeconds(60));
    }

    /** Settings of a new, empty database on the server. */
    public static DatabaseSettings emptyDatabase(EmbeddedPostgres server) {
        DatabaseSettings whole = server.databaseSettings();
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try (Connection owner = DriverManager.getConnection(whole.url(), whole.ownerUser(), whole.ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("the test server refused a new database", e);
        }
        return new DatabaseSettings(
                whole.url().substring(0, whole.url().lastIndexOf('/') + 1) + name,
                whole.ownerUser(),
                whole.ownerPassword(),
                whole.applicationPassword(),
                8);
    }

    private static Database database(EmbeddedPostgres server) {
        DatabaseSettings settings = emptyDatabase(server);
        return new Database(settings, ControlDatabase.open(settings));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == ControlDatabase.class || type == DatabaseSettings.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Database database = context.getStore(SPACE).get("database", Database.class);
        return parameter.getParameter().getType() == ControlDatabase.class ? database.control() : database.settings();
    }
}
