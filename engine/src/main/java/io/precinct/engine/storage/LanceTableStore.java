package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.storage.HandleCache.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.lance.Dataset;
import org.lance.FragmentMetadata;
import org.lance.compaction.CompactionOptions;
import org.lance.compaction.CompactionTask;
import org.lance.compaction.RewriteResult;
import org.lance.fragment.DataFile;
import org.lance.ipc.LanceScanner;
import org.lance.ipc.ScanOptions;
import org.lance.operation.Append;
import org.lance.operation.Merge;
import org.lance.operation.Rewrite;
import org.lance.operation.RewriteGroup;

/**
 * Tables as Lance datasets at one {@link StoreLocation}.
 */
public final class LanceTableStore implements TableStore {
    /** Above so many values an IN list costs the library more than a scan does. */
    static final int LONGEST_IN_LIST = 200;

    private static final String ADDRESS = "_rowaddr";

    private final NativeResources resources;
    private final DatasetFiles files;
    private final Settings settings;
    private final Versions versions;

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
        this.versions = new Versions(resources, files, settings.openHandles());
    }

    /** @param resources stay the caller's, who closes them after the store */
    public static LanceTableStore open(StoreLocation location, NativeResources resources) {
        return open(location, resources, Settings.DEFAULTS);
    }

    public static LanceTableStore open(StoreLocation location, NativeResources resources, Settings settings) {
        return open(location, resources, settings, Durability::force);
    }

    static LanceTableStore open(
            StoreLocation location, NativeResources resources, Settings settings, Durability.Forcer forcer) {
        return new LanceTableStore(resources, DatasetFiles.at(location, forcer), settings);
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
            try {
                files.forceAll(dataset);
            } catch (RuntimeException e) {
                created.close();
                throw e;
            }
            return versions.adopt(dataset, created, List.of());
        });
    }

    @Override
    public Staged stage(String dataset, Schema schema, RowBatches rows) {
        FragmentWriter.Target target = target(dataset, () -> versions.first(dataset), Schemas::all);
        Schemas.requireSame(target.schema(), schema, "the schema given for " + dataset);
        return staged(target, rows);
    }

    @Override
    public Staged stage(Pin at, Schema schema, RowBatches rows) {
        FragmentWriter.Target target = target(at.dataset(), () -> versions.lease(at), Schemas.namesOf(schema));
        Schemas.requireSame(target.schema(), schema, "the schema given for " + at.dataset());
        return staged(target, rows);
    }

    /** For the columns of a version whose names are {@code wanted}. */
    private FragmentWriter.Target target(String dataset, Supplier<Lease> version, Predicate<String> wanted) {
        return typed(dataset, () -> {
            try (Lease lease = version.get()) {
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
            try (Lease lease = versions.lease(base)) {
                Schema there = lease.dataset().getSchema();
                wider = Schemas.with(there, Schemas.nullable(columns));
                if (wider.equals(there)) {
                    return base;
                }
                ids = Schemas.ids(lease.dataset().getLanceSchema());
                fragments = lease.fragments();
            }
            Merge merge = Merge.builder().fragments(fragments).schema(wider).build();
            Pin pin = versions.commit(base, lease -> merge, List.of());
            try (Lease lease = versions.lease(pin)) {
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
        List<FragmentMetadata> fragments = FragmentChanges.staged(base, added);
        if (fragments.isEmpty()) {
            return base;
        }
        return typed(
                base.dataset(),
                () -> versions.commit(
                        base, lease -> new Append.Builder().fragments(fragments).build(), List.of()));
    }

    @Override
    public Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added) {
        if (deletedAddresses.isEmpty()) {
            return append(base, added);
        }
        List<FragmentMetadata> fragments = FragmentChanges.staged(base, added);
        return typed(base.dataset(), () -> {
            List<FragmentMetadata> updated = new ArrayList<>();
            List<Long> removed = new ArrayList<>();
            try (Lease lease = versions.lease(base)) {
                FragmentChanges.offsets(base, lease, deletedAddresses).forEach((fragment, offsets) -> {
                    FragmentMetadata left =
                            lease.dataset().getFragment(fragment).deleteRows(List.copyOf(offsets));
                    if (left == null) {
                        removed.add((long) fragment);
                    } else {
                        updated.add(left);
                    }
                });
            }
            return versions.commit(base, lease -> FragmentChanges.update(lease, updated, removed, fragments), updated);
        });
    }

    @Override
    public Pin replace(Pin base, List<Staged> all) {
        List<FragmentMetadata> fragments = FragmentChanges.staged(base, all);
        return typed(base.dataset(), () -> {
            List<Long> removed;
            try (Lease lease = versions.lease(base)) {
                removed = lease.fragments().stream().map(f -> (long) f.getId()).toList();
            }
            if (removed.isEmpty() && fragments.isEmpty()) {
                return base;
            }
            return versions.commit(
                    base, lease -> FragmentChanges.update(lease, List.of(), removed, fragments), List.of());
        });
    }

    @Override
    public RowBatches scan(Pin pin, Scan scan) {
        Optional<String> filter = scan.filter().map(Filters::render);
        return typed(pin.dataset(), () -> {
            Lease lease = versions.lease(pin);
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
        try (Lease lease = typed(base.dataset(), () -> versions.lease(base))) {
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
            try (Lease lease = versions.lease(current)) {
                groups = FragmentChanges.unchanged(rewritten, lease);
            }
            if (groups.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(versions.commit(
                    current, lease -> Rewrite.builder().groups(groups).build(), List.of()));
        });
    }

    @Override
    public List<Damage> damage(Pin pin) {
        return VersionFiles.damage(files, pin, () -> typed(pin.dataset(), () -> versions.fragmentsAnew(pin)));
    }

    @Override
    public List<StoredFile> files() {
        return files.all().stream()
                .filter(file -> VersionFiles.isPart(file.key()))
                .toList();
    }

    @Override
    public Set<String> filesOf(Pin pin) {
        return typed(pin.dataset(), () -> {
            Set<String> keys = VersionFiles.keys(files, pin, versions.parts(pin));
            keys.addAll(VersionFiles.firstKeys(files, pin.dataset()));
            return keys;
        });
    }

    @Override
    public void deleteFile(String key) {
        if (!VersionFiles.isPart(key)) {
            throw new NativeErrors.ContractBroken(key + " is no file of a dataset");
        }
        files.delete(key);
    }

    @Override
    public BufferAllocator allocator() {
        return resources.allocator();
    }

    @Override
    public void close() {
        versions.close();
        files.close();
    }

    /** How many dataset versions are kept open. */
    int openHandles() {
        return versions.openHandles();
    }

    private <T> T typed(String dataset, Callable<T> call) {
        return NativeErrors.typed(resources, dataset, call);
    }
}
