package io.precinct.engine.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Carries batches from the thread that produces them to the native writer's. Each batch is copied, since the writer
 * holds on to buffers that the producer may fill again, and put into the dataset's column order.
 */
final class BatchPipe extends ArrowReader {
    private static final int AHEAD = 2;

    private sealed interface Item {
        record Batch(ArrowRecordBatch rows) implements Item {}

        record End() implements Item {}

        record Failure() implements Item {}
    }

    private final Schema schema;
    private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(AHEAD);
    private volatile boolean done;
    private boolean ended;

    BatchPipe(BufferAllocator allocator, Schema schema) {
        super(allocator);
        this.schema = schema;
    }

    /** Producer: hands over a copy of {@code batch}; false when the writer has ended and wants no more. */
    boolean send(VectorSchemaRoot batch) throws InterruptedException {
        ArrowRecordBatch copy = copy(batch);
        if (offer(new Item.Batch(copy))) {
            return true;
        }
        copy.close();
        return false;
    }

    /** Producer: no more rows. */
    void end() throws InterruptedException {
        offer(new Item.End());
    }

    /** Producer: the rows are incomplete, and the writer must fail. Never blocks for long. */
    void fail() {
        done = true;
        drain();
        // Nobody else offers, so there is room.
        queue.offer(new Item.Failure());
    }

    /** Writer's side: it has ended; a producer that waits is let go. */
    void writerEnded() {
        done = true;
        drain();
    }

    private boolean offer(Item item) throws InterruptedException {
        boolean sent = false;
        while (!sent && !done) {
            sent = queue.offer(item, 20, TimeUnit.MILLISECONDS);
        }
        if (sent && done) {
            drain();
        }
        return sent;
    }

    private void drain() {
        List<Item> left = new ArrayList<>();
        queue.drainTo(left);
        for (Item item : left) {
            if (item instanceof Item.Batch batch) {
                batch.rows().close();
            }
        }
    }

    private ArrowRecordBatch copy(VectorSchemaRoot batch) {
        List<FieldVector> ordered = schema.getFields().stream()
                .map(f -> batch.getVector(f.getName()))
                .toList();
        // The view shares the producer's vectors and is not closed.
        VectorSchemaRoot view = new VectorSchemaRoot(schema.getFields(), ordered, batch.getRowCount());
        List<ArrowBuf> buffers = new ArrayList<>();
        try (ArrowRecordBatch source = new VectorUnloader(view).getRecordBatch()) {
            for (ArrowBuf from : source.getBuffers()) {
                ArrowBuf to = allocator.buffer(from.readableBytes());
                buffers.add(to);
                to.setBytes(0, from, from.readerIndex(), from.readableBytes());
                to.writerIndex(from.readableBytes());
            }
            return new ArrowRecordBatch(
                    source.getLength(),
                    source.getNodes(),
                    buffers,
                    NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
                    source.getVariadicBufferCounts(),
                    true);
        } finally {
            // The batch holds its own references.
            buffers.forEach(ArrowBuf::close);
        }
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        if (ended) {
            return false;
        }
        prepareLoadNextBatch();
        return switch (take()) {
            case Item.Batch batch -> {
                try (ArrowRecordBatch rows = batch.rows()) {
                    new VectorLoader(getVectorSchemaRoot()).load(rows);
                }
                yield true;
            }
            case Item.End end -> {
                ended = true;
                yield false;
            }
            case Item.Failure failure -> throw new IOException("the rows ended before they were complete");
        };
    }

    private Item take() throws IOException {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for rows", e);
        }
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
        return schema;
    }
}
