package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The datasets of one graph: the only door to the Lance library. Every dataset's head stays at its empty version 1;
 * all changes are detached versions named by {@link Pin}s. Nothing that this writes is visible to anybody until a
 * commit record names it; what no record names is garbage for the collector. Thread-safe. Native work runs on the
 * store's bounded pool; callers block, and an interrupted caller gets {@code Interrupted} between native calls.
 *
 * <p>All columns are nullable; rows are addressed by column name, never by position. Errors are {@code
 * EngineException}s: {@code StorageUnavailable}, {@code Corrupt}, {@code ResourceLimit}, {@code Interrupted}.
 */
public interface TableStore extends AutoCloseable {
    /** Creates an empty dataset at {@code data/<hint>-<random suffix>} and returns its first version. */
    Pin create(String hint, Schema schema);

    /**
     * Writes rows as fragments of {@code dataset} without committing them, forced to disk when durability is on.
     * Columns of the batches must equal {@code schema} in names and types, in any order.
     */
    Staged stage(String dataset, Schema schema, RowBatches rows);

    /**
     * Writes rows as fragments of the dataset that {@code at} is a version of, as {@link #stage(String, Schema,
     * RowBatches)}; but {@code schema} may lack columns of that version, which are null in these rows, and may have
     * columns that {@link #widen} gave it.
     */
    default Staged stage(Pin at, Schema schema, RowBatches rows) {
        return stage(at.dataset(), schema, rows);
    }

    /**
     * {@code base} with the columns of {@code columns} that it lacks, null in every row. No row is read or written;
     * columns that it has already keep their type, and those that {@code columns} lacks stay.
     */
    default Pin widen(Pin base, Schema columns) {
        throw new UnsupportedOperationException("these tables keep their columns");
    }

    /** {@code base} with the fragments added. The same staged fragments may be committed on any base, also twice after a lost race. */
    Pin append(Pin base, List<Staged> added);

    /** {@code base} without the rows at {@code deletedAddresses} and with the fragments added, as one version. */
    Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added);

    /** A version that holds only the given fragments. */
    Pin replace(Pin base, List<Staged> all);

    /** A scan in storage order (fragment, offset): deterministic for one pin. */
    RowBatches scan(Pin pin, Scan scan);

    /** Addresses of the rows whose {@code column} (Utf8) is one of {@code values}; absent values give no entry. */
    List<Located> locate(Pin pin, String column, Collection<String> values);

    /** Executes a compaction of {@code base} and keeps the result uncommitted; empty when there is nothing to gain. */
    Optional<Compaction> compact(Pin base, CompactionLimits limits, BooleanSupplier cancelled);

    /**
     * Commits the groups of a compaction whose source fragments are unchanged in {@code current} (same files, same
     * deletions); changed groups are dropped. Empty when none is left.
     */
    Optional<Pin> commitCompaction(Pin current, Compaction compaction);

    /**
     * What is wrong with the files that the version consists of; empty when nothing is. The manifest is compared with
     * its digest before the library sees it, and data files with their recorded sizes; no row is read.
     */
    default List<Damage> damage(Pin pin) {
        throw new UnsupportedOperationException("these tables have no files");
    }

    /** Every file of every dataset, whether a version names it or not. Those that appear meanwhile may be missing. */
    default List<StoredFile> files() {
        throw new UnsupportedOperationException("these tables have no files");
    }

    /**
     * The files that reading the version takes, its dataset's empty first version among them; a key that ends with '/'
     * is a folder with everything below it.
     *
     * @throws EngineException {@code Corrupt} when the version can't be opened as it was recorded
     */
    default Set<String> filesOf(Pin pin) {
        throw new UnsupportedOperationException("these tables have no files");
    }

    /** Deletes a file for good; absence is success. What a caller deletes, no version that is needed may name. */
    default void deleteFile(String key) {
        throw new UnsupportedOperationException("these tables have no files");
    }

    /** @param key relative to the graph's root, below {@code data/} */
    record StoredFile(String key, long bytes) {
        /** Versions are deleted after what they name, so that a run that broke off can be told from damage. */
        public boolean isManifest() {
            return key.contains("/_versions/");
        }
    }

    /** @param file key relative to the graph's root */
    record Damage(String file, boolean missing, String detail) {}

    /** Parent of the memory that scans of this store are charged to; bounded. */
    BufferAllocator allocator();

    @Override
    void close();

    /**
     * @param columns physical names, in the order of the result
     * @param addresses adds a column {@code _rowaddr} (UInt8: fragment id << 32 | offset)
     * @param batchRows at most so many rows a batch; 65,536 scans fastest
     */
    record Scan(List<String> columns, Optional<ColumnPredicate> filter, boolean addresses, int batchRows) {
        public Scan {
            columns = List.copyOf(columns);
            if (batchRows < 1) {
                throw new IllegalArgumentException("a batch has at least one row");
            }
        }
    }

    record Located(String value, long address) {}

    /** Fragments on disk that no version names yet. Opaque; valid as long as the files are. */
    interface Staged {
        String dataset();

        long rows();

        long bytes();
    }

    /** Rewritten fragments, not committed. */
    interface Compaction {
        Pin base();

        int groups();

        long rows();
    }

    /**
     * @param targetRowsPerFragment fragments below it are merged
     * @param maxDeletedShare a fragment with a greater share of deleted rows is rewritten, 0..1
     */
    record CompactionLimits(long targetRowsPerFragment, double maxDeletedShare) {}
}
