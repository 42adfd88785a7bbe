package io.precinct.platform.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of JSON and one timer sample per request. The operation is the declared one of the route, never the path:
 * paths and query strings name graphs and entities. The same reason keeps the metric's labels bounded.
 */
public final class RequestLogFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger("io.precinct.request");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final transient MeterRegistry meters;
    private final transient ObjectMapper json = new ObjectMapper();

    public RequestLogFilter(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long began = System.nanoTime();
        RequestFacts facts = RequestFacts.of(request);
        boolean failed = true;
        try {
            chain.doFilter(request, response);
            failed = false;
        } finally {
            int status = failed ? 500 : response.getStatus();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "OTHER";
            String operation = facts.operation().orElse("none");
            meters.timer(
                            "precinct.http.requests",
                            "method",
                            method,
                            "operation",
                            operation,
                            "status",
                            status / 100 + "xx")
                    .record(took);
            if (LOG.isInfoEnabled()) {
                ObjectNode line = json.createObjectNode()
                        .put("request_id", RequestId.of(request))
                        .put("method", method)
                        .put("operation", operation)
                        .put("status", status)
                        .put("duration_ms", took.toMillis());
                facts.tenant().ifPresent(tenant -> line.put("tenant", tenant));
                facts.subject().ifPresent(subject -> line.put("subject", subject));
                LOG.info("{}", line);
            }
        }
    }
}
