package io.precinct.tenants.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.tenants.TenantException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresTest {
    private final List<Path> homes = new ArrayList<>();

    @AfterEach
    void deleteHomes() throws IOException {
        for (Path home : homes) {
            PostgresBinaries.deleteTree(home);
        }
    }

    @Test
    void keepsDataOverARestartAndWritesThemThrough() throws Exception {
        EmbeddedPostgres.Settings settings = settings("restart");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            execute(server.databaseSettings(), "create table kept (n int)");
            execute(server.databaseSettings(), "insert into kept values (42)");
            assertThat(ask(server.databaseSettings(), "show fsync")).isEqualTo("on");
            assertThat(ask(server.databaseSettings(), "show synchronous_commit"))
                    .isEqualTo("on");
            assertThat(ask(server.databaseSettings(), "show password_encryption"))
                    .isEqualTo("scram-sha-256");
            assertThat(ask(server.databaseSettings(), "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(ask(server.databaseSettings(), "show unix_socket_directories"))
                    .isEmpty();
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(ask(server.databaseSettings(), "select n from kept")).isEqualTo("42");
        }
    }

    @Test
    void refusesAWrongPasswordAndKeepsTheRightOneToItself() throws Exception {
        EmbeddedPostgres.Settings settings = settings("password");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            DatabaseSettings right = server.databaseSettings();
            assertThatThrownBy(() -> DriverManager.getConnection(right.url(), right.ownerUser(), "guess"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            for (String file : List.of("owner.password", "application.password")) {
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(settings.home().resolve(file))))
                        .isEqualTo("rw-------");
            }
            assertThat(right.toString()).doesNotContain(right.ownerPassword());
        }
    }

    @Test
    void secondOwnerOfAHomeIsRefused() {
        EmbeddedPostgres.Settings settings = settings("owner");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(server.port()).isPositive();
            assertThatThrownBy(() -> EmbeddedPostgres.start(settings))
                    .isInstanceOfSatisfying(
                            TenantException.class,
                            e -> assertThat(e.code()).isEqualTo(TenantException.Code.DATABASE_START_FAILED))
                    .hasMessageContaining("another process uses");
        }
    }

    @Test
    void takesOverTheServerOfAKilledOwner() throws Exception {
        EmbeddedPostgres.Settings settings = settings("killed");
        long left = killedOwnersServer(settings);
        int port = port(settings.home());
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(ask(server.databaseSettings(), "select n from written"))
                    .as("what was committed before the kill")
                    .isEqualTo("7");
            assertThat(postmaster(settings.home())).isEqualTo(left);
            assertThat(server.port()).isEqualTo(port);
        }
        assertThat(ProcessHandle.of(left).flatMap(handle -> handle.info().commandLine()))
                .as("stopped with its new owner")
                .isEmpty();
    }

    @Test
    void aServerStartedWithOtherSettingsIsReplaced() throws Exception {
        EmbeddedPostgres.Settings settings = settings("other");
        long left = killedOwnersServer(settings);
        Path started = settings.home().resolve("data").resolve("postmaster.opts");
        Files.writeString(started, Files.readString(started).replace("fsync=on", "fsync=off"));
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(ask(server.databaseSettings(), "select n from written")).isEqualTo("7");
            assertThat(postmaster(settings.home())).isNotEqualTo(left);
            assertThat(ProcessHandle.of(left).flatMap(handle -> handle.info().commandLine()))
                    .as("a program still running under the old number")
                    .isEmpty();
        }
    }

    /** The process number of a server whose owner wrote a row and was killed. */
    private static long killedOwnersServer(EmbeddedPostgres.Settings settings) throws Exception {
        Process owner = spawnOwner(settings);
        long left;
        try (var said = owner.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            left = postmaster(settings.home());
        } finally {
            owner.destroyForcibly();
            assertThat(owner.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ProcessHandle.of(left).map(ProcessHandle::isAlive))
                .as("the server outlives its owner")
                .contains(true);
        return left;
    }

    private static int port(Path home) throws IOException {
        return Integer.parseInt(Files.readAllLines(home.resolve("data").resolve("postmaster.pid"))
                .get(3)
                .strip());
    }

    @Test
    void startsAlthoughAStrangerGotTheServersProcessNumber() throws Exception {
        EmbeddedPostgres.Settings settings = settings("stranger");
        EmbeddedPostgres.start(settings).close();
        Path file = settings.home().resolve("data").resolve("postmaster.pid");
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(file, stranger.pid() + "\n" + file.getParent() + "\n0\n1\n\n127.0.0.1\n");
            try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
                assertThat(ask(server.databaseSettings(), "select 1")).isEqualTo("1");
            }
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void belowADirectoryForItsOwnerAloneItStartsOrSaysWhatToDo() throws Exception {
        EmbeddedPostgres.Settings open = settings("private");
        Files.createDirectories(open.home());
        Files.setPosixFilePermissions(open.home(), PosixFilePermissions.fromString("rwx------"));
        EmbeddedPostgres.Settings inside =
                new EmbeddedPostgres.Settings(open.home().resolve("home"), open.binaries(), open.startWait());
        for (int round = 0; round < 2; round++) {
            try (EmbeddedPostgres server = EmbeddedPostgres.start(inside)) {
                assertThat(ask(server.databaseSettings(), "select 1")).isEqualTo("1");
            } catch (TenantException e) {
                // Root without user namespaces has no way into such a directory that is not root.
                assertThat(e).hasMessageContaining("start Precinct as an ordinary user or set PRECINCT_DB_URL");
            }
        }
    }

    @Test
    void interruptedCreationLeavesNothingInTheWay() throws Exception {
        EmbeddedPostgres.Settings settings = settings("half");
        Path half = settings.home().resolve("initialising-half").resolve("data");
        Files.createDirectories(half);
        Files.writeString(half.resolve("PG_VERSION"), "18");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(settings)) {
            assertThat(ask(server.databaseSettings(), "select 1")).isEqualTo("1");
        }
        assertThat(settings.home().resolve("initialising-half")).doesNotExist();
    }

    private EmbeddedPostgres.Settings settings(String name) {
        EmbeddedPostgres.Settings settings = TestPostgres.settings(name);
        homes.add(settings.home());
        return settings;
    }

    private static long postmaster(Path home) throws IOException {
        return Long.parseLong(Files.readAllLines(home.resolve("data").resolve("postmaster.pid"))
                .getFirst()
                .strip());
    }

    private static Process spawnOwner(EmbeddedPostgres.Settings settings) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        DoomedOwner.class.getName(),
                        settings.home().toString(),
                        settings.binaries().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Starts a server, commits a row, says so, and waits to be killed. */
    static final class DoomedOwner {
        public static void main(String[] arguments) throws Exception {
            EmbeddedPostgres server = EmbeddedPostgres.start(new EmbeddedPostgres.Settings(
                    Path.of(arguments[0]), Path.of(arguments[1]), Duration.ofSeconds(60)));
            execute(server.databaseSettings(), "create table written (n int)");
            execute(server.databaseSettings(), "insert into written values (7)");
            System.out.println("ready");
            Thread.currentThread().join();
        }
    }

    private static void execute(DatabaseSettings settings, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.ownerUser(), settings.ownerPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(DatabaseSettings settings, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(settings.url(), settings.ownerUser(), settings.ownerPassword());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
