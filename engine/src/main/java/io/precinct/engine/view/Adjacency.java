package io.precinct.engine.view;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;

/**
 * Edges of one dataset version by the number of the node at one end: compressed sparse rows over a hash of node
 * numbers, off heap. Built by counting sort in two passes. Immutable once built; safe for any number of readers.
 */
final class Adjacency implements AutoCloseable {
    private final BigIntVector near;
    private final BigIntVector far;
    private final ArrowBuf firstEdge; // per hash slot: an edge row of that node, or -1
    private final ArrowBuf groups; // per hash slot: index of its group
    private final ArrowBuf offsets; // per group: where its edges begin
    private final ArrowBuf edges; // edge rows, by group
    private final int mask;

    /** @param near numbers of the nodes to look up by; both vectors stay owned by the caller and must outlive this */
    Adjacency(BufferAllocator allocator, BigIntVector near, BigIntVector far) {
        this.near = near;
        this.far = far;
        int rows = near.getValueCount();
        int capacity = Integer.highestOneBit(Math.max(8, rows)) * 4;
        this.mask = capacity - 1;
        this.firstEdge = allocator.buffer(4L * capacity);
        this.groups = allocator.buffer(4L * capacity);
        this.offsets = allocator.buffer(4L * (rows + 2L));
        this.edges = allocator.buffer(4L * Math.max(1, rows));
        firstEdge.setOne(0, 4L * capacity);
        offsets.setZero(0, 4L * (rows + 2L));
        int count = 0;
        for (int row = 0; row < rows; row++) {
            int slot = find(near.get(row));
            if (firstEdge.getInt(4L * slot) < 0) {
                firstEdge.setInt(4L * slot, row);
                groups.setInt(4L * slot, count++);
            }
            long counter = 4L * (groups.getInt(4L * slot) + 2L);
            offsets.setInt(counter, offsets.getInt(counter) + 1);
        }
        for (int group = 2; group <= count; group++) {
            offsets.setInt(4L * group, offsets.getInt(4L * group) + offsets.getInt(4L * (group - 1L)));
        }
        for (int row = 0; row < rows; row++) {
            long next = 4L * (groups.getInt(4L * find(near.get(row))) + 1L);
            int place = offsets.getInt(next);
            edges.setInt(4L * place, row);
            offsets.setInt(next, place + 1);
        }
    }

    /** Edges at the node, ascending by edge row. */
    void each(long node, Topology.Sink sink) {
        int slot = find(node);
        if (firstEdge.getInt(4L * slot) < 0) {
            return;
        }
        int group = groups.getInt(4L * slot);
        int end = offsets.getInt(4L * (group + 1L));
        for (int at = offsets.getInt(4L * group); at < end; at++) {
            int edge = edges.getInt(4L * at);
            sink.edge(edge, far.get(edge));
        }
    }

    private int find(long node) {
        int slot = (int) ((node * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        for (int edge = firstEdge.getInt(4L * slot); edge >= 0; edge = firstEdge.getInt(4L * slot)) {
            if (near.get(edge) == node) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    @Override
    public void close() {
        firstEdge.close();
        groups.close();
        offsets.close();
        edges.close();
    }
}
