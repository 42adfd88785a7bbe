package io.precinct.engine.spi;

/** Source of ULIDs: 26 upper-case Crockford characters, unique, ascending within one process. Thread-safe. */
@FunctionalInterface
public interface IdSource {
    String next();
}
