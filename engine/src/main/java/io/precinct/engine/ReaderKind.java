package io.precinct.engine;

/** How the records of a load are read. */
public enum ReaderKind {
    /** One object a line; whatever is not exactly right is refused. */
    STRICT,
    /**
     * A stream of JSON values as older clients send it: unknown members are ignored and a value of another type counts
     * as missing. Only for the deprecated routes that always read so.
     */
    PERMISSIVE
}
