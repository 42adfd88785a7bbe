package io.precinct.engine.manifest;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One whole entity on the heap: what small writes carry and what single-row reads give. Immutable.
 * Values are in the Java form of {@link io.precinct.engine.schema.Scalar}, in ascending property id order of its type.
 */
public final class EntityRow {
    private final String id;
    private final long number;
    private final Optional<Ends> ends;
    private final Object[] values;

    /** An edge's ends: ids and numbers of the source and destination nodes. */
    public record Ends(String source, long sourceNumber, String destination, long destinationNumber) {}

    /**
     * @param values one per property of the type, empty for null; copied
     */
    public EntityRow(String id, long number, Optional<Ends> ends, List<Optional<Object>> values) {
        this.id = id;
        this.number = number;
        this.ends = ends;
        this.values = values.stream().map(v -> v.orElse(null)).toArray();
    }

    public String id() {
        return id;
    }

    /** The entity's 64-bit number, see {@link EntityNumbers}. */
    public long number() {
        return number;
    }

    /** Present for edges only. */
    public Optional<Ends> ends() {
        return ends;
    }

    public int width() {
        return values.length;
    }

    /** The value of the property at {@code position} among the type's properties; empty for null. */
    public Optional<Object> value(int position) {
        return Optional.ofNullable(values[position]);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntityRow row
                && row.id.equals(id)
                && row.number == number
                && row.ends.equals(ends)
                && Arrays.deepEquals(row.values, values);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id + ends.map(e -> " " + e.source() + "->" + e.destination()).orElse("") + Arrays.deepToString(values);
    }
}
