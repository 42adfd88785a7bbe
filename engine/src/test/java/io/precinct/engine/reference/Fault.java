package io.precinct.engine.reference;

import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.RowAccess;
import java.util.List;
import java.util.Map;

/** A bug put before or behind the engine, to see whether the comparison notices. */
interface Fault {
    Fault NONE = new Fault() {};

    default CheckedStatement.Read statement(CheckedStatement.Read read) {
        return read;
    }

    default Map<String, RowAccess> access(Map<String, RowAccess> access) {
        return access;
    }

    default List<List<Object>> rows(CheckedStatement.Read read, List<List<Object>> rows) {
        return rows;
    }
}
