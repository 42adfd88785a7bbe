package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.arrow.memory.BufferAllocator;
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

/** Rows of one type on their way into a fragment, in the columns of {@link TypeLayout}. One thread uses it. */
final class ArrowRows implements AutoCloseable {
    /** Rows of one staged batch. */
    static final int BATCH = 65_536;

    private static final long BATCH_BYTES = 32L << 20;

    private final EntityType type;
    private final VectorSchemaRoot root;
    private final VarCharVector ids;
    private final BigIntVector numbers;
    private final Optional<Ends> ends;
    private final Cell[] cells;
    private int rows;
    private long bytes;

    private record Ends(
            VarCharVector sources,
            VarCharVector destinations,
            BigIntVector sourceNumbers,
            BigIntVector destinationNumbers) {}

    @FunctionalInterface
    private interface Cell {
        void set(int row, Object value);
    }

    ArrowRows(EntityType type, BufferAllocator allocator) {
        this.type = type;
        this.root = VectorSchemaRoot.create(TypeLayout.arrowSchema(type), allocator);
        this.ids = (VarCharVector) root.getVector(TypeLayout.ID);
        this.numbers = (BigIntVector) root.getVector(TypeLayout.NUMBER);
        this.ends = type instanceof EntityType.Edge
                ? Optional.of(new Ends(
                        (VarCharVector) root.getVector(TypeLayout.SOURCE),
                        (VarCharVector) root.getVector(TypeLayout.DESTINATION),
                        (BigIntVector) root.getVector(TypeLayout.SOURCE_NUMBER),
                        (BigIntVector) root.getVector(TypeLayout.DESTINATION_NUMBER)))
                : Optional.empty();
        this.cells = type.properties().stream()
                .map(p -> cell(root.getVector(TypeLayout.column(p.id())), p.type()))
                .toArray(Cell[]::new);
    }

    int rows() {
        return rows;
    }

    /** Roughly, what the rows held take. */
    long bytes() {
        return bytes;
    }

    /** Time to stage: 65,536 rows, or 32 MiB of long ones. */
    boolean full() {
        return rows >= BATCH || bytes >= BATCH_BYTES;
    }

    void add(EntityRow row) {
        Optional<EntityRow.Ends> between = row.ends();
        add(
                row.id(),
                row.number(),
                between.map(EntityRow.Ends::source).orElse(null),
                between.map(EntityRow.Ends::sourceNumber).orElse(0L),
                between.map(EntityRow.Ends::destination).orElse(null),
                between.map(EntityRow.Ends::destinationNumber).orElse(0L),
                position -> row.value(position).orElse(null));
    }

    /** {@code values} by position among the type's properties, null for null. */
    void add(
            String id,
            long number,
            String source,
            long sourceNumber,
            String destination,
            long destinationNumber,
            IntFunction<Object> values) {
        int row = rows++;
        text(ids, row, id);
        numbers.setSafe(row, number);
        if (ends.isPresent()) {
            Ends between = ends.get();
            text(between.sources(), row, source);
            text(between.destinations(), row, destination);
            between.sourceNumbers().setSafe(row, sourceNumber);
            between.destinationNumbers().setSafe(row, destinationNumber);
        }
        for (int position = 0; position < cells.length; position++) {
            Object value = values.apply(position);
            if (value != null) {
                cells[position].set(row, value);
            }
        }
        bytes += 8L * (cells.length + 2);
    }

    /** Writes the rows as uncommitted fragments of a dataset that has their columns at {@code at}, and forgets them. */
    TableStore.Staged stage(TableStore tables, Pin at) {
        for (FieldVector vector : root.getFieldVectors()) {
            vector.setValueCount(rows);
        }
        root.setRowCount(rows);
        TableStore.Staged staged = tables.stage(at, TypeLayout.arrowSchema(type), new OneBatch(root));
        root.clear();
        rows = 0;
        bytes = 0;
        return staged;
    }

    @Override
    public void close() {
        root.close();
    }

    private void text(VarCharVector vector, int row, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        vector.setSafe(row, utf8);
        bytes += utf8.length + 4;
    }

    private Cell cell(FieldVector vector, PropertyType form) {
        if (form.list()) {
            ListVector list = (ListVector) vector;
            Cell element = scalar(list.getDataVector(), form);
            return (row, value) -> {
                List<?> items = (List<?>) value;
                int start = list.startNewValue(row);
                for (int i = 0; i < items.size(); i++) {
                    element.set(start + i, items.get(i));
                }
                list.endValue(row, items.size());
            };
        }
        return scalar(vector, form);
    }

    private Cell scalar(FieldVector vector, PropertyType form) {
        return switch (form.scalar()) {
            case STRING -> (row, value) -> text((VarCharVector) vector, row, (String) value);
            case BOOL -> (row, value) -> ((BitVector) vector).setSafe(row, (Boolean) value ? 1 : 0);
            case I32 -> (row, value) -> ((IntVector) vector).setSafe(row, (Integer) value);
            case I64 -> (row, value) -> ((BigIntVector) vector).setSafe(row, (Long) value);
            case U32 -> (row, value) -> ((UInt4Vector) vector).setSafe(row, (int) (long) (Long) value);
            case U64 -> (row, value) -> ((UInt8Vector) vector).setSafe(row, (Long) value);
            case F32 -> (row, value) -> ((Float4Vector) vector).setSafe(row, (Float) value);
            case F64 -> (row, value) -> ((Float8Vector) vector).setSafe(row, (Double) value);
            case DATE -> (row, value) -> ((DateDayVector) vector).setSafe(row, (Integer) value);
            case DATE_TIME -> (row, value) -> ((DateMilliVector) vector).setSafe(row, (Long) value);
            case BLOB ->
                (row, value) -> {
                    byte[] content = (byte[]) value;
                    ((LargeVarBinaryVector) vector).setSafe(row, content);
                    bytes += content.length;
                };
            case VECTOR ->
                (row, value) -> {
                    float[] vectorValue = (float[]) value;
                    FixedSizeListVector list = (FixedSizeListVector) vector;
                    Float4Vector components = (Float4Vector) list.getDataVector();
                    int start = list.startNewValue(row);
                    for (int i = 0; i < vectorValue.length; i++) {
                        components.setSafe(start + i, vectorValue[i]);
                    }
                    bytes += 4L * vectorValue.length;
                };
        };
    }

    /** Estimated bytes of a row on the heap or in a record. */
    static long size(EntityRow row) {
        long size = 16 + 2L * row.id().length();
        size += row.ends()
                .map(e -> 16L + e.source().length() + e.destination().length())
                .orElse(0L);
        for (int position = 0; position < row.width(); position++) {
            size += row.value(position).map(ArrowRows::size).orElse(1L);
        }
        return size;
    }

    private static long size(Object value) {
        return switch (value) {
            case String text -> 4L + text.length();
            case byte[] content -> 8L + content.length;
            case float[] vector -> 4L * vector.length;
            case List<?> items -> 4L + items.stream().mapToLong(ArrowRows::size).sum();
            default -> 8;
        };
    }

    /** A root as a stream of one batch; the root stays its owner's. */
    private static final class OneBatch implements RowBatches {
        private Optional<VectorSchemaRoot> batch;

        OneBatch(VectorSchemaRoot root) {
            batch = root.getRowCount() == 0 ? Optional.empty() : Optional.of(root);
        }

        @Override
        public Optional<VectorSchemaRoot> next() {
            Optional<VectorSchemaRoot> next = batch;
            batch = Optional.empty();
            return next;
        }

        @Override
        public void close() {
            batch = Optional.empty();
        }
    }
}
