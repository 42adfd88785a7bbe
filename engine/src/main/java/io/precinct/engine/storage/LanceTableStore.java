package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.HandleCache.Key;
import io.precinct.engine.storage.HandleCache.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.CommitBuilder;
import org.lance.Dataset;
import org.lance.Fragment;
import org.lance.FragmentMetadata;
import org.lance.ReadOptions;
import org.lance.Transaction;
import org.lance.compaction.CompactionOptions;
import org.lance.compaction.CompactionTask;
import org.lance.compaction.RewriteResult;
import org.lance.fragment.DataFile;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;
import org.lance.operation.Append;
import org.lance.operation.Merge;
import org.lance.operation.Operation;
import org.lance.operation.Rewrite;
import org.lance.operation.RewriteGroup;
import org.lance.operation.Update;

/**
 * Tables as Lance datasets at one {@link StoreLocation}. The base of a detached commit is the version that its handle
 * was opened at, whatever the transaction says, so every commit goes through {@link #commit}, which sees to it.
 */
public final class LanceTableStore implements TableStore {
    /** Above so many values an IN list costs the library more than a scan does. */
    static final int LONGEST_IN_LIST = 200;

    private static final long FIRST_VERSION = 1;
    private static final String ADDRESS = "_rowaddr";

    private final NativeResources resources;
    private final DatasetFiles files;
    private final Settings settings;
    private final HandleCache handles;

    /**
     * @param rowsPerFragment a write of more rows makes several fragments
     * @param openHandles most dataset versions kept open while nobody uses them
     */
    public record Settings(int rowsPerFragment, int openHandles) {
        public static final Settings DEFAULTS = new Settings(1 << 20, 256);
    }

    private LanceTableStore(NativeResources resources, DatasetFiles files, Settings settings) {
        this.resources = resources;
        this.files = files;
        this.settings = settings;
        this.handles = new HandleCache(settings.openHandles());
    }

    /** @param resources stay the caller's, who closes them after the store */
    public static LanceTableStore open(StoreLocation location, NativeResources resources) {
        return open(location, resources, Settings.DEFAULTS);
    }

    public static LanceTableStore open(StoreLocation location, NativeResources resources, Settings settings) {
        return new LanceTableStore(resources, DatasetFiles.at(location), settings);
    }

    @Override
    public Pin create(String hint, Schema schema) {
        if (!hint.matches("[A-Za-z0-9_-]{1,100}")) {
            throw new NativeErrors.ContractBroken("'" + hint + "' can't be part of a dataset's name");
        }
        String suffix = Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
        String dataset = "data/" + hint + "-" + suffix;
        return typed(dataset, () -> {
            Dataset created = Dataset.write()
                    .allocator(resources.allocator())
                    .uri(files.uri(dataset))
                    .schema(Schemas.nullable(schema))
                    .enableStableRowIds(false)
                    .storageOptions(files.options())
                    .session(resources.session())
                    .execute();
            created.close();
            files.forceAll(dataset);
            try (Lease lease = lease(dataset, FIRST_VERSION)) {
                return pin(dataset, lease, List.of());
            }
        });
    }

    @Override
    public Staged stage(String dataset, Schema schema, RowBatches rows) {
        FragmentWriter.Target target = target(dataset, FIRST_VERSION, Schemas::all);
        Schemas.requireSame(target.schema(), schema, "the schema given for " + dataset);
        return staged(target, rows);
    }

    @Override
    public Staged stage(Pin at, Schema schema, RowBatches rows) {
        FragmentWriter.Target target = target(at.dataset(), at.version(), Schemas.namesOf(schema));
        Schemas.requireSame(target.schema(), schema, "the schema given for " + at.dataset());
        return staged(target, rows);
    }

    /** For the columns of a version whose names are {@code wanted}. */
    private FragmentWriter.Target target(String dataset, long version, Predicate<String> wanted) {
        return typed(dataset, () -> {
            try (Lease lease = lease(dataset, version)) {
                return new FragmentWriter.Target(
                        dataset,
                        files.uri(dataset),
                        Schemas.part(lease.dataset().getSchema(), wanted),
                        Schemas.ids(lease.dataset().getLanceSchema(), wanted),
                        files.options(),
                        settings.rowsPerFragment());
            }
        });
    }

    private Staged staged(FragmentWriter.Target target, RowBatches rows) {
        String dataset = target.dataset();
        List<FragmentMetadata> written = new FragmentWriter(resources, target).write(rows);
        files.forceData(dataset, written);
        long staged =
                written.stream().mapToLong(FragmentMetadata::getPhysicalRows).sum();
        long bytes = written.stream()
                .flatMap(f -> f.getFiles().stream())
                .map(DataFile::getFileSizeBytes)
                .mapToLong(size -> size == null ? 0 : size)
                .sum();
        return new StagedFragments(dataset, written, staged, bytes);
    }

