package io.precinct.engine.manifest;

/** A ULID that names one life of one branch. A branch deleted and created again under its name is another stream. */
public record StreamId(String value) {
    @Override
    public String toString() {
        return value;
    }
}
