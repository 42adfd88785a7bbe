package io.precinct.engine.storage;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** Forces files and directories to the device. An interrupt neither cuts a force short nor gets lost. */
final class Durability {
    /** Brings a file's content or a directory's entries to the device: {@link #force}, but for tests. */
    @FunctionalInterface
    interface Forcer {
        void force(Path path) throws IOException;
    }

    private Durability() {}

    /** Forces the content and size of a file, or the entries of a directory. */
    static void force(Path path) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(false);
                    return;
                } catch (ClosedByInterruptException e) {
                    // A half-done force would leave the caller in doubt about bytes that are already in place.
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Creates the missing directories down to {@code directory}; when {@code durable}, each new entry is forced in its parent. */
    static void createDirectories(Path directory, boolean durable) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path p = directory; p != null && !Files.isDirectory(p); p = p.getParent()) {
            missing.push(p);
        }
        Files.createDirectories(directory);
        if (durable) {
            for (Path created : missing) {
                Path parent = created.getParent();
                if (parent != null) {
                    force(parent);
                }
            }
        }
    }
}
