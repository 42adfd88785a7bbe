package io.precinct.engine.storage;

import java.io.IOException;
import java.nio.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lance.JniLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library of this process: what it needs of the JVM and its environment is checked before it is loaded, and
 * the copy that the loader unpacks into the temporary directory is deleted as soon as it is mapped, since a killed
 * process would leave it there for ever.
 */
public final class NativeRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);
    private static final int FEWEST_COMPUTE_THREADS = 4;
    private static final String LIBRARY = "lance_jni";

    private NativeRuntime() {}

    /** Holder: the class initialiser runs once, and a failure stays a failure. */
    private static final class Loaded {
        static final Optional<RuntimeException> FAILURE = load();

        private static Optional<RuntimeException> load() {
            List<String> problems = problems(System.getenv(), opensBuffers());
            if (!problems.isEmpty()) {
                return Optional.of(new IllegalStateException(String.join(" ", problems)));
            }
            try {
                JniLoader.ensureLoaded();
            } catch (RuntimeException | LinkageError e) {
                return Optional.of(new IllegalStateException(
                        "The native Lance library can't be loaded on this platform: " + e.getMessage(), e));
            }
            deleteUnpackedLibrary(Path.of("/proc/self/maps"));
            return Optional.empty();
        }
    }

    /**
     * Loads the library on the first call. Thread-safe; takes about a second once.
     *
     * @throws IllegalStateException with one sentence for each thing that is missing
     */
    public static void require() {
        if (Loaded.FAILURE.isPresent()) {
            throw new IllegalStateException(
                    Loaded.FAILURE.get().getMessage(), Loaded.FAILURE.get().getCause());
        }
    }

    /** What stands against loading the library: a sentence for each problem. */
    static List<String> problems(Map<String, String> environment, boolean opensBuffers) {
        Stream<String> threads = computeThreads(environment) >= FEWEST_COMPUTE_THREADS
                ? Stream.of()
                : Stream.of("Set the environment variable LANCE_CPU_THREADS to " + FEWEST_COMPUTE_THREADS
                        + " or more before starting: with fewer, building an index can hang.");
        Stream<String> opens = opensBuffers
                ? Stream.of()
                : Stream.of("Start the JVM with --add-opens=java.base/java.nio=ALL-UNNAMED:"
                        + " Arrow can't reach native memory without it.");
        return Stream.concat(threads, opens).toList();
    }

    private static int computeThreads(Map<String, String> environment) {
        String value = environment.getOrDefault("LANCE_CPU_THREADS", "");
        return value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : 0;
    }

    private static boolean opensBuffers() {
        return Buffer.class
                .getModule()
                .isOpen("java.nio", NativeRuntime.class.getClassLoader().getUnnamedModule());
    }

    /** Only the file that this process has mapped: another process may be about to map its own. */
    private static void deleteUnpackedLibrary(Path maps) {
        if (!Files.isReadable(maps)) {
            return;
        }
        try (Stream<String> lines = Files.lines(maps)) {
            lines.filter(line -> line.contains(LIBRARY) && line.indexOf('/') >= 0)
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .distinct()
                    .forEach(NativeRuntime::delete);
        } catch (IOException e) {
            LOG.warn("the unpacked native library stays in the temporary directory until this process ends", e);
        }
    }

    private static void delete(Path library) {
        try {
            Files.deleteIfExists(library);
        } catch (IOException e) {
            LOG.warn("the unpacked native library {} stays until this process ends", library, e);
        }
    }
}
