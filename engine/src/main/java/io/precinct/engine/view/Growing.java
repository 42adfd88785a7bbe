package io.precinct.engine.view;

import org.apache.arrow.memory.util.MemoryUtil;

/** Writes a block of unknown size from front to back. One thread. Closing frees it unless it was finished. */
final class Growing implements AutoCloseable {
    private final Memory memory;
    private Block block;
    private long size;
    private boolean finished;

    Growing(Memory memory, long expectedBytes) {
        this.memory = memory;
        this.block = memory.allocate(expectedBytes);
    }

    long size() {
        return size;
    }

    /** Room for so many bytes more; returns the address to write them to. */
    long claim(long bytes) {
        if (size + bytes > block.capacity()) {
            Block wider = memory.allocate(Math.max(size + bytes, block.capacity() + block.capacity() / 2));
            MemoryUtil.copyMemory(block.address(), wider.address(), size);
            block.close();
            block = wider;
        }
        long at = block.address() + size;
        size += bytes;
        return at;
    }

    void copy(long from, long bytes) {
        if (bytes > 0) {
            MemoryUtil.copyMemory(from, claim(bytes), bytes);
        }
    }

    void addByte(int value) {
        MemoryUtil.putByte(claim(1), (byte) value);
    }

    void addLong(long value) {
        MemoryUtil.putLong(claim(8), value);
    }

    void zeros(long bytes) {
        if (bytes > 0) {
            MemoryUtil.setMemory(claim(bytes), bytes, (byte) 0);
        }
    }

    Block finish() {
        finished = true;
        return block;
    }

    @Override
    public void close() {
        if (!finished) {
            finished = true;
            block.close();
        }
    }
}
