package io.precinct.tenants.postgres;

import io.precinct.tenants.TenantException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** As whom the server's programs run. PostgreSQL refuses to run as root, so root has to step down. */
sealed interface Privileges {
    /** The user that containers and distributions keep for processes without rights. */
    int UNPRIVILEGED = 65534;

    /** The command line that runs {@code command} with these privileges. */
    List<String> wrap(List<String> command);

    /** Gives a file that this process created to the user that the server runs as. */
    void handOver(Path path) throws IOException;

    /** Already unprivileged. */
    record AsIs() implements Privileges {
        @Override
        public List<String> wrap(List<String> command) {
            return command;
        }

        @Override
        public void handOver(Path path) {}
    }

    /** Root becomes another user for good. */
    record OtherUser(int user, int group) implements Privileges {
        @Override
        public List<String> wrap(List<String> command) {
            return prefixed(List.of("setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups", "--"), command);
        }

        @Override
        public void handOver(Path path) throws IOException {
            Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Root enters a user namespace in which it is nobody; files still belong to root. */
    record UserNamespace() implements Privileges {
        @Override
        public List<String> wrap(List<String> command) {
            return prefixed(List.of("unshare", "-U", "--"), command);
        }

        @Override
        public void handOver(Path path) {}
    }

    /**
     * The privileges for a server whose data live below {@code home}. Data that exist decide, because they belong to somebody;
     * else the stronger way that works here is taken.
     */
    static Privileges forServer(Path binaries, Path home, Path data) throws IOException {
        if (owner(home) != 0) {
            return new AsIs();
        }
        Privileges otherUser = new OtherUser(UNPRIVILEGED, UNPRIVILEGED);
        Privileges namespace = new UserNamespace();
        if (Files.exists(data)) {
            int owner = owner(data);
            return owner == 0 ? namespace : new OtherUser(owner, owner);
        }
        if (works(otherUser, binaries, home)) {
            return otherUser;
        }
        if (works(namespace, binaries, home)) {
            return namespace;
        }
        throw new TenantException.Unavailable(
                TenantException.Code.DATABASE_START_FAILED,
                "PostgreSQL refuses to run as root and neither setpriv nor unshare can step down here with access to "
                        + home
                        + "; start Precinct as an ordinary user or set PRECINCT_DB_URL to a running PostgreSQL");
    }

    private static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }

    private static boolean works(Privileges privileges, Path binaries, Path home) {
        Path postgres = binaries.resolve("bin").resolve("postgres");
        return succeeds(privileges.wrap(List.of(postgres.toString(), "--version")))
                && succeeds(privileges.wrap(List.of("test", "-x", home.toString())));
    }

    private static boolean succeeds(List<String> command) {
        try {
            return ServerCommand.run(command, Duration.ofSeconds(20)).succeeded();
        } catch (IOException absent) {
            // The program is not installed, which is an answer: this way does not work here.
            return false;
        }
    }

    private static List<String> prefixed(List<String> prefix, List<String> command) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        return List.copyOf(all);
    }
}
