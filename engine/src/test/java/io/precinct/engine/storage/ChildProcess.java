package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs what may kill or hang the process in one of its own, and ends it when it takes too long. */
final class ChildProcess {
    enum End {
        /** It came to the end of its main method. */
        FINISHED,
        /** It failed in Java. */
        FAILED,
        /** It was killed by a signal, its own included. */
        KILLED,
        HUNG
    }

    /** @param output of both kinds, for messages */
    record Outcome(End end, String output) {}

    private static final int FIRST_SIGNAL = 128;

    private ChildProcess() {}

    static Outcome run(Class<?> main, Path directory, String... arguments) throws IOException, InterruptedException {
        return run(Duration.ofMinutes(1), main, directory, arguments);
    }

    /** @param directory of the child's own: its temporary files are there, and it is the first argument */
    static Outcome run(Duration longest, Class<?> main, Path directory, String... arguments)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + directory,
                "-XX:ErrorFile=" + directory.resolve("hs_err.log"),
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                directory.toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
            return new Outcome(End.HUNG, Files.readString(output, UTF_8));
        }
        String said = Files.readString(output, UTF_8);
        int code = process.exitValue();
        // The JVM's own account of a signal ends with an ordinary code when it writes no core.
        boolean killed = code > FIRST_SIGNAL || said.contains("A fatal error has been detected");
        return new Outcome(code == 0 ? End.FINISHED : killed ? End.KILLED : End.FAILED, said);
    }
}
