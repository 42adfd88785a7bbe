package io.precinct.engine.schema;

/** Identity of a property within one graph: never reused, kept through renames. Positive. */
public record PropertyId(int value) implements Comparable<PropertyId> {
    @Override
    public int compareTo(PropertyId other) {
        return Integer.compare(value, other.value);
    }
}
