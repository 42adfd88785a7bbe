package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.precinct.policy.InputPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is committed beside the sources must come from them; {@code policy/rebuild} mends it. */
class BuiltInPolicyTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @Test
    void committedModuleIsWhatTheSourcesCompileTo(@TempDir Path built) throws IOException, InterruptedException {
        OpaTool.execute(List.of(OpaTool.REBUILD.toString(), "--check", built.toString()));
        for (String file : List.of("policy.wasm", "policy.wasm.sha256", "platform.json", "input-paths.json")) {
            assertThat(built.resolve(file))
                    .hasSameBinaryContentAs(OpaTool.REGO.resolve("compiled").resolve(file));
        }
    }

    /** The script reads the syntax trees with Rego, the product with Java; neither may err alone. */
    @Test
    void committedPathsAreThoseThatTheSourcesRead() throws IOException, InterruptedException {
        InputPaths read = RegoSyntax.inputPaths(OpaTool.syntaxTrees());
        byte[] committed = Files.readAllBytes(OpaTool.REGO.resolve("compiled/input-paths.json"));
        assertThat(InputPaths.parse(committed)).isEqualTo(read);
    }

    @Test
    void ourOwnModulesPassTheNegationCheckAndTheCompilerAndTheFormatter() throws IOException, InterruptedException {
        for (String tree : OpaTool.syntaxTrees()) {
            assertThat(RegoSyntax.negations(tree)).isEmpty();
        }
        OpaTool.run("check", "--strict", "lib", "main", "platform", "tenant", "tests", "tools");
        OpaTool.run("fmt", "--fail", "-l", ".");
    }

    @Test
    void negationCheckFindsEveryFormThatOpensADoor(@TempDir Path folder) throws IOException, InterruptedException {
        Path module = folder.resolve("open.rego");
        Files.writeString(module, """
                package open

                a if not "x" in input.subject.roles

                b if not startswith(input.subject.id, "x")

                c if not data.table[input.subject.id]

                d if input.subject.id != "x"

                safe if not input.subject.id == "x"

                rule if not safe
                """);
        List<RegoSyntax.Finding> findings = RegoSyntax.negations(
                OpaTool.run("parse", "--format", "json", "--json-include", "locations", module.toString()));
        assertThat(findings).extracting(RegoSyntax.Finding::row).containsExactly(3, 5, 7, 9);
    }

    @Test
    void regoTestsPass() throws IOException, InterruptedException {
        JsonNode results = MAPPER.readTree(OpaTool.run(
                "test", "--format", "json", "--fail-on-empty", "lib", "main", "platform", "tenant", "tests", "data"));
        assertThat(results.size()).isGreaterThanOrEqualTo(30);
        JsonNode coverage = MAPPER.readTree(OpaTool.run(
                "test", "--coverage", "--format", "json", "lib", "main", "platform", "tenant", "tests", "data"));
        double covered = 0;
        double all = 0;
        for (var file : coverage.path("files").properties()) {
            if (!file.getKey().startsWith("tests/")) {
                covered += file.getValue().path("covered_lines").asDouble();
                all += file.getValue().path("covered_lines").asDouble()
                        + file.getValue().path("not_covered_lines").asDouble();
            }
        }
        System.out.printf(Locale.ROOT, "%d rego tests, %.1f %% of policy lines%n", results.size(), 100 * covered / all);
        assertThat(covered / all).isGreaterThan(0.9);
    }
}
