package io.precinct.engine;

import java.util.List;
import java.util.Optional;

/**
 * A page of what one commit changed against its first parent: nodes before edges, types by identity, ids ascending.
 *
 * @param next asks for the next page; absent on the last one
 */
public record CommitChanges(CommitInfo cause, List<EntityChange> changes, Optional<String> next) {
    public CommitChanges {
        changes = List.copyOf(changes);
    }
}
