package io.precinct.engine.view;

/** Something decoded from one dataset version: immutable, off heap, shared. The cache alone frees it. */
interface Part {
    void free();
}
