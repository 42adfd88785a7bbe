package io.precinct.engine;

import java.util.Optional;

/**
 * Who a commit belongs to; stored on the commit for ever.
 *
 * @param actor identity of the subject, as the host knows it
 * @param requestId joins the commit with the host's audit trail
 * @param decisionId the policy decision under which it was made
 */
public record Provenance(String actor, String requestId, Optional<String> decisionId) {}
