package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.Provenance;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.spi.AccessGate;
import io.precinct.platform.identity.Caller;
import io.precinct.policy.Decision;
import io.precinct.policy.Limits;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An operation's licence to run.
 *
 * @param gate the decision as the engine asks for it
 * @param budget the decision's limits on the engine
 * @param limits the decision's limits; rows and bytes beyond them are cut off a result, and it says so
 * @param by what its commits will say of their origin
 * @param conditions on what terms they are to be made
 * @param readable whether the caller may read a branch; asked of the policy, and remembered for the operation
 * @param gates what the caller may see of what was done on another branch; asked of the policy with the operation's own
 *     action and types, and empty where that is denied
 * @param forkable whether the caller may make the second branch from the first; asked of the policy
 */
public record Admitted(
        Caller caller,
        Decision decision,
        AccessGate gate,
        ExecutionBudget budget,
        Limits limits,
        Provenance by,
        Conditions conditions,
        Predicate<BranchName> readable,
        Function<BranchName, Optional<AccessGate>> gates,
        BiPredicate<BranchName, BranchName> forkable) {
    /** Origin and terms of a commit on the branch. */
    Provenance by(Graph graph, BranchName branch) {
        return conditions.of(by, graph, branch);
    }

    boolean reads(BranchName branch) {
        return readable.test(branch);
    }

    boolean forks(BranchName from, BranchName to) {
        return forkable.test(from, to);
    }
}
