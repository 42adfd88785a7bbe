package io.precinct.engine.view;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * Memory outside the heap, charged to the views' bound. Indexes count elements and are not checked: callers hold a row
 * number they have checked, and a lease that keeps the block from being freed. Filled by one thread, then immutable.
 */
final class Block implements AutoCloseable {
    private final ArrowBuf buffer;
    private final long address;

    Block(ArrowBuf buffer) {
        this.buffer = buffer;
        this.address = buffer.memoryAddress();
    }

    long capacity() {
        return buffer.capacity();
    }

    long address() {
        return address;
    }

    byte byteAt(long index) {
        return MemoryUtil.getByte(address + index);
    }

    char charAt(long index) {
        return (char) MemoryUtil.getShort(address + (index << 1));
    }

    void setChar(long index, char value) {
        MemoryUtil.putShort(address + (index << 1), (short) value);
    }

    int intAt(long index) {
        return MemoryUtil.getInt(address + (index << 2));
    }

    long longAt(long index) {
        return MemoryUtil.getLong(address + (index << 3));
    }

    float floatAt(long index) {
        return Float.intBitsToFloat(intAt(index));
    }

    double doubleAt(long index) {
        return Double.longBitsToDouble(longAt(index));
    }

    void setInt(long index, int value) {
        MemoryUtil.putInt(address + (index << 2), value);
    }

    void setLong(long index, long value) {
        MemoryUtil.putLong(address + (index << 3), value);
    }

    byte[] bytes(long from, long to) {
        byte[] copy = new byte[Math.toIntExact(to - from)];
        if (copy.length > 0) {
            MemoryUtil.copyFromMemory(address + from, copy, 0, copy.length);
        }
        return copy;
    }

    Block zeroed() {
        MemoryUtil.setMemory(address, buffer.capacity(), (byte) 0);
        return this;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
