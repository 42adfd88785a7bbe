package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.Tables.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version is opened as its pin recorded it, or the failure names the file; the library never sees other bytes. */
class PinnedFilesTest {
    @TempDir
    Path directory;

    private Tables tables;
    private Pin pin;
    private Path manifest;

    @BeforeEach
    void open() {
        // No handle outlives its use, so every reading opens the version afresh.
        tables = new Tables(new StoreLocation.Directory(directory, false), new LanceTableStore.Settings(1000, 0));
        Pin empty = tables.store.create("t", Tables.SCHEMA);
        Pin one = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L), new Row("b", 2L))));
        pin = tables.store.rewriteRows(one, List.of(1L), List.of(tables.stage(one, new Row("c", 3L))));
        manifest = directory.resolve(ManifestFile.name(pin.dataset(), pin.version()));
    }

    @AfterEach
    void close() {
        tables.close();
    }

    private void damaged(String file, String... details) {
        assertThatThrownBy(() -> tables.rows(pin))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure()).isInstanceOfSatisfying(EngineFailure.Corrupt.class, corrupt -> {
                            assertThat(corrupt.object()).isEqualTo(file);
                            assertThat(corrupt.detail()).contains(details);
                        }));
    }

    private String name() {
        return pin.dataset() + "/_versions/" + manifest.getFileName();
    }

    @Test
    void aFlippedBitAnywhereInAManifestIsDamageThatNamesTheFileAndBothDigests() throws IOException {
        byte[] whole = Files.readAllBytes(manifest);
        for (int at = 0; at < whole.length; at++) {
            byte[] flipped = whole.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(manifest, flipped);
            damaged(name(), pin.manifestDigest(), DatasetFiles.digest(flipped));
        }
        Files.write(manifest, whole);
        assertThat(tables.ids(pin)).containsExactly("a", "c");
    }

    @Test
    void aManifestOfAnotherSizeIsDamageThatNamesTheFileAndBothSizes() throws IOException {
        byte[] whole = Files.readAllBytes(manifest);
        for (int size : new int[] {0, 15, whole.length - 1, whole.length + 1}) {
            Files.write(manifest, Arrays.copyOf(whole, size));
            damaged(name(), String.valueOf(size), String.valueOf(whole.length));
        }
    }

    @Test
    void aMissingManifestIsDamageThatNamesTheFile() throws IOException {
        Files.delete(manifest);
        damaged(name(), "missing");
    }

    @Test
    void aDataFileOfAnotherSizeIsDamageThatNamesTheFileAndBothSizes() throws IOException {
        for (Path file : dataFiles()) {
            byte[] whole = Files.readAllBytes(file);
            String name = pin.dataset() + "/data/" + file.getFileName();
            for (int size : new int[] {0, whole.length - 1, whole.length + 1}) {
                Files.write(file, Arrays.copyOf(whole, size));
                damaged(name, String.valueOf(size), String.valueOf(whole.length));
            }
            Files.delete(file);
            damaged(name, "missing");
            Files.write(file, whole);
        }
        assertThat(tables.ids(pin)).containsExactly("a", "c");
    }

    private List<Path> dataFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(pin.dataset()).resolve("data"))) {
            return files.toList();
        }
    }

    @Test
    void aDamagedVersionIsNotWrittenOnEither() throws IOException {
        TableStore.Staged staged = tables.stage(pin, new Row("d", 4L));
        byte[] flipped = Files.readAllBytes(manifest);
        flipped[flipped.length / 2] ^= 1;
        Files.write(manifest, flipped);
        assertThatThrownBy(() -> tables.store.append(pin, List.of(staged))).hasMessageContaining(name());
        assertThatThrownBy(() -> tables.store.locate(pin, "id", List.of("a"))).hasMessageContaining(name());
    }

    @Test
    void aVersionThatIsOpenForItsColumnsAloneIsStillProvedForReading() throws IOException {
        try (Tables caching = new Tables(directory, false)) {
            Pin empty = caching.store.create("t", Tables.SCHEMA);
            Pin forged = new Pin(empty.dataset(), 1, 0, 0, empty.manifestBytes(), "sha256:00");
            caching.stage(empty, new Row("a", 1L));
            assertThat(caching.rows(empty)).isEmpty();
            assertThatThrownBy(() -> caching.rows(forged)).hasMessageContaining("sha256:00");
        }
    }
}
