package io.precinct.engine.schema;

import java.util.List;
import java.util.Optional;

/**
 * Type of a property or parameter.
 *
 * @param dimension of a Vector, else 0
 * @param enumValues sorted and distinct; present only for an enum, whose scalar is String
 */
public record PropertyType(
        Scalar scalar, int dimension, Optional<List<String>> enumValues, boolean list, boolean nullable) {
    public PropertyType {
        enumValues = enumValues.map(List::copyOf);
    }

    public static PropertyType of(Scalar scalar) {
        return new PropertyType(scalar, 0, Optional.empty(), false, false);
    }

    public PropertyType asNullable() {
        return new PropertyType(scalar, dimension, enumValues, list, true);
    }

    public PropertyType required() {
        return new PropertyType(scalar, dimension, enumValues, list, false);
    }

    /** Of one element of a list, required. */
    public PropertyType element() {
        return new PropertyType(scalar, dimension, enumValues, false, false);
    }

    /** As written in the language: {@code String}, {@code [Date]?}, {@code enum(a, b)}, {@code Vector(3)}. */
    public String display() {
        String core = enumValues
                .map(values -> "enum(" + String.join(", ", values) + ")")
                .orElse(scalar == Scalar.VECTOR ? "Vector(" + dimension + ")" : scalar.word());
        return (list ? "[" + core + "]" : core) + (nullable ? "?" : "");
    }
}
