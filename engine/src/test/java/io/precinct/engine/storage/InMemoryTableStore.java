package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Datasets in memory with the fragments, deletions and versions of real ones, for tests that need thousands of graphs.
 * Any number of processes under test may share one. Closing fails on batches that were not given back.
 */
public final class InMemoryTableStore implements TableStore {
    private static final String ADDRESS = "_rowaddr";

    /** Rows as they were staged; never changed. */
    private record DataFile(String key, VectorSchemaRoot rows) {
        long bytes() {
            return 100 + 64L * rows.getRowCount();
        }
    }

    /** {@code deleted} is never changed either: another set of deletions is another fragment of the same id. */
    private record Fragment(int id, DataFile file, BitSet deleted) {
        long live() {
            return file.rows().getRowCount() - deleted.cardinality();
        }

        boolean isSameAs(Fragment other) {
            return id == other.id && file == other.file && deleted.equals(other.deleted);
        }
    }

    private record Version(Schema schema, List<Fragment> fragments, int nextFragment) {
        Version {
            fragments = List.copyOf(fragments);
        }
    }

    private record StagedFile(String dataset, DataFile file) implements Staged {
        @Override
        public long rows() {
            return file.rows().getRowCount();
        }

        @Override
        public long bytes() {
            return 64L * rows();
        }
    }

    private record Group(List<Fragment> sources, DataFile merged) {}

    private record Rewritten(Pin base, List<Group> all) implements Compaction {
        @Override
        public int groups() {
            return all.size();
        }

        @Override
        public long rows() {
            return all.stream().mapToLong(g -> g.merged().rows().getRowCount()).sum();
        }
    }

    private final BufferAllocator allocator = new RootAllocator();
    private final Map<String, Map<Long, Version>> datasets = new HashMap<>();
    private final Map<String, DataFile> files = new LinkedHashMap<>();
    private long versions;
    private long staged;

    @Override
    public synchronized Pin create(String hint, Schema schema) {
        String dataset = "data/" + hint + "-" + datasets.size();
        datasets.put(dataset, new HashMap<>());
        return pin(dataset, 1, new Version(schema, List.of(), 0));
    }

    private Pin detached(String dataset, Version version) {
        return pin(dataset, Long.MIN_VALUE + ++versions, version);
    }

    private Pin pin(String dataset, long number, Version version) {
        datasets.get(dataset).put(number, version);
        return recorded(dataset, number, version);
    }

    private static Pin recorded(String dataset, long number, Version version) {
        return new Pin(
                dataset,
                number,
                version.fragments().stream().mapToLong(Fragment::live).sum(),
                version.fragments().size(),
                100L + version.fragments().size(),
                "sha256:%064x".formatted(number));
    }

    @Override
    public synchronized List<Damage> damage(Pin pin) {
        String file = pin.dataset() + "/" + Long.toUnsignedString(pin.version());
        Version version = datasets.getOrDefault(pin.dataset(), Map.of()).get(pin.version());
        if (version == null) {
            return List.of(new Damage(file, true, "there is no such version"));
        }
        for (Fragment fragment : version.fragments()) {
            if (!files.containsKey(fragment.file().key())) {
                return List.of(new Damage(fragment.file().key(), true, "it is missing"));
            }
        }
        Pin right = recorded(pin.dataset(), pin.version(), version);
        if (!right.manifestDigest().equals(pin.manifestDigest())) {
            return List.of(new Damage(file, false, "it is another version than was recorded"));
        }
        return right.equals(pin)
                ? List.of()
                : List.of(
                        new Damage(file, false, "it holds " + right.rows() + " rows, and another number was recorded"));
    }

    private Version version(Pin pin) {
        Map<Long, Version> known = datasets.get(pin.dataset());
        if (known == null) {
            throw new IllegalArgumentException("there is no " + pin);
        }
        Version version = known.get(pin.version());
        if (version == null) {
            throw missing(manifest(pin.dataset(), pin.version()));
        }
        for (Fragment fragment : version.fragments()) {
            if (files.get(fragment.file().key()) != fragment.file()) {
                throw missing(fragment.file().key());
            }
        }
        return version;
    }

    private static EngineException missing(String key) {
        return new EngineException(new EngineFailure.Corrupt(key, "it is missing"));
    }

    private static String manifest(String dataset, long version) {
        return dataset + "/_versions/" + Long.toUnsignedString(version) + ".manifest";
    }

    @Override
    public synchronized List<StoredFile> files() {
        List<StoredFile> found = new ArrayList<>();
        files.values().forEach(file -> found.add(new StoredFile(file.key(), file.bytes())));
        datasets.forEach((dataset, known) ->
                known.forEach((number, version) -> found.add(new StoredFile(manifest(dataset, number), 100))));
        // In an order of their own, so that a seed repeats what happens.
        found.sort(Comparator.comparing(StoredFile::key));
        return found;
    }

