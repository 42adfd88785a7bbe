package io.precinct.engine.schema;

import java.util.Map;

/**
 * A declared property.
 *
 * @param annotations opaque and documentary annotations by name, values as text; keys sorted
 */
public record Property(PropertyId id, String name, PropertyType type, Map<String, String> annotations) {
    public Property {
        annotations = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(annotations));
    }
}
