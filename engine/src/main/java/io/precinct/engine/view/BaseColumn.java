package io.precinct.engine.view;

import io.precinct.engine.schema.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.arrow.memory.util.MemoryUtil;

/** A decoded column of a dataset version. Rows are checked; memory behind them is not. */
abstract sealed class BaseColumn implements Column, Part {
    final int rows;
    private final Optional<Block> nulls;
    private final Block nullBytes;

    BaseColumn(int rows, Optional<Block> nulls) {
        this.rows = rows;
        this.nulls = nulls;
        this.nullBytes = nulls.orElse(null);
    }

    @Override
    public final boolean isNull(int row) {
        Objects.checkIndex(row, rows);
        return nullBytes != null && nullBytes.byteAt(row) != 0;
    }

    @Override
    public long longAt(int row) {
        throw unfit("a whole number");
    }

    @Override
    public double doubleAt(int row) {
        throw unfit("a floating-point number");
    }

    @Override
    public boolean booleanAt(int row) {
        throw unfit("a Bool");
    }

    @Override
    public String textAt(int row) {
        throw unfit("a String");
    }

    private IllegalStateException unfit(String asked) {
        return new IllegalStateException(getClass().getSimpleName() + " has no " + asked);
    }

    @Override
    public void free() {
        nulls.ifPresent(Block::close);
    }

    static final class OfNumbers extends BaseColumn {
        private final Scalar scalar;
        private final Block values;

        OfNumbers(Scalar scalar, int rows, Optional<Block> nulls, Block values) {
            super(rows, nulls);
            this.scalar = scalar;
            this.values = values;
        }

        @Override
        public long longAt(int row) {
            Objects.checkIndex(row, rows);
            return switch (scalar) {
                case I64, U64, DATE_TIME -> values.longAt(row);
                case I32, DATE -> values.intAt(row);
                case U32 -> Integer.toUnsignedLong(values.intAt(row));
                case STRING, BOOL, F32, F64, BLOB, VECTOR -> super.longAt(row);
            };
        }

        @Override
        public double doubleAt(int row) {
            Objects.checkIndex(row, rows);
            return switch (scalar) {
                case F32 -> values.floatAt(row);
                case F64 -> values.doubleAt(row);
                case STRING, BOOL, I32, I64, U32, U64, DATE, DATE_TIME, BLOB, VECTOR -> super.doubleAt(row);
            };
        }

        @Override
        public boolean booleanAt(int row) {
            Objects.checkIndex(row, rows);
            return scalar == Scalar.BOOL ? values.byteAt(row) != 0 : super.booleanAt(row);
        }

        @Override
        public Object valueAt(int row) {
            return switch (scalar) {
                case I64, U64, DATE_TIME, U32 -> longAt(row);
                case I32, DATE -> (int) longAt(row);
                case F32 -> (float) doubleAt(row);
                case F64 -> doubleAt(row);
                case BOOL -> booleanAt(row);
                case STRING, BLOB, VECTOR -> throw new IllegalStateException(scalar + " is not fixed in width");
            };
        }

        /** Without a check of the row or the scalar: for the 64-bit columns that the view itself reads. */
        long raw(int row) {
            return values.longAt(row);
        }

        @Override
        public void free() {
            super.free();
            values.close();
        }
    }

    /** String and Blob: bytes end to end, with where each begins. */
    static final class OfBytes extends BaseColumn {
        private final boolean text;
        private final Block offsets;
        private final Block bytes;

        OfBytes(boolean text, int rows, Optional<Block> nulls, Block offsets, Block bytes) {
            super(rows, nulls);
            this.text = text;
            this.offsets = offsets;
            this.bytes = bytes;
        }

        @Override
        public byte[] textBytesAt(int row) {
            Objects.checkIndex(row, rows);
            return bytes.bytes(offsets.longAt(row), offsets.longAt(row + 1L));
        }

        @Override
        public String textAt(int row) {
            return text ? new String(textBytesAt(row), StandardCharsets.UTF_8) : super.textAt(row);
        }

        @Override
        public int compareText(int row, byte[] utf8) {
            Objects.checkIndex(row, rows);
            long at = offsets.longAt(row);
            int length = (int) (offsets.longAt(row + 1L) - at);
            int common = Math.min(length, utf8.length);
            for (int i = 0; i < common; i++) {
                int difference = (bytes.byteAt(at + i) & 0xFF) - (utf8[i] & 0xFF);
                if (difference != 0) {
                    return difference;
                }
            }
            return length - utf8.length;
        }

        @Override
        public boolean textStartsWith(int row, byte[] utf8) {
            Objects.checkIndex(row, rows);
            long at = offsets.longAt(row);
            if (offsets.longAt(row + 1L) - at < utf8.length) {
                return false;
            }
            for (int i = 0; i < utf8.length; i++) {
                if (bytes.byteAt(at + i) != utf8[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Object valueAt(int row) {
            return text ? textAt(row) : textBytesAt(row);
        }

        @Override
        public void free() {
            super.free();
            offsets.close();
            bytes.close();
        }
    }

    static final class OfVectors extends BaseColumn {
        private final int dimension;
        private final Block values;

        OfVectors(int dimension, int rows, Optional<Block> nulls, Block values) {
            super(rows, nulls);
            this.dimension = dimension;
            this.values = values;
        }

        @Override
        public Object valueAt(int row) {
            Objects.checkIndex(row, rows);
            float[] vector = new float[dimension];
            for (int i = 0; i < dimension; i++) {
                vector[i] =
                        Float.intBitsToFloat(MemoryUtil.getInt(values.address() + 4L * ((long) row * dimension + i)));
            }
            return vector;
        }

        @Override
        public void free() {
            super.free();
            values.close();
        }
    }

    /** Elements end to end in a column of their own. */
    static final class OfLists extends BaseColumn {
        private final Block offsets;
        private final BaseColumn elements;

        OfLists(int rows, Optional<Block> nulls, Block offsets, BaseColumn elements) {
            super(rows, nulls);
            this.offsets = offsets;
            this.elements = elements;
        }

        @Override
        public Object valueAt(int row) {
            Objects.checkIndex(row, rows);
            int to = Math.toIntExact(offsets.longAt(row + 1L));
            List<Object> list = new ArrayList<>();
            for (int i = Math.toIntExact(offsets.longAt(row)); i < to; i++) {
                list.add(elements.isNull(i) ? null : elements.valueAt(i));
            }
            return java.util.Collections.unmodifiableList(list);
        }

        @Override
        public void free() {
            super.free();
            offsets.close();
            elements.free();
        }
    }
}
