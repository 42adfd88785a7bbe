package io.precinct.engine.crash;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A worker in one life after another. Used by one thread. */
final class KilledProcess implements AutoCloseable {
    private static final long POLL_NANOS = 5_000_000;

    private final Path home;
    private final Path store;
    private final KillLoopWorker.Role role;
    private final String name;
    private final Path journal;
    private final Path output;
    private Optional<Process> process = Optional.empty();
    private long startedNanos;
    private int linesBefore;

    KilledProcess(Path home, Path store, KillLoopWorker.Role role, String name) {
        this.home = home;
        this.store = store;
        this.role = role;
        this.name = name;
        this.journal = home.resolve("journal-" + name);
        this.output = home.resolve("output-" + name);
    }

    String name() {
        return name;
    }

    KillLoopWorker.Role role() {
        return role;
    }

    List<Journal.Line> journal() {
        try {
            return Journal.read(journal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start(long seed) throws IOException {
        Path temporary = home.resolve("tmp-" + name);
        // A killed process leaves its unpacked native library there.
        delete(temporary);
        Files.createDirectories(temporary);
        linesBefore = journal().size();
        startedNanos = System.nanoTime();
        process = Optional.of(new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + temporary,
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:ErrorFile=" + home.resolve("hs_err_%p.log"),
                        "-XX:-CreateCoredumpOnCrash",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KillLoopWorker.class.getName(),
                        store.toString(),
                        journal.toString(),
                        role.name(),
                        name,
                        Long.toString(seed))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start());
    }

    /** Without warning. */
    void kill() throws InterruptedException {
        requireAlive();
        Process victim = process.orElseThrow();
        victim.destroyForcibly();
        victim.waitFor();
        process = Optional.empty();
    }

    /** So many acknowledged writes more than there are now. */
    void awaitAnswers(int more, Duration longest) {
        long before = acknowledged(journal());
        await(longest, more + " more acknowledged writes of " + name, () -> acknowledged(journal()) >= before + more);
    }

    /** The first write of this life, which must be acknowledged; how long after the start of the process. */
    Duration awaitFirstWrite(Duration longest) {
        await(longest, "the first answer to " + name, () -> firstTold().isPresent());
        Journal.Told told = firstTold().orElseThrow();
        // What an earlier life began may rest on records that a collection has taken since.
        boolean old = journal().subList(0, linesBefore).stream()
                .anyMatch(line -> line instanceof Journal.Try(Attempt attempt)
                        && attempt.key().equals(told.key()));
        // A merge may meet the writers' commits once too often.
        boolean overtaken = role == KillLoopWorker.Role.UPKEEP && told.answer() == Journal.Answer.NO;
        if (told.answer() != Journal.Answer.OK && !overtaken && !(old && told.answer() == Journal.Answer.DOUBT)) {
            throw new AssertionError("the first write of " + name + " failed: " + told.text());
        }
        return Duration.ofNanos(System.nanoTime() - startedNanos).truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
    }

    private Optional<Journal.Told> firstTold() {
        List<Journal.Line> lines = journal();
        return lines.subList(Math.min(linesBefore, lines.size()), lines.size()).stream()
                .filter(Journal.Told.class::isInstance)
                .map(Journal.Told.class::cast)
                .findFirst();
    }

    private static long acknowledged(List<Journal.Line> lines) {
        return lines.stream()
                .filter(line -> line instanceof Journal.Told told && told.answer() == Journal.Answer.OK)
                .count();
    }

    private void await(Duration longest, String what, Supplier<Boolean> condition) {
        long began = System.nanoTime();
        while (!condition.get()) {
            requireAlive();
            if (System.nanoTime() - began > longest.toNanos()) {
                throw new AssertionError(what + " did not come:\n" + said());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void requireAlive() {
        if (process.filter(Process::isAlive).isEmpty()) {
            throw new AssertionError(name + " ended by itself:\n" + said());
        }
    }

    private String said() {
        try {
            String all = Files.readString(output);
            return all.substring(Math.max(0, all.length() - 8_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets it finish what it does. */
    void stop(Duration longest) throws InterruptedException, IOException {
        Process last = process.orElseThrow();
        last.getOutputStream().close();
        if (!last.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS) || last.exitValue() != 0) {
            throw new AssertionError(name + " did not end well:\n" + said());
        }
    }

    @Override
    public void close() {
        process.ifPresent(Process::destroyForcibly);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
