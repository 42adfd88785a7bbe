package io.precinct.engine.view;

/**
 * The values of one property by row number. Each accessor fits some scalars and fails on others; none may be asked for
 * a null. Thread-safe.
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
}
