package io.precinct.engine.storage;

import io.precinct.engine.storage.HandleCache.Key;
import io.precinct.engine.storage.HandleCache.Lease;
import io.precinct.engine.storage.HandleCache.Opened;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.lance.CommitBuilder;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.ReadOptions;
import org.lance.Transaction;
import org.lance.index.Index;
import org.lance.operation.Operation;

/**
 * The versions of the datasets at one location: opened as they were recorded or not at all, and made by detached
 * commits. The base of such a commit is the version that its handle was opened at, whatever the transaction says, so
 * all of them are made here. Every method runs on a pool thread.
 */
final class Versions implements AutoCloseable {
    static final long FIRST = 1;

    /** Stands for the digest of a version that was opened by its number alone. */
    private static final String UNRECORDED = "";

    private final NativeResources resources;
    private final DatasetFiles files;
    private final HandleCache handles;

    Versions(NativeResources resources, DatasetFiles files, int openHandles) {
        this.resources = resources;
        this.files = files;
        this.handles = new HandleCache(openHandles);
    }

    @FunctionalInterface
    interface OperationFor {
        Operation on(Lease parent);
    }

    /**
     * The pinned version. On its first opening, its manifest must have the recorded bytes, and where looking costs no
     * request, each data file its recorded size.
     */
    Lease lease(Pin pin) {
        return handles.lease(new Key(pin.dataset(), pin.version(), pin.manifestDigest()), key -> opened(pin));
    }

    private Opened opened(Pin pin) {
        ManifestFile manifest = files.manifest(pin.dataset(), pin.version());
        manifest.requireRecordedIn(pin);
        // These very bytes, not the file once more: what was proved is what is opened, for one request in all.
        Dataset dataset = Dataset.open(
                resources.allocator(),
                files.uri(pin.dataset()),
                options(pin.version()).setSerializedManifest(manifest.message()).build());
        try {
            if (dataset.version() != pin.version()) {
                throw new IllegalStateException(
                        "opening " + pin + " opened version " + Long.toUnsignedString(dataset.version()));
            }
            if (!files.seesSizes()) {
                return new Opened(dataset, Optional.empty());
            }
            List<FragmentMetadata> fragments =
                    dataset.getFragments().stream().map(Fragment::metadata).toList();
            files.requireSizes(pin.dataset(), fragments);
            return new Opened(dataset, Optional.of(fragments));
        } catch (RuntimeException e) {
            dataset.close();
            throw e;
        }
    }

    /** Not through a handle that was open before: what is asked is whether the files can be opened now. */
    List<FragmentMetadata> fragmentsAnew(Pin pin) {
        try (Dataset opened = Dataset.open(
                resources.allocator(),
                files.uri(pin.dataset()),
                options(pin.version()).build())) {
            return opened.getFragments().stream().map(Fragment::metadata).toList();
        }
    }

    /** What a version consists of, besides its manifest. */
    record Parts(List<FragmentMetadata> fragments, List<UUID> indexes) {}

    /** Opened as recorded or not at all, and not kept open: who asks this of many versions reads none of them. */
    Parts parts(Pin pin) {
        Opened opened = opened(pin);
        try (Dataset dataset = opened.dataset()) {
            return new Parts(
                    opened.fragments()
                            .orElseGet(() -> dataset.getFragments().stream()
                                    .map(Fragment::metadata)
                                    .toList()),
                    dataset.getIndexes().stream().map(Index::uuid).toList());
        }
    }

    /** The empty first version, for its columns: of a dataset that nobody has a pin of at hand. */
    Lease first(String dataset) {
        return handles.lease(
                new Key(dataset, FIRST, UNRECORDED),
                key -> new Opened(
                        Dataset.open(
                                resources.allocator(),
                                files.uri(dataset),
                                options(FIRST).build()),
                        Optional.empty()));
    }

    private ReadOptions.Builder options(long version) {
        return new ReadOptions.Builder()
                .setVersion(version)
                .setSession(resources.session())
                .setStorageOptions(files.options());
    }

    /** The pin of a version that was just written, whose handle this takes over. */
    Pin adopt(String dataset, Dataset written, List<FragmentMetadata> changed) {
        ManifestFile manifest;
        try {
            manifest = files.forceVersion(dataset, written.version(), changed);
        } catch (RuntimeException e) {
            written.close();
            throw e;
        }
        Key key = new Key(dataset, written.version(), manifest.digest());
        try (Lease lease = handles.adopt(key, new Opened(written, Optional.empty()))) {
            long rows = lease.fragments().stream()
                    .mapToLong(FragmentMetadata::getNumRows)
                    .sum();
            return new Pin(dataset, key.version(), rows, lease.fragments().size(), manifest.size(), key.digest());
        }
    }

    /** @param changed fragments whose deletion files may be new */
    Pin commit(Pin base, OperationFor operation, List<FragmentMetadata> changed) {
        try (Lease parent = lease(base)) {
            Dataset handle = parent.dataset();
            if (handle.version() != base.version()) {
                throw new IllegalStateException("the handle of " + base.dataset() + " is at version "
                        + Long.toUnsignedString(handle.version()) + ", not at "
                        + Long.toUnsignedString(base.version()));
            }
            try (Transaction transaction = new Transaction.Builder()
                    .readVersion(base.version())
                    .operation(operation.on(parent))
                    .transactionProperties(
                            Map.of("precinct-effect", UUID.randomUUID().toString()))
                    .build()) {
                CommitBuilder commit = new CommitBuilder(handle).detached(true).skipAutoCleanup(true);
                if (!files.options().isEmpty()) {
                    commit.writeParams(files.options());
                }
                Dataset child = commit.execute(transaction);
                if (child.version() >= 0) {
                    child.close();
                    throw new IllegalStateException("a commit moved the head of " + base.dataset());
                }
                return adopt(base.dataset(), child, changed);
            }
        }
    }

    int openHandles() {
        return handles.size();
    }

    @Override
    public void close() {
        handles.close();
    }
}
