package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code policy/rebuild} finds its compiler, on machines made of the few tools it needs for that. */
class RebuildTest {
    private static final String FAKE_OPA = "#!/usr/bin/env bash\necho 'Version: %s'\n";

    @TempDir
    private Path machine;

    private Path bin;

    private record Ended(int code, String out, String complaint) {}

    @BeforeEach
    void equip() throws IOException {
        bin = Files.createDirectory(machine.resolve("bin"));
        Files.createDirectory(machine.resolve("home"));
        for (String tool : List.of("bash", "cat", "chmod", "env", "mkdir", "mktemp", "mv", "rmdir", "sed")) {
            script(bin.resolve(tool), "#!" + onPath("bash") + "\nexec " + onPath(tool) + " \"$@\"\n");
        }
    }

    private static Path onPath(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("install " + tool));
    }

    private Path script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended find(String named) throws IOException, InterruptedException {
        Path complaint = machine.resolve("complaint");
        ProcessBuilder builder = new ProcessBuilder(bin.resolve("bash").toString(), OpaTool.REBUILD.toString(), "--opa")
                .redirectError(complaint.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", machine.resolve("home").toString());
        if (!named.isEmpty()) {
            builder.environment().put("PRECINCT_OPA", named);
        }
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out.strip(), Files.readString(complaint));
    }

    @Test
    void machineWithoutOpaAndGoIsToldInOneSentenceWhatToInstall() throws IOException, InterruptedException {
        Ended ended = find("");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.complaint().lines()).singleElement().asString().startsWith("Install opa 1.22.2");
    }

    @Test
    void machineWithGoInstallsThePinnedVersionOnceIntoTheCache() throws IOException, InterruptedException {
        script(
                bin.resolve("go"),
                "#!/usr/bin/env bash\n[ \"$*\" = 'install github.com/open-policy-agent/opa@v1.22.2' ] || exit 9\n"
                        + "echo '#!/usr/bin/env bash' > \"$GOBIN/opa\"\nchmod +x \"$GOBIN/opa\"\n");
        Path cache = machine.resolve("home/.cache/precinct");
        assertThat(find("").out()).isEqualTo(cache.resolve("opa-1.22.2").toString());
        assertThat(cache).isDirectoryNotContaining("glob:**/install.*");
        Files.delete(bin.resolve("go"));
        assertThat(find("").out()).isEqualTo(cache.resolve("opa-1.22.2").toString());
    }

    @Test
    void opaOnThePathCountsOnlyInThePinnedVersion() throws IOException, InterruptedException {
        script(bin.resolve("opa"), FAKE_OPA.formatted("1.22.2"));
        assertThat(find("").out()).isEqualTo(bin.resolve("opa").toString());
        script(bin.resolve("opa"), FAKE_OPA.formatted("1.18.0"));
        assertThat(find("").complaint()).startsWith("Install opa 1.22.2");
    }

    @Test
    void namedOpaComesFirstAndOfAnotherVersionIsRefused() throws IOException, InterruptedException {
        script(bin.resolve("opa"), FAKE_OPA.formatted("1.22.2"));
        Path named = script(machine.resolve("mine"), FAKE_OPA.formatted("1.22.2"));
        assertThat(find(named.toString()).out()).isEqualTo(named.toString());
        script(named, FAKE_OPA.formatted("1.21.0"));
        assertThat(find(named.toString()).code()).isEqualTo(1);
        assertThat(find(named.toString()).complaint()).startsWith("PRECINCT_OPA must name an opa of version 1.22.2");
    }
}
