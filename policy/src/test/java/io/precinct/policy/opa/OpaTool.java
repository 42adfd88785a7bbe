package io.precinct.policy.opa;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the {@code opa} that authors use, found as {@code policy/rebuild} finds it. */
final class OpaTool {
    static final Path REGO = Path.of("src/main/rego").toAbsolutePath();

    private OpaTool() {}

    static String executable() {
        String named = System.getenv("PRECINCT_OPA");
        if (named != null) {
            return named;
        }
        for (String folder : System.getenv("PATH").split(java.io.File.pathSeparator)) {
            Path candidate = Path.of(folder, "opa");
            if (Files.isExecutable(candidate)) {
                return candidate.toString();
            }
        }
        return Path.of(System.getProperty("user.home"), ".cache/precinct/opa-1.22.2")
                .toString();
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
        if (code != 0) {
            throw new AssertionError(command + " ended with " + code + ": " + out + Files.readString(errors));
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
