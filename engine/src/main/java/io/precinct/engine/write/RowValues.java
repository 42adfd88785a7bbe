package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.TypeView;
import java.util.Optional;

/** The values of one row, wherever it is held. */
@FunctionalInterface
interface RowValues {
    Optional<Object> value(PropertyId property);

    static RowValues of(EntityType type, EntityRow row) {
        return property -> row.value(position(type, property));
    }

    static RowValues of(TypeView view, int row) {
        return property -> {
            Column column = view.column(property);
            return column.isNull(row) ? Optional.empty() : Optional.of(column.valueAt(row));
        };
    }

    /** Place of a property among the type's properties. */
    static int position(EntityType type, PropertyId property) {
        for (int i = 0; i < type.properties().size(); i++) {
            if (type.properties().get(i).id().equals(property)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no property " + property + " in " + type.name());
    }
}
