package io.precinct.engine.view;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;

/**
 * Row of an entity number: open addressing with linear probing, at most half full, off heap. Immutable once built;
 * safe for any number of readers. Rows with equal numbers are refused by the writer, so the first one found is it.
 */
final class NumberIndex implements AutoCloseable {
    private final BigIntVector numbers;
    private final ArrowBuf slots;
    private final int mask;

    /** @param numbers row number is the index; stays owned by the caller and must outlive this */
    NumberIndex(BufferAllocator allocator, BigIntVector numbers) {
        this.numbers = numbers;
        int rows = numbers.getValueCount();
        int capacity = Integer.highestOneBit(Math.max(8, rows)) * 4;
        this.mask = capacity - 1;
        this.slots = allocator.buffer(4L * capacity);
        slots.setOne(0, 4L * capacity);
        for (int row = 0; row < rows; row++) {
            int slot = slot(numbers.get(row));
            while (slots.getInt(4L * slot) >= 0) {
                slot = (slot + 1) & mask;
            }
            slots.setInt(4L * slot, row);
        }
    }

    /** The row that holds the number, or -1. */
    int row(long number) {
        int slot = slot(number);
        for (int row = slots.getInt(4L * slot); row >= 0; row = slots.getInt(4L * slot)) {
            if (numbers.get(row) == number) {
                return row;
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    // Numbers are keyed hashes already; one multiplication spreads what little structure a mask would keep.
    private int slot(long number) {
        return (int) ((number * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }

    @Override
    public void close() {
        slots.close();
    }
}
