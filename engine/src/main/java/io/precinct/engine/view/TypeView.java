package io.precinct.engine.view;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyId;

/**
 * The rows of one type by row number: base rows in storage order, then overlay rows. Row numbers are dense, belong to
 * this view only, and some may be dead (hidden by the overlay). Thread-safe.
 */
public interface TypeView {
    EntityType type();

    /** Row numbers are {@code 0..rows()-1}. */
    int rows();

    boolean live(int row);

    /** Live entities. */
    long count();

    /** The live row with this id, or -1. */
    int rowOf(String id);

    /** The live row of the entity with this number, or -1. */
    int rowOfNumber(long number);

    String id(int row);

    long number(int row);

    /** For an edge: the numbers of its ends. */
    long sourceNumber(int row);

    long destinationNumber(int row);

    Column column(PropertyId property);

    /** The whole row, decoded. */
    EntityRow row(int row);
}
