package io.precinct.tenants.postgres;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one short-lived program and keeps what it said. */
final class ServerCommand {
    record Outcome(int status, String output) {
        boolean succeeded() {
            return status == 0;
        }
    }

    private ServerCommand() {}

    /**
     * Runs the command to its end. Its output goes to a file rather than a pipe, because a server that it leaves behind could
     * keep a pipe open for ever.
     *
     * @throws IOException when the program cannot be started or outlives {@code limit}, after which it is killed
     */
    static Outcome run(List<String> command, Duration limit) throws IOException {
        Path output = Files.createTempFile("precinct-postgres", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            Map<String, String> environment = builder.environment();
            // Foreign PG* settings and locales must not reach our server.
            environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
            environment.put("LC_ALL", "C");
            Process process = builder.start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " took longer than " + limit.toSeconds() + " s");
            }
            return new Outcome(
                    process.exitValue(),
                    Files.readString(output, StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + command.getFirst());
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
