package io.precinct.engine.query;

import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.Mask;
import java.util.Map;

/**
 * A read together with the caller's view of every type it touches: the only thing that can be executed. There is no
 * plan without access: a type that has no entry can't be scanned.
 *
 * @param access by type id, one entry for each touched node and edge type
 */
public record LogicalPlan(CheckedStatement.Read statement, Map<TypeId, BoundAccess> access) {
    public LogicalPlan {
        access = Map.copyOf(access);
    }

    /**
     * A type's row rule and masks, checked against the schema.
     *
     * @param rows over the variable named {@link #ROW}; {@code Constant(true)} for no restriction
     */
    public record BoundAccess(Predicate rows, Map<PropertyId, BoundMask> masks) {
        /** The variable that row rules speak of. */
        public static final String ROW = "row";

        public BoundAccess {
            masks = Map.copyOf(masks);
        }
    }

    /** {@code shownWhere} over {@link BoundAccess#ROW}. */
    public record BoundMask(Mask.Kind kind, Predicate shownWhere) {}
}
