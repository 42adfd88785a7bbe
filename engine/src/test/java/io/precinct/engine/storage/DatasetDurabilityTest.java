package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.TableStore.CompactionLimits;
import io.precinct.engine.storage.Tables.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library forces nothing to disk, so whatever a pin names is forced by us before its caller has the pin: each
 * version is read back from what a power cut at that moment would have left.
 */
class DatasetDurabilityTest {
    private static final LanceTableStore.Settings SETTINGS = LanceTableStore.Settings.DEFAULTS;

    @TempDir
    Path directory;

    private int cuts;

    private Pin survives(Tables tables, PowerCut disk, Supplier<Pin> write) throws IOException {
        Pin pin = write.get();
        Path left = Files.createDirectories(directory.resolve("left-" + cuts++));
        disk.leaveTo(left);
        try (Tables afterwards = new Tables(left, false)) {
            assertThat(afterwards.rows(pin)).isEqualTo(tables.rows(pin));
        }
        return pin;
    }

    @Test
    void everyVersionOutlivesAPowerCutFromTheMomentItsPinIsKnown() throws IOException {
        Path root = directory.resolve("graph");
        PowerCut disk = new PowerCut(root);
        try (Tables tables = new Tables(new StoreLocation.Directory(root, true), SETTINGS, disk)) {
            TableStore store = tables.store;
            Pin empty = survives(tables, disk, () -> store.create("t", Tables.SCHEMA));
            Pin one = survives(
                    tables,
                    disk,
                    () -> store.append(empty, List.of(tables.stage(empty, new Row("a", 1L), new Row("b", 2L)))));
            Pin two = survives(
                    tables,
                    disk,
                    () -> store.rewriteRows(one, List.of(0L), List.of(tables.stage(one, new Row("a", 3L)))));
            Pin wide = survives(
                    tables,
                    disk,
                    () -> store.widen(two, new Schema(List.of(Field.nullable("m", ArrowType.Utf8.INSTANCE)))));
            survives(
                    tables,
                    disk,
                    () -> store.commitCompaction(
                                    wide,
                                    store.compact(wide, new CompactionLimits(1000, 0.1), () -> false)
                                            .orElseThrow())
                            .orElseThrow());
            survives(tables, disk, () -> store.replace(wide, List.of(tables.stage(wide, new Row("c", 4L)))));
        }
    }

    @Test
    void aVersionThatCannotBeForcedHasNoPin() {
        Path root = directory.resolve("graph");
        PowerCut disk = new PowerCut(root);
        try (Tables tables = new Tables(new StoreLocation.Directory(root, true), SETTINGS, disk)) {
            Pin empty = tables.store.create("t", Tables.SCHEMA);
            Pin one = tables.store.append(empty, List.of(tables.stage(empty, new Row("a", 1L), new Row("b", 2L))));
            TableStore.Staged staged = tables.stage(one, new Row("c", 3L));
            for (String broken : List.of("_versions", "_deletions")) {
                disk.breaks(path -> path.toString().contains(broken));
                unavailable(() -> tables.store.rewriteRows(one, List.of(0L), List.of(staged)));
            }
            disk.breaks(path -> path.toString().contains("/data/t"));
            unavailable(() -> tables.stage(one, new Row("d", 4L)));
            unavailable(() -> tables.store.create("t", Tables.SCHEMA));
        }
    }

    private static void unavailable(Runnable write) {
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure()).isInstanceOf(EngineFailure.StorageUnavailable.class));
    }
}
