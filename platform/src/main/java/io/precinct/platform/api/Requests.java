package io.precinct.platform.api;

import io.precinct.platform.run.RequestContext;
import io.precinct.platform.web.Departures;
import io.precinct.platform.web.RequestConditions;
import io.precinct.platform.web.RequestId;
import io.precinct.policy.DecisionInput;
import jakarta.servlet.http.HttpServletRequest;

/** What decision and trail need of an HTTP request. */
final class Requests {
    private Requests() {}

    static RequestContext context(HttpServletRequest request) {
        return new RequestContext(
                RequestId.of(request),
                request.getRemoteAddr(),
                DecisionInput.Channel.REST,
                Departures.of(request),
                RequestConditions.of(request));
    }
}
