package io.precinct.platform.run;

import io.precinct.policy.DecisionInput;

/**
 * Circumstances of a request that decision and trail need.
 *
 * @param ip of the caller; empty for background work
 */
public record RequestContext(String requestId, String ip, DecisionInput.Channel channel) {
    /** For background work. */
    public static RequestContext background(String requestId) {
        return new RequestContext(requestId, "", DecisionInput.Channel.INTERNAL);
    }
}