    @Override
    public synchronized Set<String> filesOf(Pin pin) {
        Set<String> keys = new HashSet<>();
        keys.add(manifest(pin.dataset(), pin.version()));
        keys.add(manifest(pin.dataset(), 1));
        version(pin).fragments().forEach(fragment -> keys.add(fragment.file().key()));
        return keys;
    }

    @Override
    public synchronized void deleteFile(String key) {
        DataFile file = files.remove(key);
        if (file != null) {
            file.rows().close();
        }
        datasets.forEach((dataset, known) ->
                known.keySet().removeIf(number -> manifest(dataset, number).equals(key)));
    }

    @Override
    public synchronized Staged stage(String dataset, Schema schema, RowBatches rows) {
        Filling filling = new Filling(schema.getFields());
        for (Optional<VectorSchemaRoot> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
            for (Field field : schema.getFields()) {
                if (batch.get().getVector(field.getName()) == null) {
                    throw new IllegalArgumentException("the batch lacks column " + field.getName());
                }
            }
            for (int row = 0; row < batch.get().getRowCount(); row++) {
                filling.add(batch.get(), row);
            }
        }
        return new StagedFile(dataset, kept(dataset, filling.done()));
    }

    private DataFile kept(String dataset, VectorSchemaRoot rows) {
        DataFile file = new DataFile("%s/data/%09d.lance".formatted(dataset, ++staged), rows);
        files.put(file.key(), file);
        return file;
    }

    /** Rows copied one after another into columns of their own. */
    private final class Filling {
        private final VectorSchemaRoot root;
        private int count;

        Filling(List<Field> fields) {
            root = new VectorSchemaRoot(fields.stream()
                    .map(field -> {
                        FieldVector vector = field.createVector(allocator);
                        vector.setInitialCapacity(16);
                        vector.allocateNew();
                        return vector;
                    })
                    .toList());
        }

        void add(VectorSchemaRoot from, int row) {
            for (FieldVector into : root.getFieldVectors()) {
                FieldVector source = from.getVector(into.getName());
                if (source != null) {
                    into.copyFromSafe(row, count, source);
                }
            }
            count++;
        }

        void addAddress(long address) {
            ((UInt8Vector) root.getVector(ADDRESS)).setSafe(count - 1, address);
        }

        VectorSchemaRoot done() {
            root.getFieldVectors().forEach(vector -> vector.setValueCount(count));
            root.setRowCount(count);
            return root;
        }
    }

    @Override
    public synchronized Pin widen(Pin base, Schema columns) {
        Version version = version(base);
        Map<String, Field> fields = new LinkedHashMap<>();
        version.schema().getFields().forEach(field -> fields.put(field.getName(), field));
        columns.getFields().forEach(field -> fields.putIfAbsent(field.getName(), field));
        return detached(
                base.dataset(), new Version(new Schema(fields.values()), version.fragments(), version.nextFragment()));
    }

    @Override
    public synchronized Pin append(Pin base, List<Staged> added) {
        Version version = version(base);
        return detached(base.dataset(), with(version, version.fragments(), base.dataset(), added));
    }

    private static Version with(Version version, List<Fragment> staying, String dataset, List<Staged> added) {
        List<Fragment> fragments = new ArrayList<>(staying);
        int next = version.nextFragment();
        for (Staged one : added) {
            StagedFile staged = (StagedFile) one;
            if (!staged.dataset().equals(dataset)) {
                throw new IllegalArgumentException("staged for " + staged.dataset() + " and not for " + dataset);
            }
            if (staged.rows() > 0) {
                fragments.add(new Fragment(next++, staged.file(), new BitSet()));
            }
        }
        return new Version(version.schema(), fragments, next);
    }

