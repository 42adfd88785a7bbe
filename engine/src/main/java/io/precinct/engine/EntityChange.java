package io.precinct.engine;

import java.util.Optional;

/**
 * What one commit did to one entity, as the caller sees it: an entity that comes into the caller's sight is inserted for
 * it, one that leaves it is deleted.
 *
 * @param typeId identity of the type, the same across renames
 * @param before absent for an insertion
 * @param after absent for a deletion
 */
public record EntityChange(
        Kind kind,
        String typeName,
        int typeId,
        String entityId,
        Operation operation,
        Optional<EntityImage> before,
        Optional<EntityImage> after) {
    public enum Kind {
        NODE,
        EDGE
    }

    public enum Operation {
        INSERT,
        UPDATE,
        DELETE
    }
}
