package io.precinct.engine.view;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.VectorAppender;

/**
 * One dataset version, decoded column by column when first asked for, off heap. Row numbers follow the storage order of
 * the version. Immutable in what it shows; reference counted; loading is single-flight per image.
 */
final class DatasetImage {
    private static final int BATCH_ROWS = 65_536;

    private final Pin pin;
    private final EntityType type;
    private final TableStore tables;
    private final BufferAllocator allocator;
    private final Map<String, FieldVector> columns = new HashMap<>();
    private Optional<NumberIndex> numbers = Optional.empty();
    private Optional<Adjacency> outgoing = Optional.empty();
    private Optional<Adjacency> incoming = Optional.empty();
    private int users;
    private boolean closed;

    DatasetImage(Pin pin, EntityType type, TableStore tables, BufferAllocator allocator) {
        this.pin = pin;
        this.type = type;
        this.tables = tables;
        this.allocator = allocator;
    }

    int rows() {
        return Math.toIntExact(pin.rows());
    }

    synchronized boolean retain() {
        if (closed) {
            return false;
        }
        users++;
        return true;
    }

    synchronized void release() {
        users--;
    }

    /** Frees everything unless somebody uses it; true when it is freed. */
    synchronized boolean closeIfIdle() {
        if (users > 0) {
            return false;
        }
        if (!closed) {
            closed = true;
            numbers.ifPresent(NumberIndex::close);
            outgoing.ifPresent(Adjacency::close);
            incoming.ifPresent(Adjacency::close);
            columns.values().forEach(FieldVector::close);
            columns.clear();
        }
        return true;
    }

    synchronized FieldVector column(String name) {
        FieldVector known = columns.get(name);
        if (known != null) {
            return known;
        }
        FieldVector loaded = load(name);
        columns.put(name, loaded);
        return loaded;
    }

    VarCharVector ids() {
        return (VarCharVector) column(TypeLayout.ID);
    }

    BigIntVector integers(String name) {
        return (BigIntVector) column(name);
    }

    synchronized NumberIndex numbers() {
        if (numbers.isEmpty()) {
            numbers = Optional.of(new NumberIndex(allocator, integers(TypeLayout.NUMBER)));
        }
        return numbers.get();
    }

    synchronized Adjacency outgoing() {
        if (outgoing.isEmpty()) {
            outgoing = Optional.of(new Adjacency(
                    allocator, integers(TypeLayout.SOURCE_NUMBER), integers(TypeLayout.DESTINATION_NUMBER)));
        }
        return outgoing.get();
    }

    synchronized Adjacency incoming() {
        if (incoming.isEmpty()) {
            incoming = Optional.of(new Adjacency(
                    allocator, integers(TypeLayout.DESTINATION_NUMBER), integers(TypeLayout.SOURCE_NUMBER)));
        }
        return incoming.get();
    }

    private FieldVector load(String name) {
        FieldVector whole = TypeLayout.arrowSchema(type).findField(name).createVector(allocator);
        boolean loaded = false;
        try (RowBatches batches =
                tables.scan(pin, new TableStore.Scan(List.of(name), Optional.empty(), false, BATCH_ROWS))) {
            whole.setInitialCapacity(rows());
            whole.allocateNew();
            VectorAppender appender = new VectorAppender(whole);
            for (Optional<VectorSchemaRoot> batch = batches.next(); batch.isPresent(); batch = batches.next()) {
                batch.get().getVector(name).accept(appender, null);
            }
            if (whole.getValueCount() != rows()) {
                throw new EngineException(new EngineFailure.Corrupt(
                        pin.dataset() + "@" + Long.toUnsignedString(pin.version()),
                        "column " + name + " has " + whole.getValueCount() + " rows, the record says " + rows()));
            }
            loaded = true;
            return whole;
        } catch (OutOfMemoryException full) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit(
                            "decoded_bytes", allocator.getLimit(), allocator.getAllocatedMemory()),
                    full);
        } finally {
            if (!loaded) {
                whole.close();
            }
        }
    }
}
