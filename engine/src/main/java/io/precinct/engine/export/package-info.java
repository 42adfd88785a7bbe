/** A view written out as lines that the strict loader reads back. */
package io.precinct.engine.export;
