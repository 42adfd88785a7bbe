package io.precinct.tenants.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a data directory's {@code postmaster.pid} says: line 1 is the server's process, line 4 its port, line 8 its state.
 * The file outlives a server that was killed, and its number may by then belong to a stranger.
 *
 * @param readyPort the port of a server that says it accepts connections; empty for one that starts or stops
 */
record PostmasterFile(Path path, long process, OptionalInt readyPort) {
    static Optional<PostmasterFile> of(Path data) throws IOException {
        Path path = data.resolve("postmaster.pid");
        try {
            List<String> lines = Files.readAllLines(path);
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            boolean ready = lines.size() > 7 && lines.get(7).strip().equals("ready");
            return Optional.of(new PostmasterFile(
                    path,
                    Math.abs(Long.parseLong(lines.getFirst().strip())),
                    ready ? OptionalInt.of(Integer.parseInt(lines.get(3).strip())) : OptionalInt.empty()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (NumberFormatException e) {
            throw new IOException(path + " does not hold a process and a port", e);
        }
    }

    boolean alive() {
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Whether the living process is a server of this data directory; unknown counts as yes. */
    boolean servesThisDirectory() throws IOException {
        if (ended()) {
            return false;
        }
        Optional<String> commandLine =
                ProcessHandle.of(process).flatMap(handle -> handle.info().commandLine());
        return commandLine
                .map(line -> line.contains("postgres")
                        && line.contains(path.getParent().toString()))
                .orElse(true);
    }

    /** The command line that the server was started with, word by word; quotes are gone, so words with blanks fall apart. */
    List<String> startedWith() throws IOException {
        try {
            String line = Files.readString(path.resolveSibling("postmaster.opts"));
            return List.of(line.replace("\"", "").strip().split("\\s+"));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** A process that ended and was never waited for still has its number, and to the server looks alive. */
    private boolean ended() throws IOException {
        Path status = Path.of("/proc", Long.toString(process), "stat");
        if (!Files.isReadable(status)) {
            return false;
        }
        String line = Files.readString(status);
        return line.startsWith(") Z", line.lastIndexOf(')'));
    }
}
