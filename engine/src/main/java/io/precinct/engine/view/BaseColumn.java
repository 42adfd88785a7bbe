package io.precinct.engine.view;

import io.precinct.engine.schema.Scalar;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Keeps the rows that are not null. */
    final int present(int[] kept, int count) {
        if (count > 0) {
            checkRows(kept, count);
        }
        if (nullBytes == null) {
            return count;
        }
        int passed = 0;
        for (int i = 0; i < count; i++) {
            int row = kept[i];
            kept[passed] = row;
            passed += nullBytes.byteAt(row) == 0 ? 1 : 0;
        }
        return passed;
    }

    private void checkRows(int[] kept, int count) {
        int most = 0;
        int least = 0;
        for (int i = 0; i < count; i++) {
            most = Math.max(most, kept[i]);
            least = Math.min(least, kept[i]);
        }
        Objects.checkIndex(most, rows);
        Objects.checkIndex(least, rows);
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

    final Optional<Block> nulls() {
        return nulls;
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

        @Override
        public RowFilter whole(long least, long most, boolean inside) {
            return switch (scalar) {
                case I32, DATE -> {
                    if (least > most || least > Integer.MAX_VALUE || most < Integer.MIN_VALUE) {
                        yield inside ? (kept, count) -> 0 : this::present;
                    }
                    int low = (int) Math.max(least, Integer.MIN_VALUE);
                    int high = (int) Math.min(most, Integer.MAX_VALUE);
                    yield (kept, count) -> narrow(kept, present(kept, count), low, high, inside);
                }
                case I64, DATE_TIME -> (kept, count) -> wide(kept, present(kept, count), least, most, inside);
                case U32, U64, STRING, BOOL, F32, F64, BLOB, VECTOR -> super.whole(least, most, inside);
            };
        }

        private int narrow(int[] kept, int count, int low, int high, boolean inside) {
            int passed = 0;
            for (int i = 0; i < count; i++) {
                int row = kept[i];
                int value = values.intAt(row);
                kept[passed] = row;
                passed += (value >= low && value <= high) == inside ? 1 : 0;
            }
            return passed;
        }

        private int wide(int[] kept, int count, long low, long high, boolean inside) {
            int passed = 0;
            for (int i = 0; i < count; i++) {
                int row = kept[i];
                long value = values.longAt(row);
                kept[passed] = row;
                passed += (value >= low && value <= high) == inside ? 1 : 0;
            }
            return passed;
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
        public RowFilter text(byte[] utf8, boolean equal) {
            return (kept, count) -> {
                int asked = present(kept, count);
                int passed = 0;
                for (int i = 0; i < asked; i++) {
                    int row = kept[i];
                    kept[passed] = row;
                    passed += same(row, utf8) == equal ? 1 : 0;
                }
                return passed;
            };
        }

        private boolean same(int row, byte[] utf8) {
            long at = offsets.longAt(row);
            if (offsets.longAt(row + 1L) - at != utf8.length) {
                return false;
            }
            for (int i = utf8.length - 1; i >= 0; i--) {
                if (bytes.byteAt(at + i) != utf8[i]) {
                    return false;
                }
            }
            return true;
        }

        /** The same values by position in a list of the distinct ones, if those are few; this column is freed then. */
        BaseColumn shortened(Memory memory) {
            if (!text || rows < 4 * OfWords.MOST) {
                return this;
            }
            Map<ByteBuffer, Integer> known = new HashMap<>();
            List<byte[]> words = new ArrayList<>();
            Block codes = memory.allocate(2L * rows);
            for (int row = 0; row < rows; row++) {
                byte[] value = bytes.bytes(offsets.longAt(row), offsets.longAt(row + 1L));
                Integer code = known.putIfAbsent(ByteBuffer.wrap(value), words.size());
                if (code == null) {
                    if (words.size() == OfWords.MOST) {
                        codes.close();
                        return this;
                    }
                    words.add(value);
                }
                codes.setChar(row, (char) (code == null ? words.size() - 1 : code));
            }
            offsets.close();
            bytes.close();
            return new OfWords(rows, nulls(), codes, words.toArray(byte[][]::new));
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

    /** A String column with few values: each row holds the position of its value, two bytes wide. */
    static final class OfWords extends BaseColumn {
        /** More distinct values than this are kept as they are. */
        static final int MOST = 1 << 12;

        private final Block codes;
        private final byte[][] words;

        OfWords(int rows, Optional<Block> nulls, Block codes, byte[][] words) {
            super(rows, nulls);
            this.codes = codes;
            this.words = words;
        }

        private byte[] word(int row) {
            Objects.checkIndex(row, rows);
            return words[codes.charAt(row)];
        }

        @Override
        public byte[] textBytesAt(int row) {
            return word(row).clone();
        }

        @Override
        public String textAt(int row) {
            return new String(word(row), StandardCharsets.UTF_8);
        }

        @Override
        public int compareText(int row, byte[] utf8) {
            return Arrays.compareUnsigned(word(row), utf8);
        }

        @Override
        public boolean textStartsWith(int row, byte[] utf8) {
            byte[] word = word(row);
            return word.length >= utf8.length && Arrays.equals(word, 0, utf8.length, utf8, 0, utf8.length);
        }

        @Override
        public RowFilter text(byte[] utf8, boolean equal) {
            int wanted = -1;
            for (int code = 0; code < words.length; code++) {
                wanted = Arrays.equals(words[code], utf8) ? code : wanted;
            }
            int code = wanted;
            return (kept, count) -> {
                int asked = present(kept, count);
                int passed = 0;
                for (int i = 0; i < asked; i++) {
                    int row = kept[i];
                    kept[passed] = row;
                    passed += (codes.charAt(row) == code) == equal ? 1 : 0;
                }
                return passed;
            };
        }

        @Override
        public Object valueAt(int row) {
            return textAt(row);
        }

        @Override
        public void free() {
            super.free();
            codes.close();
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
