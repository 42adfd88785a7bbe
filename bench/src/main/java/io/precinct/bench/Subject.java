package io.precinct.bench;

import java.nio.file.Path;
import java.util.List;

/** A system under measurement, in this process. One thread. */
interface Subject extends AutoCloseable {
    String name();

    /** Loads the generated files; the number of records per second it took, all checks included. */
    double load(Path data) throws Exception;

    /** Prepares a query of {@link Queries} by name. */
    Prepared prepare(Queries.Query query) throws Exception;

    @Override
    void close() throws Exception;

    /** A query that was parsed once. */
    @FunctionalInterface
    interface Prepared {
        /** Runs it to the last row; the rows as text, sorted, to compare systems by. */
        List<String> run(List<Object> arguments, boolean collect) throws Exception;
    }
}
