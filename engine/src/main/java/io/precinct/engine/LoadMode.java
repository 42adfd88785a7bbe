package io.precinct.engine;

/** How a load treats what is already there. */
public enum LoadMode {
    /** Strict insert: an id that exists is a key conflict and nothing is loaded. */
    APPEND,
    /** Upsert by id, whole records. */
    MERGE,
    /** Replaces every type that the file mentions as a whole; other types stay. */
    OVERWRITE
}
