package io.precinct.policy.opa;

import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.InputEncoder;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks an OPA server that holds the built-in modules, over {@code POST /v1/data/precinct/main/decision}. The server must
 * hold the tenant's document under {@code data.tenants}; {@link #publish} puts it there. No answer, an answer by another
 * revision or the empty answer of a server without policies is a denial.
 */
public final class OpaServerDecider implements Decider {
    private final EncodedDecider decider;
    private final HttpClient client;
    private final URI server;
    private final Duration timeout;

    /**
     * @param server its address, for example {@code http://127.0.0.1:8181}
     * @param timeout longest wait for a whole answer
     */
    public OpaServerDecider(URI server, Duration timeout) {
        this.server = server;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder().connectTimeout(timeout).build();
        this.decider = new EncodedDecider(new Server(), "server");
    }

    @Override
    public Decision decide(PolicyRef policy, DecisionInput input) {
        return decider.decide(policy, input, InputEncoder.COMPLETE.encode(input));
    }

    /** Gives the server a tenant's prepared policy in place of the one it had; on the publishing path, never in a request. */
    public void publish(String tenant, PreparedPolicy policy) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        server.resolve("/v1/data/tenants/" + URLEncoder.encode(tenant, StandardCharsets.UTF_8)))
                .timeout(timeout.multipliedBy(20))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(policy.json()))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(
                    "the OPA server answered " + response.statusCode() + " to a policy document; see its log");
        }
    }

    private final class Server implements RawEvaluator {
        @Override
        public AnswerForm form() {
            return AnswerForm.RESULT;
        }

        @Override
        public byte[] evaluate(PolicyRef policy, byte[] input) throws PolicyFailure {
            ByteArrayOutputStream body = new ByteArrayOutputStream(input.length + 16);
            body.writeBytes("{\"input\":".getBytes(StandardCharsets.US_ASCII));
            body.writeBytes(input);
            body.write('}');
            HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/data/precinct/main/decision"))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                    .build();
            CompletableFuture<byte[]> answer = client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                    .thenApplyAsync(Server::body);
            try {
                return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                answer.cancel(true);
                throw new PolicyFailure("late", "the OPA server did not answer within " + timeout, e);
            } catch (ExecutionException e) {
                throw new PolicyFailure("unreachable", "the OPA server gave no answer: " + e.getCause(), e);
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new PolicyFailure("interrupted", "interrupted while waiting for the OPA server", e);
            }
        }

        private static byte[] body(HttpResponse<InputStream> response) {
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new IllegalStateException("status " + response.statusCode());
                }
                byte[] bytes = body.readNBytes(PolicyInstance.MOST_ANSWER_BYTES + 1);
                if (bytes.length > PolicyInstance.MOST_ANSWER_BYTES) {
                    throw new IllegalStateException(
                            "an answer longer than " + PolicyInstance.MOST_ANSWER_BYTES + " bytes");
                }
                return bytes;
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
