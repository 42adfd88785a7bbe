package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.Tables.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts about the library that the storage protocol rests on. An upgrade must pass them first. */
class SubstrateTest {
    @TempDir
    Path directory;

    @Test
    void anAppendWritesThreeFilesAndAReadNone() throws IOException {
        try (Tables tables = new Tables(directory, true)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L))));
            long before = files();
            Pin next = tables.store.append(pin, List.of(tables.stage(pin, new Row("b", 2L))));
            assertThat(files() - before).isEqualTo(3);
            assertThat(tables.rows(next)).hasSize(2);
            assertThat(files() - before).isEqualTo(3);
        }
    }

    @Test
    void randomForksOfOneDatasetReadAsTheirModels() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (Tables tables =
                new Tables(new StoreLocation.Directory(directory, false), new LanceTableStore.Settings(1000, 5))) {
            Pin root = tables.store.create("t", Tables.SCHEMA);
            List<Pin> pins = new ArrayList<>(List.of(root));
            Map<Pin, Map<String, Long>> models = new HashMap<>(Map.of(root, Map.of()));
            for (int step = 0; step < 120; step++) {
                Pin parent = pins.get(random.nextInt(pins.size()));
                Map<String, Long> model = new HashMap<>(models.get(parent));
                List<String> chosen = model.keySet().stream()
                        .sorted()
                        .filter(key -> random.nextInt(3) == 0)
                        .toList();
                List<Long> gone = tables.store.locate(parent, "id", chosen).stream()
                        .map(TableStore.Located::address)
                        .toList();
                chosen.forEach(model::remove);
                Row added = new Row("s" + step, random.nextLong());
                model.put(added.id(), added.n());
                Pin child = tables.store.rewriteRows(parent, gone, List.of(tables.stage(parent, added)));
                pins.add(child);
                models.put(child, model);
                Pin probe = pins.get(random.nextInt(pins.size()));
                Map<String, Long> read = new HashMap<>();
                tables.rows(probe).forEach(row -> read.put(row.id(), row.n()));
                assertThat(read).as("seed " + seed + ", step " + step).isEqualTo(models.get(probe));
                assertThat(tables.openHandles()).isLessThanOrEqualTo(5);
            }
        }
    }

    @Test
    void aMissingDataFileIsReportedAsDamage() throws IOException {
        try (Tables tables = new Tables(directory, false)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin pin = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L))));
            try (Stream<Path> data = Files.list(directory.resolve(pin.dataset()).resolve("data"))) {
                for (Path file : data.toList()) {
                    Files.delete(file);
                }
            }
            assertThatThrownBy(() -> tables.rows(pin))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.Corrupt.class));
        }
    }

    @Test
    void theUnpackedLibraryIsGoneOnceItIsLoaded() throws IOException {
        NativeRuntime.require();
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.filter(file -> file.toString().contains("liblance_jni")))
                    .isEmpty();
        }
    }

    private long files() throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).count();
        }
    }
}
