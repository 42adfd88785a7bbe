package io.precinct.policy.opa;

import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.InputEncoder;
import io.precinct.policy.PolicyRef;

/** A decider whose answers depend on nothing but the revision and the bytes that {@link #projection()} writes. */
public interface ProjectedDecider extends Decider {
    /** Decides with the input already written by {@link #projection()}. */
    Decision decide(PolicyRef policy, DecisionInput input, byte[] projected);

    InputEncoder projection();
}
