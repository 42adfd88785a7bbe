package io.precinct.engine.manifest;

import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Datasets with something happening before every write, which is told its name. Does not own what it wraps. */
public record HookedTables(TableStore tables, Hook hook) implements TableStore {
    @FunctionalInterface
    public interface Hook {
        void before(String write);
    }

    @Override
    public Pin create(String hint, Schema schema) {
        hook.before("create");
        return tables.create(hint, schema);
    }

    @Override
    public Staged stage(String dataset, Schema schema, RowBatches rows) {
        hook.before("stage");
        return tables.stage(dataset, schema, rows);
    }

    @Override
    public Staged stage(Pin at, Schema schema, RowBatches rows) {
        hook.before("stage");
        return tables.stage(at, schema, rows);
    }

    @Override
    public Pin widen(Pin base, Schema columns) {
        hook.before("widen");
        return tables.widen(base, columns);
    }

    @Override
    public Pin append(Pin base, List<Staged> added) {
        hook.before("append");
        return tables.append(base, added);
    }

    @Override
    public Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added) {
        hook.before("rewriteRows");
        return tables.rewriteRows(base, deletedAddresses, added);
    }

    @Override
    public Pin replace(Pin base, List<Staged> all) {
        hook.before("replace");
        return tables.replace(base, all);
    }

    @Override
    public RowBatches scan(Pin pin, Scan scan) {
        return tables.scan(pin, scan);
    }

    @Override
    public List<Located> locate(Pin pin, String column, Collection<String> values) {
        return tables.locate(pin, column, values);
    }

    @Override
    public Optional<Compaction> compact(Pin base, CompactionLimits limits, BooleanSupplier cancelled) {
        hook.before("compact");
        return tables.compact(base, limits, cancelled);
    }

    @Override
    public Optional<Pin> commitCompaction(Pin current, Compaction compaction) {
        hook.before("commitCompaction");
        return tables.commitCompaction(current, compaction);
    }

    @Override
    public List<StoredFile> files() {
        return tables.files();
    }

    @Override
    public Set<String> filesOf(Pin pin) {
        return tables.filesOf(pin);
    }

    @Override
    public void deleteFile(String key) {
        hook.before("deleteFile");
        tables.deleteFile(key);
    }

    @Override
    public List<Damage> damage(Pin pin) {
        return tables.damage(pin);
    }

    @Override
    public BufferAllocator allocator() {
        return tables.allocator();
    }

    @Override
    public void close() {}
}
