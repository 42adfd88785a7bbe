package io.precinct.engine.exec;

import io.precinct.engine.schema.PropertyType;
import java.util.List;
import java.util.Optional;

/** The rows of a read, pulled. One thread at a time; close it to let go of the snapshot's view. */
public interface RowCursor extends AutoCloseable {
    List<ResultColumn> columns();

    /** The next batch, never empty; empty at the end. */
    Optional<ResultBatch> next();

    @Override
    void close();

    /** {@code type} is nullable when a value may be null, masked ones included. */
    record ResultColumn(String name, PropertyType type) {}

    /** Immutable. */
    interface ResultBatch {
        int rows();

        /** In the Java form of the column's type; empty for null. */
        Optional<Object> value(int row, int column);
    }
}
