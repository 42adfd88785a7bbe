package io.precinct.policy;

import java.util.List;
import java.util.Optional;

/**
 * What the policy answered. Immutable; the same object may be handed out for every equal question.
 *
 * @param reasons why, as codes; at least one
 * @param obligations what holds for the allowed operation; {@link Obligations#NOTHING} with every denial
 * @param denyAs how a denial must look to the caller
 * @param policyRevision platform and tenant revision that decided
 * @param decisionId names the question and its answer: derived from the revision and the bytes the policy read, so
 *     equal questions share it; the trail tells requests apart by request id
 */
public record Decision(
        Outcome outcome,
        List<Reason> reasons,
        Obligations obligations,
        DenyAs denyAs,
        String policyRevision,
        String decisionId) {

    public enum Outcome {
        ALLOWED,
        /** The policy refuses. */
        DENIED,
        /** There is no trustworthy answer; a later attempt may have one. */
        POLICY_UNAVAILABLE
    }

    public enum DenyAs {
        FORBIDDEN,
        NOT_FOUND
    }

    /**
     * One reason.
     *
     * @param code {@code grant}, {@code no_grant}, {@code type_not_granted}, {@code guardrail}, …
     * @param rule the grant, guardrail or type that it is about; empty when there is none
     */
    public record Reason(String code, Optional<String> rule) {}

    public Decision {
        reasons = List.copyOf(reasons);
        if (reasons.isEmpty()) {
            throw new IllegalArgumentException("a decision gives at least one reason");
        }
        if (outcome != Outcome.ALLOWED && !obligations.types().isEmpty()) {
            throw new IllegalArgumentException("a denial opens no type");
        }
    }

    public boolean allow() {
        return outcome == Outcome.ALLOWED;
    }

    /** A denial because no trustworthy answer exists; {@code cause} is a code such as {@code late} or {@code malformed}. */
    public static Decision unavailable(String cause, String policyRevision, String decisionId) {
        return new Decision(
                Outcome.POLICY_UNAVAILABLE,
                List.of(new Reason("policy_unavailable", Optional.of(cause))),
                Obligations.NOTHING,
                DenyAs.FORBIDDEN,
                policyRevision,
                decisionId);
    }
}
