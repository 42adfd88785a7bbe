package io.precinct.engine;

import java.util.Optional;

/**
 * One entity on which two branches don't agree, or one constraint that their union breaks.
 *
 * @param typeName absent, as {@code entityId} is, where several entities break a constraint together
 * @param message in words, for people
 * @param base the entity before both, absent when it did not exist or two histories left it in dispute
 * @param ours as the target has it, absent when it has none
 * @param theirs as the source has it, absent when it has none
 */
public record MergeConflict(
        Kind kind,
        Optional<String> typeName,
        Optional<String> entityId,
        String message,
        Optional<EntityImage> base,
        Optional<EntityImage> ours,
        Optional<EntityImage> theirs) {
    public enum Kind {
        /** Both sides made an entity with this id, and they differ. */
        DIVERGENT_INSERT,
        /** Both sides changed the entity, and not alike. */
        DIVERGENT_UPDATE,
        /** One side deleted the entity, the other one changed it. */
        DELETE_VS_UPDATE,
        /** An edge of one side has an end that the other one deleted. */
        ORPHAN_EDGE,
        UNIQUE_VIOLATION,
        CARDINALITY_VIOLATION,
        /** A range, a check, an enum or a required value. */
        VALUE_CONSTRAINT_VIOLATION
    }
}
