package io.precinct.platform.run;

import io.precinct.policy.DecisionInput;
import java.util.function.BooleanSupplier;

/**
 * Circumstances of a request that decision and trail need.
 *
 * @param ip of the caller; empty for background work
 * @param departed whether the caller no longer waits for the answer, which ends what only reads
 * @param conditions on what terms a write is to be made
 */
public record RequestContext(
        String requestId, String ip, DecisionInput.Channel channel, BooleanSupplier departed, Conditions conditions) {
    /** For background work. */
    public static RequestContext background(String requestId) {
        return new RequestContext(requestId, "", DecisionInput.Channel.INTERNAL, () -> false, Conditions.NONE);
    }
}
