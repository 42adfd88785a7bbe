package io.precinct.engine.write;

/** The records of one input, read one at a time into their types. One thread uses and closes it; the input stays open. */
interface RecordSource extends AutoCloseable {
    /** Reads one record or one empty line; false at the end of the input. */
    boolean next();

    /** 1-based number of the line that was read last. */
    long line();

    /** Bytes of the input taken so far. */
    long bytes();

    @Override
    void close();
}
