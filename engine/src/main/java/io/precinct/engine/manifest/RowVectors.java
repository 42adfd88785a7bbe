package io.precinct.engine.manifest;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.storage.RowBatches;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/** Rows on the heap to and from Arrow batches in the columns of {@link TypeLayout}. */
public final class RowVectors {
    private RowVectors() {}

    /** The rows as batches of at most {@code batchRows} rows; buffers come from {@code allocator} and belong to the stream. */
    public static RowBatches batches(EntityType type, List<EntityRow> rows, BufferAllocator allocator, int batchRows) {
        return new RowBatches() {
            private final VectorSchemaRoot root = VectorSchemaRoot.create(TypeLayout.arrowSchema(type), allocator);
            private int next;

            @Override
            public Optional<VectorSchemaRoot> next() {
                if (next >= rows.size()) {
                    return Optional.empty();
                }
                int end = Math.min(rows.size(), next + batchRows);
                fill(root, type, rows.subList(next, end));
                next = end;
                return Optional.of(root);
            }

            @Override
            public void close() {
                root.close();
            }
        };
    }

    /** Replaces the content of {@code root}, whose columns are those of {@code type}, by {@code rows}. */
    public static void fill(VectorSchemaRoot root, EntityType type, List<EntityRow> rows) {
        root.clear();
        root.allocateNew();
        VarCharVector ids = (VarCharVector) root.getVector(TypeLayout.ID);
        BigIntVector numbers = (BigIntVector) root.getVector(TypeLayout.NUMBER);
        boolean edge = type instanceof EntityType.Edge;
        for (int i = 0; i < rows.size(); i++) {
            EntityRow row = rows.get(i);
            ids.setSafe(i, row.id().getBytes(StandardCharsets.UTF_8));
            numbers.setSafe(i, row.number());
            if (edge) {
                EntityRow.Ends ends = row.ends().orElseThrow();
                set(root.getVector(TypeLayout.SOURCE), i, ends.source());
                set(root.getVector(TypeLayout.DESTINATION), i, ends.destination());
                set(root.getVector(TypeLayout.SOURCE_NUMBER), i, ends.sourceNumber());
                set(root.getVector(TypeLayout.DESTINATION_NUMBER), i, ends.destinationNumber());
            }
        }
        List<Property> properties = type.properties();
        for (int p = 0; p < properties.size(); p++) {
            FieldVector column =
                    root.getVector(TypeLayout.column(properties.get(p).id()));
            for (int i = 0; i < rows.size(); i++) {
                Optional<Object> value = rows.get(i).value(p);
                if (value.isPresent()) {
                    set(column, i, value.get());
                }
            }
        }
        root.setRowCount(rows.size());
    }

    /** The rows of a batch that has at least the columns of {@code type}. */
    public static List<EntityRow> rows(VectorSchemaRoot root, EntityType type) {
        List<EntityRow> rows = new ArrayList<>(root.getRowCount());
        VarCharVector ids = (VarCharVector) root.getVector(TypeLayout.ID);
        BigIntVector numbers = (BigIntVector) root.getVector(TypeLayout.NUMBER);
        List<FieldVector> columns = type.properties().stream()
                .map(p -> root.getVector(TypeLayout.column(p.id())))
                .toList();
        boolean edge = type instanceof EntityType.Edge;
        for (int i = 0; i < root.getRowCount(); i++) {
            Optional<EntityRow.Ends> ends = edge
                    ? Optional.of(new EntityRow.Ends(
                            (String) read(root.getVector(TypeLayout.SOURCE), i),
                            (Long) read(root.getVector(TypeLayout.SOURCE_NUMBER), i),
                            (String) read(root.getVector(TypeLayout.DESTINATION), i),
                            (Long) read(root.getVector(TypeLayout.DESTINATION_NUMBER), i)))
                    : Optional.empty();
            List<Optional<Object>> values = new ArrayList<>(columns.size());
            for (FieldVector column : columns) {
                values.add(column.isNull(i) ? Optional.empty() : Optional.of(read(column, i)));
            }
            rows.add(new EntityRow(new String(ids.get(i), StandardCharsets.UTF_8), numbers.get(i), ends, values));
        }
        return rows;
    }

