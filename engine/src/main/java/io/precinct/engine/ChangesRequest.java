package io.precinct.engine;

import java.util.Optional;
import java.util.Set;

/**
 * Which changes of a commit are wanted. An empty set wants all.
 *
 * @param types names as they are after the commit
 * @param after where the page before ended; from {@link CommitChanges#next} of the same commit, caller and filter
 * @param limit most changes on the page, at least 1; a page of large entities may hold fewer
 */
public record ChangesRequest(
        Set<EntityChange.Kind> kinds,
        Set<String> types,
        Set<EntityChange.Operation> operations,
        Optional<String> after,
        int limit) {
    public ChangesRequest {
        kinds = Set.copyOf(kinds);
        types = Set.copyOf(types);
        operations = Set.copyOf(operations);
        if (limit < 1) {
            throw new IllegalArgumentException("a page holds at least one change");
        }
    }

    /** The same with no more than {@code most} changes on a page. */
    public ChangesRequest atMost(long most) {
        return new ChangesRequest(kinds, types, operations, after, (int) Math.min(limit, most));
    }
}
