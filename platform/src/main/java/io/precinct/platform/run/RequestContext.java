package io.precinct.platform.run;

import io.precinct.policy.DecisionInput;
import java.util.function.BooleanSupplier;

/**
 * Circumstances of a request that decision and trail need.
 *
 * @param ip of the caller; empty for background work
 * @param departed whether the caller no longer waits for the answer, which ends what only reads
 */
public record RequestContext(String requestId, String ip, DecisionInput.Channel channel, BooleanSupplier departed) {
    /** For background work. */
    public static RequestContext background(String requestId) {
        return new RequestContext(requestId, "", DecisionInput.Channel.INTERNAL, () -> false);
    }
}
