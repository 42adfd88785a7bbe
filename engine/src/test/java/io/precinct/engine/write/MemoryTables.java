package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.RowVectors;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
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
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;

/** Datasets as lists of rows in memory; what is staged is decoded from the Arrow columns as they were written. */
final class MemoryTables implements TableStore {
    private final BufferAllocator allocator = new RootAllocator();
    private final Map<String, EntityType> datasets = new HashMap<>();
    private final Map<Pin, List<EntityRow>> pins = new HashMap<>();
    private long versions = 1;

    record StagedRows(String dataset, List<EntityRow> content) implements Staged {
        @Override
        public long rows() {
            return content.size();
        }

        @Override
        public long bytes() {
            return 0;
        }
    }

    Pin create(EntityType type) {
        datasets.put("data/" + type.name(), type);
        return pin("data/" + type.name(), List.of());
    }

    Pin pin(String dataset, List<EntityRow> rows) {
        Pin pin = new Pin(dataset, versions++, rows.size(), 1, 0, "sha256:");
        pins.put(pin, List.copyOf(rows));
        return pin;
    }

    List<EntityRow> rows(Pin pin) {
        return pins.get(pin);
    }

    @Override
    public Staged stage(String dataset, Schema schema, RowBatches rows) {
        EntityType type = datasets.get(dataset);
        if (!schema.equals(TypeLayout.arrowSchema(type))) {
            throw new IllegalArgumentException("foreign columns");
        }
        List<EntityRow> content = new ArrayList<>();
        for (Optional<VectorSchemaRoot> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
            for (int row = 0; row < batch.get().getRowCount(); row++) {
                content.add(decode(type, batch.get(), row));
            }
        }
        return new StagedRows(dataset, content);
    }

    private static EntityRow decode(EntityType type, VectorSchemaRoot root, int row) {
        List<Optional<Object>> values = new ArrayList<>();
        for (Property property : type.properties()) {
            FieldVector vector = root.getVector(TypeLayout.column(property.id()));
            values.add(vector.isNull(row) ? Optional.empty() : Optional.of(value(vector, property.type(), row)));
        }
        Optional<EntityRow.Ends> ends = type instanceof EntityType.Edge
                ? Optional.of(new EntityRow.Ends(
                        text(root, TypeLayout.SOURCE, row),
                        number(root, TypeLayout.SOURCE_NUMBER, row),
                        text(root, TypeLayout.DESTINATION, row),
                        number(root, TypeLayout.DESTINATION_NUMBER, row)))
                : Optional.empty();
        return new EntityRow(text(root, TypeLayout.ID, row), number(root, TypeLayout.NUMBER, row), ends, values);
    }

    private static String text(VectorSchemaRoot root, String column, int row) {
        return ((VarCharVector) root.getVector(column)).getObject(row).toString();
    }

    private static long number(VectorSchemaRoot root, String column, int row) {
        return ((BigIntVector) root.getVector(column)).get(row);
    }

    private static Object value(FieldVector vector, PropertyType form, int row) {
        if (form.list()) {
            ListVector list = (ListVector) vector;
            List<Object> items = new ArrayList<>();
            for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
                items.add(scalar(list.getDataVector(), form, i));
            }
            return List.copyOf(items);
        }
        return scalar(vector, form, row);
    }

    private static Object scalar(FieldVector vector, PropertyType form, int row) {
        return switch (form.scalar()) {
            case STRING -> ((VarCharVector) vector).getObject(row).toString();
            case BOOL -> ((BitVector) vector).get(row) == 1;
            case I32 -> ((IntVector) vector).get(row);
            case I64 -> ((BigIntVector) vector).get(row);
            case U32 -> Integer.toUnsignedLong(((UInt4Vector) vector).get(row));
            case U64 -> ((UInt8Vector) vector).get(row);
            case F32 -> ((Float4Vector) vector).get(row);
            case F64 -> ((Float8Vector) vector).get(row);
            case DATE -> ((DateDayVector) vector).get(row);
            case DATE_TIME -> ((DateMilliVector) vector).get(row);
            case BLOB -> ((LargeVarBinaryVector) vector).get(row);
            case VECTOR -> {
                float[] components = new float[form.dimension()];
                Float4Vector data = (Float4Vector) ((FixedSizeListVector) vector).getDataVector();
                for (int i = 0; i < components.length; i++) {
                    components[i] = data.get(row * form.dimension() + i);
                }
                yield components;
            }
        };
    }

    @Override
    public BufferAllocator allocator() {
        return allocator;
    }

    @Override
    public void close() {
        allocator.close();
    }

    @Override
    public Pin create(String hint, Schema schema) {
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
        List<EntityRow> rows = new ArrayList<>();
        all.forEach(staged -> rows.addAll(((StagedRows) staged).content()));
        return pin(base.dataset(), rows);
    }

    @Override
    public RowBatches scan(Pin pin, Scan scan) {
        return RowVectors.batches(datasets.get(pin.dataset()), rows(pin), allocator, scan.batchRows());
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
