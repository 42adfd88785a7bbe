package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.List;

/** Codes of refusals that depend on what the caller may see and write. */
final class Denial {
    /** A row rule or a write check: the same answer whether the row is hidden or only not writable. */
    static final String ROW = "row_not_writable";

    static final String TYPE = "type_not_granted";
    static final String MASKED = "property_masked";
    static final String PROPERTY = "property_denied";

    private Denial() {}

    static EngineException of(String reason) {
        return new EngineException(new EngineFailure.Denied(List.of(reason)));
    }
}
