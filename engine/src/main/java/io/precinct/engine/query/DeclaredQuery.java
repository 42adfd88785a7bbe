package io.precinct.engine.query;

import java.util.List;
import java.util.Optional;

/** A query as a text declares it, before it is checked against a schema. */
public record DeclaredQuery(
        String name,
        boolean mutation,
        List<Parameter> parameters,
        Optional<String> description,
        Optional<String> instruction) {
    public DeclaredQuery {
        parameters = List.copyOf(parameters);
    }
}
