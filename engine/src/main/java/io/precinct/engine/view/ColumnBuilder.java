package io.precinct.engine.view;

import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.util.Optional;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.ListVector;

/** Copies the batches of one column into memory of ours. One thread. Closing frees what was not finished. */
abstract sealed class ColumnBuilder implements AutoCloseable {
    final Memory memory;
    private Optional<Growing> nulls = Optional.empty();
    long rows;

    private ColumnBuilder(Memory memory) {
        this.memory = memory;
    }

    static ColumnBuilder of(PropertyType type, long expectedRows, Memory memory) {
        return type.list()
                ? new Lists(type.scalar(), expectedRows, memory)
                : ofScalar(type.scalar(), type.dimension(), expectedRows, memory);
    }

    private static ColumnBuilder ofScalar(Scalar scalar, int dimension, long expectedRows, Memory memory) {
        return switch (scalar) {
            case BOOL -> new Numbers(scalar, 1, expectedRows, memory);
            case I32, U32, F32, DATE -> new Numbers(scalar, 4, expectedRows, memory);
            case I64, U64, F64, DATE_TIME -> new Numbers(scalar, 8, expectedRows, memory);
            case STRING, BLOB -> new Bytes(scalar == Scalar.STRING, expectedRows, memory);
            case VECTOR -> new Vectors(dimension, expectedRows, memory);
        };
    }

    final void append(FieldVector vector) {
        appendRange(vector, 0, vector.getValueCount());
    }

    /** Values {@code from..to} of the vector. */
    final void appendRange(FieldVector vector, int from, int to) {
        appendNulls(vector, from, to);
        appendValues(vector, from, to);
        rows += to - from;
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalStateException("a view holds at most 2^31-1 values of a column");
        }
    }

    private void appendNulls(FieldVector vector, int from, int to) {
        if (nulls.isEmpty() && vector.getNullCount() > 0) {
            nulls = Optional.of(new Growing(memory, rows + (to - from)));
            nulls.get().zeros(rows);
        }
        nulls.ifPresent(bytes -> {
            long at = bytes.claim(to - from);
            for (int i = from; i < to; i++) {
                MemoryUtil.putByte(at + i - from, (byte) (vector.isNull(i) ? 1 : 0));
            }
        });
    }

    abstract void appendValues(FieldVector vector, int from, int to);

    abstract BaseColumn finish();

    final Optional<Block> finishNulls() {
        return nulls.map(Growing::finish);
    }

    @Override
    public void close() {
        nulls.ifPresent(Growing::close);
    }

    private static final class Numbers extends ColumnBuilder {
        private final Scalar scalar;
        private final int width;
        private final Growing values;

        Numbers(Scalar scalar, int width, long expectedRows, Memory memory) {
            super(memory);
            this.scalar = scalar;
            this.width = width;
            this.values = new Growing(memory, expectedRows * width);
        }

        @Override
        void appendValues(FieldVector vector, int from, int to) {
            if (vector instanceof BitVector bits) {
                for (int i = from; i < to; i++) {
                    values.addByte(!bits.isNull(i) && bits.get(i) != 0 ? 1 : 0);
                }
            } else if (to > from) {
                values.copy(vector.getDataBufferAddress() + (long) from * width, (long) (to - from) * width);
            }
        }

        @Override
        BaseColumn finish() {
            return new BaseColumn.OfNumbers(scalar, (int) rows, finishNulls(), values.finish());
        }

        @Override
        public void close() {
            super.close();
            values.close();
        }
    }

    private static final class Bytes extends ColumnBuilder {
        private final boolean text;
        private final Growing offsets;
        private final Growing bytes;

        Bytes(boolean text, long expectedRows, Memory memory) {
            super(memory);
            this.text = text;
            this.offsets = new Growing(memory, 8 * (expectedRows + 1));
            this.offsets.addLong(0);
            boolean opened = false;
            try {
                this.bytes = new Growing(memory, 16 * expectedRows);
                opened = true;
            } finally {
                if (!opened) {
                    offsets.close();
                }
            }
        }

        @Override
        void appendValues(FieldVector vector, int from, int to) {
            if (to == from) {
                return;
            }
            long data = vector.getDataBuffer().memoryAddress();
            long start = offset(vector, from);
            long base = bytes.size() - start;
            long at = offsets.claim(8L * (to - from));
            for (int i = from; i < to; i++) {
                MemoryUtil.putLong(at + 8L * (i - from), base + offset(vector, i + 1));
            }
            bytes.copy(data + start, offset(vector, to) - start);
        }

        private static long offset(FieldVector vector, int index) {
            if (vector instanceof VarCharVector text) {
                return text.getOffsetBuffer().getInt(4L * index);
            }
            if (vector instanceof LargeVarBinaryVector blob) {
                return blob.getOffsetBuffer().getLong(8L * index);
            }
            throw new IllegalStateException("a column of text or bytes came as " + vector.getField());
        }

        @Override
        BaseColumn finish() {
            return new BaseColumn.OfBytes(text, (int) rows, finishNulls(), offsets.finish(), bytes.finish())
                    .shortened(memory);
        }

        @Override
        public void close() {
            super.close();
            offsets.close();
            bytes.close();
        }
    }

    private static final class Vectors extends ColumnBuilder {
        private final int dimension;
        private final Growing values;

        Vectors(int dimension, long expectedRows, Memory memory) {
            super(memory);
            this.dimension = dimension;
            this.values = new Growing(memory, 4L * expectedRows * dimension);
        }

        @Override
        void appendValues(FieldVector vector, int from, int to) {
            if (!(vector instanceof FixedSizeListVector list) || list.getListSize() != dimension) {
                throw new IllegalStateException("a vector of " + dimension + " floats came as " + vector.getField());
            }
            if (to > from) {
                long width = 4L * dimension;
                values.copy(list.getDataVector().getDataBufferAddress() + from * width, (to - from) * width);
            }
        }

        @Override
        BaseColumn finish() {
            return new BaseColumn.OfVectors(dimension, (int) rows, finishNulls(), values.finish());
        }

        @Override
        public void close() {
            super.close();
            values.close();
        }
    }

    private static final class Lists extends ColumnBuilder {
        private final Growing offsets;
        private final ColumnBuilder elements;

        Lists(Scalar scalar, long expectedRows, Memory memory) {
            super(memory);
            this.offsets = new Growing(memory, 8 * (expectedRows + 1));
            this.offsets.addLong(0);
            boolean opened = false;
            try {
                this.elements = ofScalar(scalar, 0, expectedRows, memory);
                opened = true;
            } finally {
                if (!opened) {
                    offsets.close();
                }
            }
        }

        @Override
        void appendValues(FieldVector vector, int from, int to) {
            if (!(vector instanceof ListVector list)) {
                throw new IllegalStateException("a list came as " + vector.getField());
            }
            if (to == from) {
                return;
            }
            int start = list.getElementStartIndex(from);
            long base = elements.rows - start;
            for (int i = from; i < to; i++) {
                offsets.addLong(base + list.getOffsetBuffer().getInt(4L * (i + 1)));
            }
            elements.appendRange(
                    list.getDataVector(), start, list.getOffsetBuffer().getInt(4L * to));
        }

        @Override
        BaseColumn finish() {
            return new BaseColumn.OfLists((int) rows, finishNulls(), offsets.finish(), elements.finish());
        }

        @Override
        public void close() {
            super.close();
            offsets.close();
            elements.close();
        }
    }
}
