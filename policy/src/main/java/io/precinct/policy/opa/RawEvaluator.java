package io.precinct.policy.opa;

import io.precinct.policy.PolicyRef;

/** Puts encoded questions to OPA and hands back its text, unread. Thread-safe. */
interface RawEvaluator {
    /**
     * @param input canonical JSON restricted to the paths that the policy reads, or all of it
     * @return the answer's bytes as {@link AnswerForm} describes them
     * @throws PolicyFailure when there is none
     */
    byte[] evaluate(PolicyRef policy, byte[] input) throws PolicyFailure;

    /** How the decision is wrapped in the answer. */
    AnswerForm form();

    /** WASM answers {@code [{"result": …}]}, the server {@code {"result": …}}. */
    enum AnswerForm {
        RESULT_SET,
        RESULT
    }
}
