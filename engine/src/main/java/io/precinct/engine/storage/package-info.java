/** Datasets and named objects: the only package that knows the Lance library, object store clients and native memory. */
package io.precinct.engine.storage;
