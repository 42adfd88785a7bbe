package io.precinct.policy;

/**
 * Answers questions by a tenant's policy. Total: an undefined, malformed, late or impossible answer is a denial with
 * {@link Decision.Outcome#POLICY_UNAVAILABLE}, never an exception and never an allowance. Safe for any number of
 * threads, virtual ones included.
 */
public interface Decider {
    /**
     * Decides {@code input} by the given revision. A revision of another tenant than the resource's is a denial.
     */
    Decision decide(PolicyRef policy, DecisionInput input);
}
