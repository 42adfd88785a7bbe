package io.precinct.tenants.postgres;

import io.precinct.tenants.TenantException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL server as a child of this process: the default control database of one machine. Data are kept in a fixed
 * directory with fsync and synchronous commit on; the server listens on a random loopback port and asks for a password that
 * is generated on first start and kept readable for this user alone.
 *
 * <p>One process owns a home at a time, held by a file lock that the operating system releases however that process ends. A
 * server that outlived its owner is taken over when it was started with exactly the settings of this program, so that other
 * nodes on it notice nothing; any other is stopped and started anew.
 *
 * <p>Thread-safe. {@link #close()} stops the server; a process that ends without it leaves the server for the next start.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    static final String OWNER = "precinct_owner";
    static final String DATABASE = "precinct";
    private static final int START_ATTEMPTS = 5;
    private static final long LOG_BYTES_KEPT = 16L << 20;
    private static final Duration STOP_WAIT = Duration.ofSeconds(30);

    /**
     * @param home private directory of data, passwords and server log; created if missing
     * @param binaries directory below which the server's programs are unpacked; may be shared between homes
     * @param startWait how long a start may take, recovery after a crash included
     */
    public record Settings(Path home, Path binaries, Duration startWait) {
        public Settings {
            home = home.toAbsolutePath().normalize();
            binaries = binaries.toAbsolutePath().normalize();
        }

        public static Settings in(Path home) {
            return new Settings(home, home.resolve("programs"), Duration.ofSeconds(60));
        }
    }

    private final Settings settings;
    private final Path programs;
    private final Path data;
    private final Privileges privileges;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final String ownerPassword;
    private final String applicationPassword;
    private int port;
    private boolean closed;

    /**
     * Starts the server, creating its data on first use.
     *
     * @throws TenantException.Unavailable with the code {@code DATABASE_START_FAILED} and one sentence on what is missing
     */
    public static EmbeddedPostgres start(Settings settings) {
        try {
            return new EmbeddedPostgres(settings);
        } catch (IOException e) {
            throw failed(e.getMessage(), e);
        }
    }

    private EmbeddedPostgres(Settings settings) throws IOException {
        this.settings = settings;
        Path home = settings.home();
        if (!Files.isDirectory(home)) {
            Files.createDirectories(home);
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        }
        lockChannel = FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean started = false;
        try {
            lock = exclusive(lockChannel, home);
            programs = PostgresBinaries.unpackedBelow(settings.binaries());
            data = home.resolve("data");
            admitServerUser(home);
            privileges = Privileges.forServer(programs, home, data);
            ownerPassword = secret(home.resolve("owner.password"));
            applicationPassword = secret(home.resolve("application.password"));
            initialise();
            if (!tookOver()) {
                launch();
            }
            createDatabase();
            started = true;
        } finally {
            if (!started) {
                lockChannel.close();
            }
        }
    }

    /** How to reach the running server. Owner and application passwords are the generated ones. */
    public DatabaseSettings databaseSettings() {
        return new DatabaseSettings(
                url(DATABASE), OWNER, ownerPassword, applicationPassword, DatabaseSettings.DEFAULT_POOL_SIZE);
    }

    /** The loopback port of the running server. */
    public synchronized int port() {
        return port;
    }

    /** Stops the server after rolling back what still runs on it. Further calls do nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop();
            lock.release();
            lockChannel.close();
        } catch (IOException e) {
            throw new TenantException.Unavailable(
                    TenantException.Code.DATABASE_UNAVAILABLE,
                    "PostgreSQL in " + settings.home() + " did not stop: " + e.getMessage(),
                    e);
        }
    }

    private static FileLock exclusive(FileChannel channel, Path home) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("the home {} is in use by this very process", home);
        }
        throw failed("another process uses the database in " + home + "; stop it or choose another home", null);
    }

    /** A server that runs as another user must be able to pass through the home, though not to list it. */
    private static void admitServerUser(Path home) throws IOException {
        if ((Integer) Files.getAttribute(home, "unix:uid") == 0) {
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    private static String secret(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            Path staging = Files.createTempFile(
                    file.getParent(),
                    "secret",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            writeDurably(staging, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
            Files.move(staging, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    private static void writeDurably(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.US_ASCII.encode(text));
            channel.force(true);
        }
    }

    private void initialise() throws IOException {
        Path home = settings.home();
        try (DirectoryStream<Path> abandoned = Files.newDirectoryStream(home, "initialising-*")) {
            for (Path directory : abandoned) {
                PostgresBinaries.deleteTree(directory);
            }
        }
        Path logs = home.resolve("log");
        if (!Files.isDirectory(logs)) {
            Files.createDirectory(logs);
            Files.setPosixFilePermissions(logs, PosixFilePermissions.fromString("rwx------"));
            privileges.handOver(logs);
        }
        if (Files.exists(data)) {
            checkVersion();
            return;
        }
        // Everything is made aside and appears by one rename, so that a start cut short never leaves half a database.
        Path staging = home.resolve("initialising-" + UUID.randomUUID());
        Files.createDirectory(staging);
        Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwx------"));
        Path passwordFile = staging.resolve("password");
        Files.createFile(
                passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        writeDurably(passwordFile, ownerPassword);
        privileges.handOver(passwordFile);
        privileges.handOver(staging);
        ServerCommand.Outcome outcome = run(
                "initdb",
                List.of(
                        "-D",
                        staging.resolve("data").toString(),
                        "-U",
                        OWNER,
                        "--pwfile=" + passwordFile,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8"),
                settings.startWait());
        if (!outcome.succeeded()) {
            throw failed("initdb could not create the database in " + home + ": " + lastLine(outcome.output()), null);
        }
        Files.move(staging.resolve("data"), data, StandardCopyOption.ATOMIC_MOVE);
        PostgresBinaries.deleteTree(staging);
    }

    private void checkVersion() throws IOException {
        String version = Files.readString(data.resolve("PG_VERSION")).strip();
        if (!version.equals(PostgresBinaries.MAJOR_VERSION)) {
            throw failed(
                    "the database in " + data + " was written by PostgreSQL " + version + ", this program brings "
                            + PostgresBinaries.MAJOR_VERSION
                            + "; export it with the old version or set PRECINCT_DB_URL",
                    null);
        }
    }

    /** Whether a server of these data runs already and goes on as this process's own; one that can't is stopped. */
    private boolean tookOver() throws IOException {
        Optional<PostmasterFile> left = PostmasterFile.of(data);
        if (left.isEmpty() || !left.get().alive()) {
            // A file of a dead process is the server's own affair: it also checks the shared memory named there.
            return false;
        }
        PostmasterFile file = left.get();
        if (!file.servesThisDirectory()) {
            // The number was given to a stranger since; left alone, the file would make the server refuse to start.
            log.info("process {} is no PostgreSQL of {}; its stale file goes away", file.process(), data);
            Files.delete(file.path());
            return false;
        }
        if (file.readyPort().isPresent()
                && file.startedWith().equals(commandLine(file.readyPort().getAsInt()))) {
            port = file.readyPort().getAsInt();
            log.info("taking over the PostgreSQL {} that outlived its owner", file.process());
            return true;
        }
        log.info("stopping the PostgreSQL {} that outlived its owner", file.process());
        stop();
        return false;
    }

    /** What the server's own record of its start reads when this program started it. */
    private List<String> commandLine(int onPort) {
        String words = String.join(
                " ",
                programs.resolve("bin").resolve("postgres").toString(),
                "-D",
                data.toString(),
                serverOptions(onPort));
        return List.of(words.replace("'", "").split("\\s+"));
    }

    private void launch() throws IOException {
        Path serverLog = settings.home().resolve("log").resolve("postgres.log");
        if (Files.exists(serverLog) && Files.size(serverLog) > LOG_BYTES_KEPT) {
            Files.move(serverLog, serverLog.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        ServerCommand.Outcome outcome = null;
        for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
            long logBefore = Files.exists(serverLog) ? Files.size(serverLog) : 0;
            // Another program may take the port between this look and the server's own bind; then another one is tried.
            int candidate = freePort();
            outcome = run(
                    "pg_ctl",
                    List.of(
                            "start",
                            "-D",
                            data.toString(),
                            "-l",
                            serverLog.toString(),
                            "-w",
                            "-t",
                            Long.toString(settings.startWait().toSeconds()),
                            "-o",
                            serverOptions(candidate)),
                    settings.startWait().plusSeconds(10));
            if (outcome.succeeded()) {
                port = candidate;
                return;
            }
            String said = serverLog(serverLog, logBefore).orElse(outcome.output());
            if (!said.contains("could not bind")) {
                throw failed("PostgreSQL did not start; its log " + serverLog + " ends with: " + lastLine(said), null);
            }
        }
        throw failed("PostgreSQL found no free loopback port: " + lastLine(outcome.output()), null);
    }

    /** What the server wrote since; empty when it did not get as far as writing. */
    private static Optional<String> serverLog(Path file, long from) throws IOException {
        if (!Files.exists(file) || Files.size(file) <= from) {
            return Optional.empty();
        }
        byte[] all = Files.readAllBytes(file);
        int start = (int) Math.min(from, all.length);
        return Optional.of(new String(all, start, all.length - start, StandardCharsets.UTF_8));
    }

    private static String serverOptions(int port) {
        return String.join(
                " ",
                "-c port=" + port,
                "-c listen_addresses=127.0.0.1",
                "-c unix_socket_directories=''",
                "-c fsync=on",
                "-c synchronous_commit=on",
                "-c full_page_writes=on",
                "-c max_connections=100",
                "-c shared_buffers=64MB",
                "-c timezone=UTC",
                "-c log_timezone=UTC");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private void stop() throws IOException {
        if (PostmasterFile.of(data).isEmpty()) {
            return;
        }
        for (String mode : List.of("fast", "immediate")) {
            ServerCommand.Outcome outcome = run(
                    "pg_ctl",
                    List.of(
                            "stop",
                            "-D",
                            data.toString(),
                            "-w",
                            "-m",
                            mode,
                            "-t",
                            Long.toString(STOP_WAIT.toSeconds())),
                    STOP_WAIT.plusSeconds(10));
            Optional<PostmasterFile> left = PostmasterFile.of(data);
            if (outcome.succeeded() || left.isEmpty() || !left.get().alive()) {
                return;
            }
            log.warn("PostgreSQL in {} did not stop in mode {}: {}", data, mode, outcome.output());
        }
        throw new IOException("the server of " + data + " survives both ways of stopping");
    }

    private void createDatabase() throws IOException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), OWNER, ownerPassword);
                Statement statement = connection.createStatement()) {
            try (ResultSet found =
                    statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("create database " + DATABASE);
        } catch (SQLException e) {
            stop();
            throw failed(
                    "PostgreSQL in " + settings.home() + " refused its owner: " + e.getMessage()
                            + "; restore the file owner.password that belongs to these data",
                    e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    private ServerCommand.Outcome run(String program, List<String> arguments, Duration limit) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(programs.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        return ServerCommand.run(privileges.wrap(command), limit);
    }

    private static String lastLine(String text) {
        String stripped = text.strip();
        return stripped.substring(stripped.lastIndexOf('\n') + 1);
    }

    private static TenantException failed(String message, Throwable cause) {
        return new TenantException.Unavailable(TenantException.Code.DATABASE_START_FAILED, message, cause);
    }
}
