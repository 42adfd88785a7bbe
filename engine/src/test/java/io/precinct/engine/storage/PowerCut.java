package io.precinct.engine.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A disk that keeps what was forced and nothing else: the content of a file as it was when the file was forced, and of
 * a directory the entries that it had. What is left is what can be reached from the root by such entries alone.
 */
final class PowerCut implements Durability.Forcer {
    private final Path root;
    private final Map<Object, byte[]> contents = new HashMap<>();
    private final Map<Path, Map<String, Object>> entries = new HashMap<>();
    private Predicate<Path> broken = path -> false;

    PowerCut(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** Forcing one of these fails from now on, and forces nothing. */
    synchronized void breaks(Predicate<Path> paths) {
        this.broken = paths;
    }

    @Override
    public synchronized void force(Path path) throws IOException {
        if (broken.test(path)) {
            throw new IOException("the device failed");
        }
        if (!Files.isDirectory(path)) {
            contents.put(identity(path), Files.readAllBytes(path));
            return;
        }
        Map<String, Object> names = new HashMap<>();
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : children.toList()) {
                names.put(String.valueOf(child.getFileName()), identity(child));
            }
        }
        entries.put(path, names);
    }

    private static Object identity(Path path) throws IOException {
        return Objects.requireNonNull(
                Files.readAttributes(path, BasicFileAttributes.class).fileKey(), "a file has a number of its own");
    }

    /** The files that are left, by their paths from the root. A file whose content was never forced is empty. */
    synchronized Map<String, byte[]> left() {
        Map<String, byte[]> found = new TreeMap<>();
        collect(root, found);
        return found;
    }

    private void collect(Path directory, Map<String, byte[]> found) {
        entries.getOrDefault(directory, Map.of()).forEach((name, identity) -> {
            Path path = directory.resolve(name);
            if (Files.isDirectory(path)) {
                collect(path, found);
            } else {
                found.put(
                        root.relativize(path).toString(),
                        Optional.ofNullable(contents.get(identity)).orElse(new byte[0]));
            }
        });
    }

    /** Writes what is left below {@code target}. */
    void leaveTo(Path target) throws IOException {
        for (Map.Entry<String, byte[]> file : List.copyOf(left().entrySet())) {
            Path path = target.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent(), "below the target"));
            Files.write(path, file.getValue());
        }
    }
}
