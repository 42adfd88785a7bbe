package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.types.pojo.Schema;

/** Dataset versions as lists of rows, scanned as Arrow batches of few rows. Counts the scans. */
public final class RowTables implements TableStore {
    private final BufferAllocator allocator = new RootAllocator();
    private final Map<Pin, Content> pins = new HashMap<>();
    private final int batchRows;
    private long versions = 1;
    private int scans;

    private record Content(EntityType type, List<EntityRow> rows) {}

    public RowTables(int batchRows) {
        this.batchRows = batchRows;
    }

    public Pin pin(EntityType type, List<EntityRow> rows) {
        Pin pin = new Pin("data/" + type.name(), versions++, rows.size(), 1, 0, "sha256:");
        pins.put(pin, new Content(type, List.copyOf(rows)));
        return pin;
    }

    int scans() {
        return scans;
    }

    @Override
    public RowBatches scan(Pin pin, Scan scan) {
        scans++;
        Content content = pins.get(pin);
        Schema all = TypeLayout.arrowSchema(content.type());
        Schema wanted = new Schema(scan.columns().stream().map(all::findField).toList());
        VectorSchemaRoot root = VectorSchemaRoot.create(wanted, allocator);
        return new RowBatches() {
            private int next;

            @Override
            public Optional<VectorSchemaRoot> next() {
                int count = Math.min(batchRows, content.rows().size() - next);
                if (count == 0) {
                    return Optional.empty();
                }
                root.allocateNew();
                for (int i = 0; i < count; i++) {
                    EntityRow row = content.rows().get(next + i);
                    for (FieldVector vector : root.getFieldVectors()) {
                        set(vector, i, physical(content.type(), row, vector.getName()));
                    }
                }
                root.setRowCount(count);
                next += count;
                return Optional.of(root);
            }

            @Override
            public void close() {
                root.close();
            }
        };
    }

    private static Optional<Object> physical(EntityType type, EntityRow row, String column) {
        return switch (column) {
            case TypeLayout.ID -> Optional.of(row.id());
            case TypeLayout.NUMBER -> Optional.of(row.number());
            case TypeLayout.SOURCE -> Optional.of(row.ends().orElseThrow().source());
            case TypeLayout.DESTINATION -> Optional.of(row.ends().orElseThrow().destination());
            case TypeLayout.SOURCE_NUMBER ->
                Optional.of(row.ends().orElseThrow().sourceNumber());
            case TypeLayout.DESTINATION_NUMBER ->
                Optional.of(row.ends().orElseThrow().destinationNumber());
            default -> {
                for (int at = 0; at < type.properties().size(); at++) {
                    if (TypeLayout.column(type.properties().get(at).id()).equals(column)) {
                        yield row.value(at);
                    }
                }
                throw new IllegalArgumentException(column);
            }
        };
    }

    private static void set(FieldVector vector, int index, Optional<Object> value) {
        if (value.isEmpty()) {
            vector.setNull(index);
            return;
        }
        switch (vector) {
            case VarCharVector text -> text.setSafe(index, ((String) value.get()).getBytes(StandardCharsets.UTF_8));
            case BigIntVector longs -> longs.setSafe(index, (Long) value.get());
            case IntVector ints -> ints.setSafe(index, (Integer) value.get());
            case Float8Vector doubles -> doubles.setSafe(index, (Double) value.get());
            case FixedSizeListVector vectors -> {
                int start = vectors.startNewValue(index);
                float[] numbers = (float[]) value.get();
                for (int i = 0; i < numbers.length; i++) {
                    ((Float4Vector) vectors.getDataVector()).setSafe(start + i, numbers[i]);
                }
            }
            case BitVector bits -> bits.setSafe(index, (Boolean) value.get() ? 1 : 0);
            default -> throw new IllegalArgumentException(vector.getField().toString());
        }
    }

    @Override
    public BufferAllocator allocator() {
        return allocator;
    }

    /** Fails when anything of it is still held. */
    @Override
    public void close() {
        allocator.close();
    }

    @Override
    public Pin create(String hint, Schema schema) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Staged stage(String dataset, Schema schema, RowBatches rows) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pin append(Pin base, List<Staged> added) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pin rewriteRows(Pin base, Collection<Long> deletedAddresses, List<Staged> added) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pin replace(Pin base, List<Staged> all) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Located> locate(Pin pin, String column, Collection<String> values) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Compaction> compact(Pin base, CompactionLimits limits, BooleanSupplier cancelled) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Pin> commitCompaction(Pin current, Compaction compaction) {
        throw new UnsupportedOperationException();
    }
}
