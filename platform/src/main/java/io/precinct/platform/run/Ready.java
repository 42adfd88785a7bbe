package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.query.TouchedTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * An operation that is understood but not yet decided.
 *
 * @param touched the types that the decision must speak of
 * @param mentions how the operation came by those types
 * @param branches what it reads or changes; for a commit the branch that the commit was made on. Several mean that it is
 *     about whichever of them the policy allows, and none allowed is a denial
 * @param targetBranch what it creates or deletes
 * @param absence what to tell a caller who may not read the branch and may read another
 * @param statement read, insert, update, delete, load, export or none: for the decision's input
 * @param body does it, after the decision allowed it
 */
record Ready<R>(
        TouchedTypes touched,
        Mentions mentions,
        List<BranchName> branches,
        Optional<BranchName> targetBranch,
        String statement,
        Optional<Absence> absence,
        Function<Admitted, R> body) {
    static final TouchedTypes NO_TYPES = TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of());

    /** How an operation came by the types that it touches: what may be told of those that don't exist for the caller. */
    enum Mentions {
        /** A text names them, and the body holds what was compiled from it. */
        COMPILED,
        /** The caller named them. */
        NAMED,
        /** It takes whatever there is. */
        SWEPT
    }

    /** To whoever may read one of the other branches only, what was asked for does not exist. */
    record Absence(List<BranchName> others, EngineException answer) {}

    Ready {
        branches = List.copyOf(branches);
    }

    Ready(
            TouchedTypes touched,
            Mentions mentions,
            List<BranchName> branches,
            Optional<BranchName> targetBranch,
            String statement,
            Function<Admitted, R> body) {
        this(touched, mentions, branches, targetBranch, statement, Optional.empty(), body);
    }

    /** For operations that touch no type of a graph. */
    static <R> Ready<R> withoutTypes(Function<Admitted, R> body) {
        return withoutTypes(List.of(), body);
    }

    static <R> Ready<R> withoutTypes(List<BranchName> branches, Function<Admitted, R> body) {
        return new Ready<>(NO_TYPES, Mentions.SWEPT, branches, Optional.empty(), "none", body);
    }

    /** A question about a graph or one branch of it, without a deed. */
    static Ready<?> about(Optional<BranchName> branch) {
        return about(branch, Optional.empty());
    }

    static Ready<?> about(Optional<BranchName> branch, Optional<BranchName> target) {
        return new Ready<>(
                NO_TYPES, Mentions.SWEPT, branch.stream().toList(), target, "none", admitted -> Optional.empty());
    }

    /** The same question about one of its branches. */
    Ready<R> on(BranchName branch) {
        return new Ready<>(touched, mentions, List.of(branch), targetBranch, statement, absence, body);
    }

    /** The same question with another deed. */
    Ready<R> doing(Function<Admitted, R> deed) {
        return new Ready<>(touched, mentions, branches, targetBranch, statement, absence, deed);
    }

    /** The branch that it is about; empty when it is about none or about several. */
    Optional<BranchName> branch() {
        return branches.size() == 1 ? Optional.of(branches.getFirst()) : Optional.empty();
    }
}
