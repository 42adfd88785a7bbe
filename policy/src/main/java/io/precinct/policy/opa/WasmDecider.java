package io.precinct.policy.opa;

import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.InputEncoder;
import io.precinct.policy.PolicyRef;

/** Decides in process, evaluating every question. Close it to end its watchdog thread. */
public final class WasmDecider implements ProjectedDecider, AutoCloseable {
    private final WasmEvaluator evaluator;
    private final EncodedDecider decider;
    private final InputEncoder encoder;

    public WasmDecider(CompiledPolicy compiled, PolicySource source, WasmSettings settings) {
        evaluator = new WasmEvaluator(compiled, source, settings);
        decider = new EncodedDecider(evaluator, compiled.revision());
        encoder = new InputEncoder(compiled.paths());
    }

    @Override
    public Decision decide(PolicyRef policy, DecisionInput input) {
        return decide(policy, input, encoder.encode(input));
    }

    @Override
    public Decision decide(PolicyRef policy, DecisionInput input, byte[] projected) {
        return decider.decide(policy, input, projected);
    }

    @Override
    public InputEncoder projection() {
        return encoder;
    }

    /** Loads a revision off the request path; true when it is there to decide. */
    public boolean load(PolicyRef policy) {
        try {
            evaluator.load(policy);
            return true;
        } catch (PolicyFailure e) {
            return false;
        }
    }

    @Override
    public void close() {
        evaluator.close();
    }
}
