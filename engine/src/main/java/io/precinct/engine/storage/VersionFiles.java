package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.lance.FragmentMetadata;
import org.lance.fragment.DataFile;

/** The files that one dataset version consists of, held against what was recorded of them. */
final class VersionFiles {
    /** Names the newest attached version, for whoever opens a dataset without saying which; ours never do. */
    private static final String HINT = "_versions/latest_version_hint.json";

    /** Whole files, and those that the library has begun: a writer that is killed leaves them as they are. */
    private static final Pattern PART =
            Pattern.compile("data/[^/]+/(?:data/[^/]+\\.lance|_versions/[^/]+\\.manifest(?:#[0-9]+)?"
                    + "|_transactions/[^/]+\\.txn|(?:data|_transactions)/\\.tmp[^/]+|_deletions/[^/]+|_indices/[^/]+/.+|"
                    + Pattern.quote(HINT)
                    + ")");

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
                for (Part part : parts(fragment)) {
                    look(files, pin, part.path(), part.bytes(), found);
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

    /** @param bytes as they were recorded, where they were */
    private record Part(String path, Optional<Long> bytes) {}

    /** The files of one fragment, by their paths in the dataset. */
    private static List<Part> parts(FragmentMetadata fragment) {
        List<Part> parts = new ArrayList<>();
        for (DataFile file : fragment.getFiles()) {
            parts.add(new Part("data/" + file.getPath(), Optional.ofNullable(file.getFileSizeBytes())));
        }
        if (fragment.getDeletionFile() != null) {
            String name = DatasetFiles.deletionName(fragment.getId(), fragment.getDeletionFile());
            parts.add(new Part("_deletions/" + name, Optional.empty()));
        }
        return parts;
    }

    /** Keys of what a version consists of; a folder's ends with '/'. */
    static Set<String> keys(DatasetFiles files, Pin pin, Versions.Parts parts) {
        Set<String> keys = new HashSet<>(manifestKeys(files, pin.dataset(), pin.version()));
        for (FragmentMetadata fragment : parts.fragments()) {
            parts(fragment).forEach(part -> keys.add(pin.dataset() + "/" + part.path()));
        }
        parts.indexes().forEach(index -> keys.add(pin.dataset() + "/_indices/" + index + "/"));
        return keys;
    }

    /** Keys of a version's manifest and of the transaction that made it. */
    static Set<String> manifestKeys(DatasetFiles files, String dataset, long version) {
        Set<String> keys = new HashSet<>();
        keys.add(ManifestFile.name(dataset, version));
        files.manifest(dataset, version).transaction().ifPresent(name -> keys.add(dataset + "/_transactions/" + name));
        return keys;
    }

    /** Keys of what every dataset has from its beginning on. */
    static Set<String> firstKeys(DatasetFiles files, String dataset) {
        Set<String> keys = manifestKeys(files, dataset, Versions.FIRST);
        if (files.size(dataset, HINT).isPresent()) {
            keys.add(dataset + "/" + HINT);
        }
        return keys;
    }

    /** Whether the library wrote the file as a part of a dataset; whatever else lies there is not ours to delete. */
    static boolean isPart(String key) {
        return PART.matcher(key).matches();
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
