package io.precinct.policy.opa;

import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.DecisionReader;
import io.precinct.policy.InvalidDocumentException;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.StrictJson;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Asks a {@link RawEvaluator} and reads its answer strictly. The one place where a failure becomes a denial.
 */
final class EncodedDecider {
    private static final Logger LOG = System.getLogger(EncodedDecider.class.getName());

    private final RawEvaluator evaluator;
    private final String platformRevision;

    EncodedDecider(RawEvaluator evaluator, String platformRevision) {
        this.evaluator = evaluator;
        this.platformRevision = platformRevision;
    }

    Decision decide(PolicyRef policy, DecisionInput input, byte[] encoded) {
        String revision = "plat@" + platformRevision + "+" + policy.revision().value();
        String id = decisionId(revision, policy, encoded);
        if (!policy.tenant().equals(input.resource().tenant())) {
            return Decision.unavailable("policy_of_another_tenant", revision, id);
        }
        try {
            StrictJson answer = StrictJson.parse(evaluator.evaluate(policy, encoded));
            return DecisionReader.read(unwrap(answer), input, policy.revision(), revision, id);
        } catch (PolicyFailure e) {
            LOG.log(Level.WARNING, "no decision " + id + " for tenant " + policy.tenant() + ": " + e.getMessage());
            return Decision.unavailable(e.causeCode(), revision, id);
        } catch (InvalidDocumentException e) {
            LOG.log(
                    Level.ERROR,
                    "unreadable decision " + id + " for tenant " + policy.tenant() + ": " + e.getMessage());
            return Decision.unavailable("malformed", revision, id);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(Level.ERROR, "failed decision " + id + " for tenant " + policy.tenant(), e);
            return Decision.unavailable("failed", revision, id);
        }
    }

    private StrictJson unwrap(StrictJson answer) throws PolicyFailure {
        StrictJson holder = switch (evaluator.form()) {
            case RESULT -> answer;
            case RESULT_SET -> {
                List<StrictJson> results = answer.items();
                if (results.isEmpty()) {
                    throw new PolicyFailure("undefined", "the policy has no decision for this question");
                }
                if (results.size() > 1) {
                    throw answer.invalid("holds more than one decision");
                }
                yield results.getFirst();
            }
        };
        StrictJson decision = holder.optional("result")
                .orElseThrow(() -> new PolicyFailure("undefined", "the policy has no decision for this question"));
        if (evaluator.form() == RawEvaluator.AnswerForm.RESULT) {
            // The server numbers its decisions and may add warnings; neither decides anything.
            holder.optional("decision_id");
            holder.optional("warning");
        }
        holder.done();
        return decision;
    }

    private static String decisionId(String revision, PolicyRef policy, byte[] encoded) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((revision + "\n" + policy.tenant() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return "dec_" + HexFormat.of().formatHex(digest.digest(encoded), 0, 13);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
