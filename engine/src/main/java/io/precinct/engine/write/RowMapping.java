package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of a row when its type changes: kept values in the new form, backfills where it has none. Immutable. */
public final class RowMapping {
    private final EntityType before;
    private final EntityType after;
    private final Map<PropertyId, Object> backfills;
    private final List<Source> sources = new ArrayList<>();

    /** {@code position} in the row before, or -1. */
    private record Source(int position, Scalar from, Scalar to, Optional<Object> backfill) {}

    /** @param backfills in the form after the change */
    public RowMapping(EntityType before, EntityType after, Map<PropertyId, Object> backfills) {
        this.before = before;
        this.after = after;
        this.backfills = backfills;
        for (Property property : after.properties()) {
            Optional<Property> old = before.properties().stream()
                    .filter(p -> p.id().equals(property.id()))
                    .findFirst();
            sources.add(new Source(
                    old.map(p -> before.properties().indexOf(p)).orElse(-1),
                    old.map(p -> p.type().scalar()).orElse(property.type().scalar()),
                    property.type().scalar(),
                    property.type().nullable() ? Optional.empty() : Optional.ofNullable(backfills.get(property.id()))));
        }
    }

    EntityType after() {
        return after;
    }

    public EntityRow of(EntityRow row) {
        List<Optional<Object>> values = new ArrayList<>(sources.size());
        for (Source source : sources) {
            Optional<Object> old = source.position() < 0 ? Optional.empty() : row.value(source.position());
            values.add(old.map(value -> converted(value, source.from(), source.to()))
                    .or(source::backfill));
        }
        return new EntityRow(row.id(), row.number(), row.ends(), values);
    }

    /** Whether a stored column holds other values afterwards, so that a new column or no column won't do. */
    boolean changesStoredValues() {
        return after.properties().stream().anyMatch(property -> {
            Optional<Property> old = old(property);
            boolean wider = old.isPresent()
                    && old.get().type().scalar() != property.type().scalar();
            boolean filled = !property.type().nullable()
                    && backfills.containsKey(property.id())
                    && old.map(p -> p.type().nullable()).orElse(true);
            return wider || filled;
        });
    }

    /** Whether a property became required and nothing is given for the rows that lack it. */
    boolean requires(Property property) {
        return !property.type().nullable()
                && !backfills.containsKey(property.id())
                && old(property).map(p -> p.type().nullable()).orElse(false);
    }

    private Optional<Property> old(Property property) {
        return before.properties().stream()
                .filter(p -> p.id().equals(property.id()))
                .findFirst();
    }

    private static Object converted(Object value, Scalar from, Scalar to) {
        if (from == to) {
            return value;
        }
        if (value instanceof List<?> elements) {
            return elements.stream().map(e -> converted(e, from, to)).toList();
        }
        return switch (to) {
            case I64, U64 -> ((Number) value).longValue();
            case F64 -> ((Number) value).doubleValue();
            case STRING, BOOL, I32, U32, F32, DATE, DATE_TIME, BLOB, VECTOR ->
                throw new IllegalArgumentException("no " + from + " becomes a " + to);
        };
    }
}
