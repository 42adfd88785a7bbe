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

    /** Decides, and says how the decision was come by. */
    default Answer answer(PolicyRef policy, DecisionInput input) {
        return new Answer(decide(policy, input), false);
    }

    /** @param remembered the decision is that of an equal question, asked before */
    record Answer(Decision decision, boolean remembered) {}
}
