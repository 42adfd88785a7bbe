package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.VerifyReport;
import io.precinct.engine.VerifyReport.Finding;
import io.precinct.engine.VerifyReport.Kind;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of damage is one finding that names the object; looking changes nothing. */
class VerifyTest {
    private static final BranchName SIDE = new BranchName("side");

    @TempDir
    private Path directory;

    private LogRig rig;
    private GraphLog log;
    private String stream;

    @BeforeEach
    void aGraphWithEverything() {
        rig = new LogRig(directory);
        log = rig.create();
        rig.commit(
                log,
                rig.put(
                        Map.of("a", Optional.of(1L), "b", Optional.of(2L), "c", Optional.of(3L)),
                        LogRig.Form.FRAGMENTS));
        rig.commit(log, rig.put(Map.of("a", Optional.of(4L)), LogRig.Form.FRAGMENTS));
        for (int i = 0; i < 70; i++) {
            rig.commit(log, rig.put("d", i));
        }
        log.createBranch(SIDE, BranchName.MAIN, LogRig.BY);
        rig.commit(log, rig.put("e", 5));
        log.deleteBranch(SIDE, LogRig.BY);
        stream = log.head(BranchName.MAIN).stream().value();
    }

    @AfterEach
    void close() {
        log.close();
        rig.close();
    }

    private VerifyReport verify() {
        try (GraphLog other = rig.open()) {
            return other.verify(() -> false);
        }
    }

    private String record(long sequence) {
        return "log/" + stream + "/" + StreamLog.inverted(sequence);
    }

    private void flip(String key) {
        byte[] bytes = rig.objects.get(key).orElseThrow();
        bytes[bytes.length / 2] ^= 1;
        rig.objects.overwrite(key, bytes);
    }

    private void finds(Kind kind, String place) {
        VerifyReport report = verify();
        assertThat(report.complete()).isTrue();
        assertThat(report.sound()).isFalse();
        assertThat(report.findings()).singleElement().satisfies(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found.place()).isEqualTo(place);
            assertThat(found.detail()).isNotBlank();
        });
    }

    private Path file(String folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("data"))) {
            return all.filter(path -> path.getParent().endsWith(folder)
                            && path.getFileName().toString().startsWith(folder.equals("_versions") ? "d" : "")
                            && path.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private String key(Path file) {
        return directory.relativize(file).toString();
    }

    @Test
    void aSoundGraphHasNoFindingsAndIsLeftAsItWas() {
        List<String> before = rig.objects.keys();
        VerifyReport report = verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.sound()).isTrue();
        // The list's three, the dead branch's two, and main's.
        assertThat(report.records()).isEqualTo(3 + 2 + log.head(BranchName.MAIN).sequence());
        assertThat(report.checkpoints()).isPositive();
        assertThat(report.versions()).isGreaterThanOrEqualTo(3);
        assertThat(rig.objects.keys()).isEqualTo(before);
    }

    @Test
    void damagedRecordsAreNamedAndThoseBehindThemAreStillLookedAt() {
        flip(record(5));
        finds(Kind.RECORD_DAMAGED, record(5));
        flip(record(60));
        assertThat(verify().findings()).extracting(Finding::place).containsExactly(record(5), record(60));
    }

    @Test
    void aRecordInAnothersSlotIsDamage() {
        rig.objects.overwrite(record(50), rig.objects.get(record(51)).orElseThrow());
        finds(Kind.RECORD_DAMAGED, record(50));
    }

    @Test
    void aMissingRecordIsNamedTheNewestOfACheckpointIncluded() {
        byte[] kept = rig.objects.get(record(40)).orElseThrow();
        rig.objects.delete(record(40));
        finds(Kind.RECORD_MISSING, record(40));
        rig.objects.overwrite(record(40), kept);
        assertThat(verify().sound()).isTrue();
        // All behind the last checkpoint, and the record that it was made after.
        for (long sequence = log.head(BranchName.MAIN).sequence(); sequence >= 64; sequence--) {
            rig.objects.delete(record(sequence));
        }
        assertThat(verify().findings())
                .contains(new Finding(Kind.RECORD_MISSING, record(64), "there are later ones, or there is sign of it"));
    }

    @Test
    void aDamagedListOfBranchesIsNamed() {
        String list = "log/~refs/" + StreamLog.inverted(2);
        flip(list);
        assertThat(catchThrowableOfType(EngineException.class, this::verify).failure())
                .isInstanceOf(EngineFailure.Corrupt.class);
        assertThat(log.verify(() -> false).findings())
                .extracting(Finding::place)
                .containsExactly(list);
    }

    @Test
    void aDamagedCheckpointIsNamed() {
        String checkpoint = rig.objects.keys().stream()
                .filter(key -> key.startsWith("log/" + stream + "/checkpoint/"))
                .findFirst()
                .orElseThrow();
        flip(checkpoint);
        finds(Kind.CHECKPOINT_DAMAGED, checkpoint);
    }

    @Test
    void aMissingFileOfEachKindIsNamed() throws IOException {
        for (Path file : List.of(file("data", ".lance"), file("_deletions", ""), file("_versions", ".manifest"))) {
            byte[] kept = Files.readAllBytes(file);
            Files.delete(file);
            finds(Kind.FILE_MISSING, key(file));
            Files.write(file, kept);
            assertThat(verify().sound()).isTrue();
        }
    }

    @Test
    void aTruncatedFileOfEachKindIsNamed() throws IOException {
        for (Path file : List.of(file("data", ".lance"), file("_versions", ".manifest"))) {
            byte[] kept = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(kept, kept.length - 1));
            finds(Kind.FILE_DAMAGED, key(file));
            Files.write(file, kept);
        }
    }

    @Test
    void aFlippedBitOfAManifestIsNamedBeforeTheLibraryReadsIt() throws IOException {
        Path file = file("_versions", ".manifest");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        finds(Kind.FILE_DAMAGED, key(file));
    }

    @Test
    void aCancelledRunSaysThatItIsNotComplete() {
        VerifyReport report = log.verify(() -> true);
        assertThat(report.complete()).isFalse();
        assertThat(report.sound()).isFalse();
        assertThat(report.records()).isZero();
    }

    @Test
    void aStoreOutOfReachIsAFailureAndNoFinding() {
        rig.objects.faults(request ->
                request.operation() == Operation.GET ? Optional.of(Fault.UNAVAILABLE_BEFORE) : Optional.empty());
        assertThat(catchThrowableOfType(EngineException.class, () -> log.verify(() -> false))
                        .failure())
                .isInstanceOf(EngineFailure.StorageUnavailable.class);
    }
}
