package io.precinct.policy.opa;

import io.precinct.policy.Decider;
import io.precinct.policy.InputEncoder;
import java.nio.charset.StandardCharsets;

/** The contract at the seam where the module's raw answer comes in. */
class WasmDeciderTest extends DeciderContract {
    private interface Answer {
        byte[] give() throws PolicyFailure;
    }

    private static Decider given(Answer answer) {
        EncodedDecider decider = new EncodedDecider(
                new RawEvaluator() {
                    @Override
                    public byte[] evaluate(io.precinct.policy.PolicyRef policy, byte[] input) throws PolicyFailure {
                        return answer.give();
                    }

                    @Override
                    public AnswerForm form() {
                        return AnswerForm.RESULT_SET;
                    }
                },
                "test");
        return (policy, input) -> decider.decide(policy, input, InputEncoder.COMPLETE.encode(input));
    }

    @Override
    Decider answering(String decision) {
        return answeringRaw(("[{\"result\":" + decision + "}]").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    Decider answeringRaw(byte[] answer) {
        return given(() -> answer);
    }

    @Override
    Decider breakingOff() {
        return given(() -> {
            throw new PolicyInstance.Aborted("out of memory");
        });
    }

    @Override
    Decider late() {
        return given(() -> {
            throw new PolicyFailure("late", "too long");
        });
    }
}
