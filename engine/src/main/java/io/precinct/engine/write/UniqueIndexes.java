package io.precinct.engine.write;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.storage.Pin;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * For {@code @unique}: which base rows of a pinned version may hold a tuple, by a 64-bit hash of its text. A version's
 * rows never change, so an index is built once and serves every write until the pin moves; a write then looks its own
 * tuples up instead of reading the whole type. On the heap, 16 to 20 bytes a row, bounded over all. Thread-safe.
 */
final class UniqueIndexes {
    private static final long MOST_BYTES = 64L << 20;

    private final Cache<Key, Index> indexes = Caffeine.newBuilder()
            .maximumWeight(MOST_BYTES)
            .<Key, Index>weigher((key, index) -> (int) Math.min(Integer.MAX_VALUE, 20L * index.checks().length + 256))
            .build();

    private record Key(String dataset, long version, Constraint.Unique constraint) {}

    /** Chained hashing: {@code heads} by slot and {@code next} by row hold row numbers plus one. */
    record Index(long[] checks, int[] heads, int[] next) {
        void rows(long check, IntConsumer found) {
            for (int row = heads[slot(check, heads.length)]; row != 0; row = next[row - 1]) {
                if (checks[row - 1] == check) {
                    found.accept(row - 1);
                }
            }
        }
    }

    /**
     * The index of the first {@code pin.rows()} rows.
     *
     * @param check hash of a row's tuple; empty for a row that is exempt
     */
    Index of(Pin pin, Constraint.Unique constraint, IntFunction<Optional<Long>> check) {
        return indexes.get(new Key(pin.dataset(), pin.version(), constraint), key -> build(pin.rows(), check));
    }

    private static Index build(long count, IntFunction<Optional<Long>> check) {
        int rows = Math.toIntExact(count);
        long[] checks = new long[rows];
        int[] heads = new int[Math.max(1, Integer.highestOneBit(Math.max(1, rows)))];
        int[] next = new int[rows];
        for (int row = 0; row < rows; row++) {
            Optional<Long> of = check.apply(row);
            if (of.isPresent()) {
                checks[row] = of.get();
                int slot = slot(of.get(), heads.length);
                next[row] = heads[slot];
                heads[slot] = row + 1;
            }
        }
        return new Index(checks, heads, next);
    }

    private static int slot(long check, int slots) {
        return (int) (check ^ (check >>> 32)) & (slots - 1);
    }
}
