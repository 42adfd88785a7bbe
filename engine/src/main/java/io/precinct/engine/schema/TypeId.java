package io.precinct.engine.schema;

/** Identity of a type within one graph: never reused, kept through renames. Positive. */
public record TypeId(int value) implements Comparable<TypeId> {
    @Override
    public int compareTo(TypeId other) {
        return Integer.compare(value, other.value);
    }
}
