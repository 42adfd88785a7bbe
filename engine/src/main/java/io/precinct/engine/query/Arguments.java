package io.precinct.engine.query;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Values bound to the declared parameters of a statement, in the Java form of their types, and the execution's now(). */
public record Arguments(Map<String, Optional<Object>> values, Instant now) {
    public Arguments {
        values = Collections.unmodifiableMap(new HashMap<>(values));
    }

    /** Empty: the parameter is null. Every declared parameter has an entry. */
    public Optional<Object> value(Parameter parameter) {
        Optional<Object> value = values.get(parameter.name());
        if (value == null) {
            throw new IllegalArgumentException("no argument bound for $" + parameter.name());
        }
        return value;
    }
}
