package io.precinct.engine;

import java.util.Optional;

/**
 * Who a commit belongs to, stored on the commit for ever, and on what terms it may be made.
 *
 * @param actor identity of the subject, as the host knows it
 * @param requestId joins the commit with the host's audit trail
 * @param decisionId the policy decision under which it was made
 */
public record Provenance(String actor, String requestId, Optional<String> decisionId, WriteTerms terms) {
    /** Without terms. */
    public Provenance(String actor, String requestId, Optional<String> decisionId) {
        this(actor, requestId, decisionId, WriteTerms.NONE);
    }

    public Provenance on(WriteTerms other) {
        return new Provenance(actor, requestId, decisionId, other);
    }
}