    @Override
    public Pin widen(Pin base, Schema columns) {
        return typed(base.dataset(), () -> {
            Schema wider;
            List<Integer> ids;
            List<FragmentMetadata> fragments;
            try (Lease lease = lease(base)) {
                Schema there = lease.dataset().getSchema();
                wider = Schemas.with(there, Schemas.nullable(columns));
                if (wider.equals(there)) {
                    return base;
                }
                ids = Schemas.ids(lease.dataset().getLanceSchema());
                fragments = lease.fragments();
            }
            Merge merge = Merge.builder().fragments(fragments).schema(wider).build();
            Pin pin = commit(base, lease -> merge, List.of());
            try (Lease lease = lease(pin)) {
                // Fragments name their columns by these ids: if one moved, rows would show under another name.
                List<Integer> now = Schemas.ids(lease.dataset().getLanceSchema());
                if (!now.subList(0, Math.min(ids.size(), now.size())).equals(ids)
                        || now.stream().distinct().count() != now.size()) {
                    throw new NativeErrors.ContractBroken(
                            base.dataset() + " was widened from columns " + ids + " to " + now);
                }
            }
            return pin;
        });
    }

    @Override
    public Pin append(Pin base, List<Staged> added) {
        List<FragmentMetadata> fragments = fragments(base, added);
        if (fragments.isEmpty()) {
            return base;
        }
        return typed(
                base.dataset(),
                () -> commit(
                        base, lease -> new Append.Builder().fragments(fragments).build(), List.of()));
    }