    /** One Arrow IPC stream with one batch. */
    static byte[] encode(EntityType type, List<EntityRow> rows, BufferAllocator allocator) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(TypeLayout.arrowSchema(type), allocator)) {
            fill(root, type, rows);
            ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
            try (ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(out))) {
                writer.writeBatch();
                writer.end();
            }
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory does not fail", impossible);
        }
    }

    /** @param key names the object for the error when the bytes are not rows of {@code type} */
    static List<EntityRow> decode(EntityType type, byte[] stream, BufferAllocator allocator, String key) {
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            if (!root.getSchema().equals(TypeLayout.arrowSchema(type))) {
                throw Envelope.corrupt(key, "its rows of " + type.name() + " have other columns than the schema");
            }
            List<EntityRow> rows = new ArrayList<>();
            while (reader.loadNextBatch()) {
                rows.addAll(rows(root, type));
            }
            return rows;
        } catch (IOException damaged) {
            throw Envelope.corrupt(key, "its rows of " + type.name() + " cannot be read: " + damaged.getMessage());
        }
    }

    /** About how many bytes the row takes in a record. */
    static long bytes(EntityRow row) {
        long bytes = 24 + row.id().length();
        if (row.ends().isPresent()) {
            bytes += 24
                    + row.ends().get().source().length()
                    + row.ends().get().destination().length();
        }
        for (int p = 0; p < row.width(); p++) {
            bytes += row.value(p).map(RowVectors::valueBytes).orElse(1L);
        }
        return bytes;
    }

    private static long valueBytes(Object value) {
        return switch (value) {
            case String text -> 4L + text.length();
            case byte[] blob -> 8L + blob.length;
            case float[] vector -> 4L * vector.length;
            case List<?> list ->
                4 + list.stream().mapToLong(RowVectors::valueBytes).sum();
            default -> 8;
        };
    }

    private static void set(FieldVector vector, int index, Object value) {
        switch (vector) {
            case VarCharVector text -> text.setSafe(index, ((String) value).getBytes(StandardCharsets.UTF_8));
            case BitVector bits -> bits.setSafe(index, (Boolean) value ? 1 : 0);
            case IntVector ints -> ints.setSafe(index, (Integer) value);
            case BigIntVector longs -> longs.setSafe(index, (Long) value);
            case UInt4Vector unsigned -> unsigned.setSafe(index, ((Long) value).intValue());
            case UInt8Vector unsigned -> unsigned.setSafe(index, (Long) value);
            case Float4Vector floats -> floats.setSafe(index, (Float) value);
            case Float8Vector doubles -> doubles.setSafe(index, (Double) value);
            case DateDayVector days -> days.setSafe(index, (Integer) value);
            case DateMilliVector times -> times.setSafe(index, (Long) value);
            case LargeVarBinaryVector blobs -> blobs.setSafe(index, (byte[]) value);
            case FixedSizeListVector vectors -> {
                float[] numbers = (float[]) value;
                if (numbers.length != vectors.getListSize()) {
                    throw new IllegalArgumentException("a vector of " + numbers.length + " numbers in column "
                            + vectors.getName() + " of dimension " + vectors.getListSize());
                }
                vectors.setNotNull(index);
                Float4Vector data = (Float4Vector) vectors.getDataVector();
                for (int i = 0; i < numbers.length; i++) {
                    data.setSafe(index * numbers.length + i, numbers[i]);
                }
            }
            case ListVector lists -> {
                List<?> items = (List<?>) value;
                int from = lists.startNewValue(index);
                FieldVector data = lists.getDataVector();
                for (int i = 0; i < items.size(); i++) {
                    set(data, from + i, items.get(i));
                }
                lists.endValue(index, items.size());
            }
            default -> throw new IllegalStateException("no property has a column of " + vector.getField());
        }
    }

    private static Object read(FieldVector vector, int index) {
        return switch (vector) {
            case VarCharVector text -> new String(text.get(index), StandardCharsets.UTF_8);
            case BitVector bits -> bits.get(index) == 1;
            case IntVector ints -> ints.get(index);
            case BigIntVector longs -> longs.get(index);
            case UInt4Vector unsigned -> Integer.toUnsignedLong(unsigned.get(index));
            case UInt8Vector unsigned -> unsigned.get(index);
            case Float4Vector floats -> floats.get(index);
            case Float8Vector doubles -> doubles.get(index);
            case DateDayVector days -> days.get(index);
            case DateMilliVector times -> times.get(index);
            case LargeVarBinaryVector blobs -> blobs.get(index);
            case FixedSizeListVector vectors -> {
                Float4Vector data = (Float4Vector) vectors.getDataVector();
                float[] numbers = new float[vectors.getListSize()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = data.get(index * numbers.length + i);
                }
                yield numbers;
            }
            case ListVector lists -> {
                List<Object> items = new ArrayList<>();
                for (int i = lists.getElementStartIndex(index); i < lists.getElementEndIndex(index); i++) {
                    items.add(read(lists.getDataVector(), i));
                }
                yield List.copyOf(items);
            }
            default -> throw new IllegalStateException("no property has a column of " + vector.getField());
        };
    }
}
