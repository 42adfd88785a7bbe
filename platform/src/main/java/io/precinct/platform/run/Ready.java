package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.query.TouchedTypes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An operation that is understood but not yet decided.
 *
 * @param touched the types that the decision must speak of
 * @param branch what it reads or changes; for a commit the branch that the commit was made on
 * @param targetBranch what it creates or deletes
 * @param statement read, insert, update, delete, load, export or none: for the decision's input
 * @param body does it, after the decision allowed it
 */
public record Ready<R>(
        TouchedTypes touched,
        Optional<BranchName> branch,
        Optional<BranchName> targetBranch,
        String statement,
        Function<Admitted, R> body) {
    static final TouchedTypes NO_TYPES = TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of());

    /** For operations that touch no type of a graph. */
    static <R> Ready<R> withoutTypes(Function<Admitted, R> body) {
        return new Ready<>(NO_TYPES, Optional.empty(), Optional.empty(), "none", body);
    }
}