    @Override
    public synchronized Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added) {
        Version version = version(base);
        Map<Integer, BitSet> deletions = new HashMap<>();
        version.fragments()
                .forEach(f -> deletions.put(f.id(), (BitSet) f.deleted().clone()));
        for (long address : deletedAddresses) {
            int id = (int) (address >>> 32);
            int offset = (int) address;
            Fragment fragment = version.fragments().stream()
                    .filter(f -> f.id() == id)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no fragment has address " + address));
            if (offset < 0
                    || offset >= fragment.file().rows().getRowCount()
                    || fragment.deleted().get(offset)) {
                throw new IllegalArgumentException("no row has address " + address);
            }
            deletions.get(id).set(offset);
        }
        List<Fragment> staying = version.fragments().stream()
                .map(f -> new Fragment(f.id(), f.file(), deletions.get(f.id())))
                .filter(f -> f.live() > 0)
                .toList();
        return detached(base.dataset(), with(version, staying, base.dataset(), added));
    }

    @Override
    public synchronized Pin replace(Pin base, List<Staged> all) {
        return detached(base.dataset(), with(version(base), List.of(), base.dataset(), all));
    }

    @Override
    public synchronized RowBatches scan(Pin pin, Scan scan) {
        Version version = version(pin);
        List<Field> fields = new ArrayList<>();
        for (String column : scan.columns()) {
            fields.add(version.schema().findField(column));
        }
        if (scan.addresses()) {
            fields.add(Field.notNullable(ADDRESS, new ArrowType.Int(64, false)));
        }
        List<VectorSchemaRoot> batches = new ArrayList<>();
        Filling filling = new Filling(fields);
        for (Fragment fragment : version.fragments()) {
            VectorSchemaRoot rows = fragment.file().rows();
            for (int row = 0; row < rows.getRowCount(); row++) {
                if (fragment.deleted().get(row) || !RowFilters.admits(scan.filter(), rows, row)) {
                    continue;
                }
                if (filling.count == scan.batchRows()) {
                    batches.add(filling.done());
                    filling = new Filling(fields);
                }
                filling.add(rows, row);
                if (scan.addresses()) {
                    filling.addAddress((long) fragment.id() << 32 | row);
                }
            }
        }
        if (filling.count > 0) {
            batches.add(filling.done());
        } else {
            filling.root.close();
        }
        return new Batches(batches);
    }

    private static final class Batches implements RowBatches {
        private final List<VectorSchemaRoot> batches;
        private int next;

        Batches(List<VectorSchemaRoot> batches) {
            this.batches = batches;
        }

        @Override
        public Optional<VectorSchemaRoot> next() {
            return next < batches.size() ? Optional.of(batches.get(next++)) : Optional.empty();
        }

        @Override
        public void close() {
            batches.forEach(VectorSchemaRoot::close);
        }
    }

    @Override
    public synchronized List<Located> locate(Pin pin, String column, Collection<String> values) {
        Set<String> wanted = new HashSet<>(values);
        List<Located> found = new ArrayList<>();
        for (Fragment fragment : version(pin).fragments()) {
            VarCharVector texts = (VarCharVector) fragment.file().rows().getVector(column);
            for (int row = 0; row < texts.getValueCount(); row++) {
                if (fragment.deleted().get(row) || texts.isNull(row)) {
                    continue;
                }
                String text = texts.getObject(row).toString();
                if (wanted.contains(text)) {
                    found.add(new Located(text, (long) fragment.id() << 32 | row));
                }
            }
        }
        return found;
    }

    @Override
    public synchronized Optional<Compaction> compact(Pin base, CompactionLimits limits, BooleanSupplier cancelled) {
        Version version = version(base);
        List<List<Fragment>> runs = new ArrayList<>(List.of(new ArrayList<>()));
        for (Fragment fragment : version.fragments()) {
            if (fragment.live() < limits.targetRowsPerFragment() || isHollow(fragment, limits)) {
                runs.getLast().add(fragment);
            } else {
                runs.add(new ArrayList<>());
            }
        }
        List<Group> groups = runs.stream()
                .filter(run -> run.size() > 1 || run.size() == 1 && isHollow(run.getFirst(), limits))
                .map(run -> new Group(List.copyOf(run), merged(base.dataset(), version.schema(), run)))
                .toList();
        return groups.isEmpty() ? Optional.empty() : Optional.of(new Rewritten(base, groups));
    }

    private static boolean isHollow(Fragment fragment, CompactionLimits limits) {
        return fragment.deleted().cardinality()
                > limits.maxDeletedShare() * fragment.file().rows().getRowCount();
    }

    private DataFile merged(String dataset, Schema schema, List<Fragment> fragments) {
        Filling filling = new Filling(schema.getFields());
        for (Fragment fragment : fragments) {
            VectorSchemaRoot rows = fragment.file().rows();
            for (int row = 0; row < rows.getRowCount(); row++) {
                if (!fragment.deleted().get(row)) {
                    filling.add(rows, row);
                }
            }
        }
        return kept(dataset, filling.done());
    }

    @Override
    public synchronized Optional<Pin> commitCompaction(Pin current, Compaction compaction) {
        Version version = version(current);
        List<Fragment> fragments = new ArrayList<>(version.fragments());
        int next = version.nextFragment();
        for (Group group : ((Rewritten) compaction).all()) {
            List<Fragment> present = fragments.stream()
                    .filter(f -> group.sources().stream().anyMatch(f::isSameAs))
                    .toList();
            if (present.size() == group.sources().size()) {
                fragments.set(
                        fragments.indexOf(present.getFirst()), new Fragment(next++, group.merged(), new BitSet()));
                fragments.removeAll(present);
            }
        }
        return next == version.nextFragment()
                ? Optional.empty()
                : Optional.of(detached(current.dataset(), new Version(version.schema(), fragments, next)));
    }

    @Override
    public BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public synchronized void close() {
        files.values().forEach(file -> file.rows().close());
        files.clear();
        allocator.close();
    }
}
