package io.precinct.engine.view;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The values of one property by row number. Each accessor fits some scalars and fails on others; none may be asked for
 * a null. Valid as long as the view it came from is open. Thread-safe.
 */
public interface Column {
    boolean isNull(int row);

    /** I32, I64, U32, Date, DateTime as they are; U64 as its bits. */
    long longAt(int row);

    /** F32 widened, F64. */
    double doubleAt(int row);

    boolean booleanAt(int row);

    /** String. */
    String textAt(int row);

    /** Any type, in the Java form of its scalar; a List for lists. */
    Object valueAt(int row);

    /** The UTF-8 bytes of a String, a new array. */
    default byte[] textBytesAt(int row) {
        return textAt(row).getBytes(StandardCharsets.UTF_8);
    }

    /** A String against UTF-8 text, bytewise as unsigned: negative, zero or positive. */
    default int compareText(int row, byte[] utf8) {
        return Arrays.compareUnsigned(textBytesAt(row), utf8);
    }

    /** Whether a String begins with the UTF-8 text. */
    default boolean textStartsWith(int row, byte[] utf8) {
        byte[] text = textBytesAt(row);
        return text.length >= utf8.length && Arrays.equals(text, 0, utf8.length, utf8, 0, utf8.length);
    }

    /**
     * Keeps the rows whose whole number is within the bounds, or outside of them; a null is neither.
     *
     * @param inside false: keeps what is outside
     */
    default RowFilter whole(long least, long most, boolean inside) {
        return RowFilter.each(row -> !isNull(row) && (longAt(row) >= least && longAt(row) <= most) == inside);
    }

    /** Keeps the rows whose String has, or has not, these UTF-8 bytes; a null neither has nor has not. */
    default RowFilter text(byte[] utf8, boolean equal) {
        return RowFilter.each(row -> !isNull(row) && (compareText(row, utf8) == 0) == equal);
    }
}
