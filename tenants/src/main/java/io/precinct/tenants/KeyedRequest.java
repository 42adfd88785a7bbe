package io.precinct.tenants;

import io.precinct.engine.CommitId;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that its sender gave a key, so that it may be sent again when nobody heard what became of it.
 *
 * @param subject who sent it; the same key of another subject is another request
 */
public record KeyedRequest(TenantId tenant, String subject, String key) {
    /** What is to be done with a request that has just come in. */
    public sealed interface Claim {
        /**
         * It is to be carried out.
         *
         * @param holder of this try alone
         * @param commit the one name under which any try of it publishes
         */
        record Granted(KeyedRequest request, String holder, CommitId commit) implements Claim {}

        /** It was carried out. {@code digest} is empty when nobody knows what was asked. */
        record Answered(Optional<String> digest, int status, String answer) implements Claim {}

        /** Another try is under way. */
        record Held(Duration remaining) implements Claim {}

        /** The key belongs to a request for something else. */
        record Different() implements Claim {}
    }

    /** Where the branch stood when the request was tried for the first time. */
    public record Place(String stream, long since) {}
}