    @Override
    public Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added) {
        if (deletedAddresses.isEmpty()) {
            return append(base, added);
        }
        List<FragmentMetadata> fragments = fragments(base, added);
        return typed(base.dataset(), () -> {
            List<FragmentMetadata> updated = new ArrayList<>();
            List<Long> removed = new ArrayList<>();
            try (Lease lease = lease(base)) {
                offsets(base, lease, deletedAddresses).forEach((fragment, offsets) -> {
                    FragmentMetadata left =
                            lease.dataset().getFragment(fragment).deleteRows(List.copyOf(offsets));
                    if (left == null) {
                        removed.add((long) fragment);
                    } else {
                        updated.add(left);
                    }
                });
            }
            return commit(base, lease -> update(lease, updated, removed, fragments), updated);
        });
    }

    @Override
    public Pin replace(Pin base, List<Staged> all) {
        List<FragmentMetadata> fragments = fragments(base, all);
        return typed(base.dataset(), () -> {
            List<Long> removed;
            try (Lease lease = lease(base)) {
                removed = lease.fragments().stream().map(f -> (long) f.getId()).toList();
            }
            if (removed.isEmpty() && fragments.isEmpty()) {
                return base;
            }
            return commit(base, lease -> update(lease, List.of(), removed, fragments), List.of());
        });
    }

    private static Operation update(
            Lease lease, List<FragmentMetadata> updated, List<Long> removed, List<FragmentMetadata> added) {
        // Naming every field keeps an index from claiming rows that it never saw.
        long[] everyField = Schemas.ids(lease.dataset().getLanceSchema()).stream()
                .mapToLong(Integer::longValue)
                .toArray();
        return Update.builder()
                .updatedFragments(updated)
                .removedFragmentIds(removed)
                .newFragments(added)
                .fieldsForPreservingFragBitmap(everyField)
                .updateMode(Optional.of(Update.UpdateMode.RewriteRows))
                .build();
    }

    /** Row offsets by fragment, each proved to exist: the library accepts any, and the fragment is unreadable afterwards. */
    private static Map<Integer, Set<Integer>> offsets(Pin base, Lease lease, Collection<Long> addresses) {
        Map<Integer, Long> sizes = new HashMap<>();
        lease.fragments().forEach(f -> sizes.put(f.getId(), f.getPhysicalRows()));
        Map<Integer, Set<Integer>> offsets = new TreeMap<>();
        for (long address : addresses) {
            int fragment = (int) (address >>> 32);
            int offset = (int) address;
            Long size = sizes.get(fragment);
            if (size == null || offset < 0 || offset >= size) {
                throw new NativeErrors.ContractBroken(
                        base.dataset() + " has no row at fragment " + fragment + ", offset " + offset);
            }
            offsets.computeIfAbsent(fragment, f -> new TreeSet<>()).add(offset);
        }
        return offsets;
    }

    @Override
    public RowBatches scan(Pin pin, Scan scan) {
        Optional<String> filter = scan.filter().map(Filters::render);
        return typed(pin.dataset(), () -> {
            Lease lease = lease(pin);
            try {
                requireColumns(lease.dataset().getSchema(), scan.columns(), pin);
                ScanOptions.Builder options = new ScanOptions.Builder()
                        .columns(scan.columns())
                        .withRowAddress(scan.addresses())
                        .batchSize(scan.batchRows());
                filter.ifPresent(options::filter);
                LanceScanner scanner = lease.dataset().newScan(options.build());
                try {
                    ArrowReader reader = scanner.scanBatches();
                    return new NativeRowBatches(resources, pin.dataset(), lease, scanner, reader);
                } catch (Exception e) {
                    scanner.close();
                    throw e;
                }
            } catch (Exception e) {
                lease.close();
                throw e;
            }
        });
    }

    private static void requireColumns(Schema schema, List<String> columns, Pin pin) {
        Set<String> names = new HashSet<>();
        schema.getFields().forEach(f -> names.add(f.getName()));
        for (String column : columns) {
            if (!names.contains(column)) {
                throw new NativeErrors.ContractBroken(pin.dataset() + " has no column '" + column + "'");
            }
        }
    }

    @Override
    public List<Located> locate(Pin pin, String column, Collection<String> values) {
        if (values.isEmpty() || pin.rows() == 0) {
            return List.of();
        }
        Set<String> distinct = new HashSet<>(values);
        boolean listed = distinct.size() <= LONGEST_IN_LIST
                && distinct.stream().allMatch(v -> v.codePoints().allMatch(Filters::isPlain));
        Optional<ColumnPredicate> filter =
                listed ? Optional.of(new ColumnPredicate.In(column, List.copyOf(distinct))) : Optional.empty();
        KeySearch search = new KeySearch(distinct);
        List<Located> found = new ArrayList<>();
        try (RowBatches rows = scan(pin, new Scan(List.of(column), filter, true, 1 << 16))) {
            for (Optional<VectorSchemaRoot> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                if (!(batch.get().getVector(column) instanceof VarCharVector texts)) {
                    throw new NativeErrors.ContractBroken("column '" + column + "' is not Utf8");
                }
                UInt8Vector addresses = (UInt8Vector) batch.get().getVector(ADDRESS);
                search.collect(texts, addresses, batch.get().getRowCount(), found);
            }
        }
        return List.copyOf(found);
    }

    @Override
    public Optional<Compaction> compact(Pin base, CompactionLimits limits, BooleanSupplier cancelled) {
        CompactionOptions options = CompactionOptions.builder()
                .withTargetRowsPerFragment(limits.targetRowsPerFragment())
                .withMaterializeDeletions(true)
                .withMaterializeDeletionsThreshold((float) limits.maxDeletedShare())
                .build();
        List<RewriteResult> results = new ArrayList<>();
        try (Lease lease = typed(base.dataset(), () -> lease(base))) {
            List<CompactionTask> tasks = typed(
                    base.dataset(),
                    () -> org.lance.compaction.Compaction.planCompaction(lease.dataset(), options)
                            .getCompactionTasks());
            for (CompactionTask task : tasks) {
                if (cancelled.getAsBoolean()) {
                    throw new EngineException(new EngineFailure.Interrupted(false));
                }
                RewriteResult result = typed(base.dataset(), () -> task.execute(lease.dataset()));
                files.forceData(base.dataset(), result.getNewFragments());
                results.add(result);
            }
        }
        return results.isEmpty() ? Optional.empty() : Optional.of(new RewrittenFragments(base, results));
    }

    @Override
    public Optional<Pin> commitCompaction(Pin current, Compaction compaction) {
        if (!(compaction instanceof RewrittenFragments rewritten)
                || !rewritten.base().dataset().equals(current.dataset())) {
            throw new NativeErrors.ContractBroken("the compaction is not one of " + current.dataset());
        }
        return typed(current.dataset(), () -> {
            List<RewriteGroup> groups;
            try (Lease lease = lease(current)) {
                groups = unchanged(rewritten, lease);
            }
            if (groups.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    commit(current, lease -> Rewrite.builder().groups(groups).build(), List.of()));
        });
    }

    /** Groups whose every source is in the current version with the same files and deletions, with new ids assigned. */
    private static List<RewriteGroup> unchanged(RewrittenFragments rewritten, Lease lease) {
        Map<Integer, FragmentMetadata> current = new HashMap<>();
        lease.fragments().forEach(f -> current.put(f.getId(), f));
        int[] next = {firstFreeId(lease)};
        List<RewriteGroup> groups = new ArrayList<>();
        for (RewriteResult result : rewritten.results()) {
            if (result.getOriginalFragments().stream().allMatch(f -> sameContent(f, current.get(f.getId())))) {
                groups.add(RewriteGroup.builder()
                        .oldFragments(result.getOriginalFragments())
                        .newFragments(result.getNewFragments().stream()
                                .map(f -> withId(f, next[0]++))
                                .toList())
                        .build());
            }
        }
        return groups;
    }

    /** Above every id in use and every id that an index remembers, so that no index claims the new fragments. */
    private static int firstFreeId(Lease lease) {
        int highest = lease.fragments().stream()
                .mapToInt(FragmentMetadata::getId)
                .max()
                .orElse(-1);
        int indexed = lease.dataset().getIndexes().stream()
                .flatMap(index -> index.fragments().orElse(List.of()).stream())
                .mapToInt(Integer::intValue)
                .max()
                .orElse(-1);
        return Math.max(highest, indexed) + 1;
    }

    private static boolean sameContent(FragmentMetadata source, FragmentMetadata current) {
        return current != null
                && source.getFiles().equals(current.getFiles())
                && Optional.ofNullable(source.getDeletionFile()).equals(Optional.ofNullable(current.getDeletionFile()));
    }

    private static FragmentMetadata withId(FragmentMetadata fragment, int id) {
        return new FragmentMetadata(
                id,
                fragment.getFiles(),
                fragment.getPhysicalRows(),
                fragment.getDeletionFile(),
                fragment.getRowIdMeta());
    }

    @Override
    public List<Damage> damage(Pin pin) {
        return VersionFiles.damage(
                files,
                pin,
                () -> typed(pin.dataset(), () -> {
                    // Not through a handle that was open before: what is asked is whether the files can be opened now.
                    try (Dataset opened = dataset(pin.dataset(), pin.version())) {
                        return opened.getFragments().stream()
                                .map(Fragment::metadata)
                                .toList();
                    }
                }));
    }

    @Override
    public BufferAllocator allocator() {
        return resources.allocator();
    }

    @Override
    public void close() {
        handles.close();
        files.close();
    }

    /** How many dataset versions are kept open. */
    int openHandles() {
        return handles.size();
    }

    @FunctionalInterface
    private interface OperationFor {
        Operation on(Lease parent);
    }

    /** The one place that commits. Runs on a pool thread. */
    private Pin commit(Pin base, OperationFor operation, List<FragmentMetadata> changed) {
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
                try (Lease lease = handles.adopt(new Key(base.dataset(), child.version()), child)) {
                    return pin(base.dataset(), lease, changed);
                }
            }
        }
    }

    private Pin pin(String dataset, Lease lease, List<FragmentMetadata> changed) {
        long version = lease.dataset().version();
        byte[] manifest = files.forceVersion(dataset, version, changed);
        long rows = lease.fragments().stream()
                .mapToLong(FragmentMetadata::getNumRows)
                .sum();
        return new Pin(
                dataset, version, rows, lease.fragments().size(), manifest.length, DatasetFiles.digest(manifest));
    }

    private static List<FragmentMetadata> fragments(Pin base, List<Staged> added) {
        List<FragmentMetadata> fragments = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (Staged each : added) {
            if (!(each instanceof StagedFragments staged) || !staged.dataset().equals(base.dataset())) {
                throw new NativeErrors.ContractBroken("staged rows are not of " + base.dataset());
            }
            for (FragmentMetadata fragment : staged.fragments()) {
                // The library would take the same file twice and show its rows twice.
                if (!paths.add(fragment.getFiles().getFirst().getPath())) {
                    throw new NativeErrors.ContractBroken("the same staged rows are added twice");
                }
                fragments.add(fragment);
            }
        }
        return fragments;
    }

    private Lease lease(Pin pin) {
        return lease(pin.dataset(), pin.version());
    }

    private Lease lease(String dataset, long version) {
        return handles.lease(new Key(dataset, version), key -> dataset(dataset, version));
    }

    private Dataset dataset(String dataset, long version) {
        return Dataset.open(
                resources.allocator(),
                files.uri(dataset),
                new ReadOptions.Builder()
                        .setVersion(version)
                        .setSession(resources.session())
                        .setStorageOptions(files.options())
                        .build());
    }

    private <T> T typed(String dataset, Callable<T> call) {
        return NativeErrors.typed(resources, dataset, call);
    }
}
