package io.precinct.platform.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * {@code /healthz} says that the process answers; {@code /readyz} that it should get requests: not draining and every
 * check passes. Checks are named and say in a word why they fail, so that an operator sees what is missing; whatever
 * names places stays in the log, since anybody may ask.
 */
public final class Probes {
    /** Answers quickly and never throws; called by one request at a time per probe, from any thread. */
    @FunctionalInterface
    public interface ReadinessCheck {
        /** What is missing, in one word; empty when this condition holds. */
        Optional<String> missing();

        static ReadinessCheck that(BooleanSupplier holds, String otherwise) {
            return () -> holds.getAsBoolean() ? Optional.empty() : Optional.of(otherwise);
        }
    }

    private final Drain drain;
    private final Map<String, ReadinessCheck> checks;
    private final ObjectMapper json;
    private final String version;

    public Probes(Drain drain, Map<String, ReadinessCheck> checks, String version, ObjectMapper json) {
        this.drain = drain;
        this.checks = Map.copyOf(checks);
        this.version = version;
        this.json = json;
    }

    public HttpServlet health() {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                answer(request, response, 200, healthBody());
            }
        };
    }

    public HttpServlet readiness() {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                Map<String, Boolean> results = new LinkedHashMap<>();
                Map<String, String> reasons = new LinkedHashMap<>();
                checks.keySet().stream().sorted().forEach(name -> {
                    Optional<String> missing = checks.get(name).missing();
                    results.put(name, missing.isEmpty());
                    missing.ifPresent(reason -> reasons.put(name, reason));
                });
                boolean ready = !drain.draining() && results.values().stream().allMatch(Boolean::booleanValue);
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("ready", ready);
                body.put("status", drain.draining() ? "draining" : "serving");
                body.put("checks", results);
                body.put("reasons", reasons);
                answer(request, response, ready ? 200 : 503, body);
            }
        };
    }

    /** The body of {@code healthz}, shared with the tenant-prefixed route that answers the same for every tenant. */
    public Health healthBody() {
        return new Health("ok", version);
    }

    /** That the process answers, and which version it is. */
    public record Health(String status, String version) {}

    private void answer(HttpServletRequest request, HttpServletResponse response, int status, Object body)
            throws IOException {
        RequestFacts.of(request).operation("probe");
        response.setHeader("Cache-Control", "no-store");
        Answers.bytes(response, status, "application/json", json.writeValueAsBytes(body));
    }
}
