package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.lance.FragmentMetadata;
import org.lance.fragment.DataFile;

/** The files that one dataset version consists of, held against what was recorded of them. */
final class VersionFiles {
    private VersionFiles() {}

    /** @param fragments opens the version; asked only when its manifest is what was published: others can end the process */
    static List<TableStore.Damage> damage(DatasetFiles files, Pin pin, Supplier<List<FragmentMetadata>> fragments) {
        String path = "_versions/" + DatasetFiles.manifestName(pin.version());
        String key = pin.dataset() + "/" + path;
        Optional<byte[]> manifest = files.read(pin.dataset(), path);
        if (manifest.isEmpty()) {
            return List.of(new TableStore.Damage(key, true, "it is missing"));
        }
        if (manifest.get().length != pin.manifestBytes()) {
            return List.of(wrongSize(key, manifest.get().length, pin.manifestBytes()));
        }
        if (!DatasetFiles.digest(manifest.get()).equals(pin.manifestDigest())) {
            return List.of(new TableStore.Damage(key, false, "its digest is not the recorded one"));
        }
        List<TableStore.Damage> found = new ArrayList<>();
        long rows = 0;
        try {
            for (FragmentMetadata fragment : fragments.get()) {
                rows += fragment.getNumRows();
                for (DataFile file : fragment.getFiles()) {
                    look(files, pin, "data/" + file.getPath(), Optional.ofNullable(file.getFileSizeBytes()), found);
                }
                if (fragment.getDeletionFile() != null) {
                    String name = DatasetFiles.deletionName(fragment.getId(), fragment.getDeletionFile());
                    look(files, pin, "_deletions/" + name, Optional.empty(), found);
                }
            }
        } catch (EngineException failed) {
            if (!(failed.failure() instanceof EngineFailure.Corrupt corrupt)) {
                throw failed;
            }
            found.add(new TableStore.Damage(key, false, corrupt.detail()));
            return found;
        }
        if (rows != pin.rows()) {
            found.add(new TableStore.Damage(key, false, "it has " + rows + " rows and not " + pin.rows()));
        }
        return found;
    }

    private static void look(
            DatasetFiles files, Pin pin, String path, Optional<Long> recorded, List<TableStore.Damage> found) {
        String key = pin.dataset() + "/" + path;
        OptionalLong size = files.size(pin.dataset(), path);
        if (size.isEmpty()) {
            found.add(new TableStore.Damage(key, true, "it is missing"));
        } else if (recorded.isPresent() ? size.getAsLong() != recorded.get() : size.getAsLong() == 0) {
            found.add(wrongSize(key, size.getAsLong(), recorded.orElse(1L)));
        }
    }

    private static TableStore.Damage wrongSize(String key, long actual, long recorded) {
        return new TableStore.Damage(key, false, "it has " + actual + " bytes and not " + recorded);
    }
}
