package io.precinct.policy.opa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the {@code opa} that authors use, found or installed by {@code policy/rebuild}. */
final class OpaTool {
    static final Path REGO = Path.of("src/main/rego").toAbsolutePath();
    static final Path REBUILD = Path.of("rebuild").toAbsolutePath();

    private OpaTool() {}

    private static final class Found {
        static final String EXECUTABLE = find();

        private static String find() {
            try {
                return execute(List.of(REBUILD.toString(), "--opa")).strip();
            } catch (IOException e) {
                throw new UncheckedIOException("policy/rebuild can't be run", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while looking for opa", e);
            }
        }
    }

    /** Builds it on a machine that has Go and no opa; fails with one sentence on a machine that has neither. */
    static String executable() {
        return Found.EXECUTABLE;
    }

    static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(executable());
        return execute(command);
    }

    static String execute(List<String> command) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("opa", ".err");
        Process process = new ProcessBuilder(command)
                .directory(REGO.toFile())
                .redirectError(errors.toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        String complaint = Files.readString(errors);
        Files.delete(errors);
        if (code != 0) {
            throw new AssertionError(command + " ended with " + code + ": " + out + complaint);
        }
        return out;
    }

    /** The modules of the built-in policy, tests not included. */
    static List<Path> modules() throws IOException {
        List<Path> modules = new ArrayList<>();
        for (String folder : List.of("lib", "main", "platform", "tenant")) {
            try (Stream<Path> files = Files.walk(REGO.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".rego")).forEach(modules::add);
            }
        }
        modules.sort(null);
        return modules;
    }

    static List<String> syntaxTrees() throws IOException, InterruptedException {
        List<String> trees = new ArrayList<>();
        for (Path module : modules()) {
            trees.add(run("parse", "--format", "json", "--json-include", "locations", module.toString()));
        }
        return trees;
    }
}
