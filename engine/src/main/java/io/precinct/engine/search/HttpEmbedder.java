package io.precinct.engine.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EngineFailure.EmbeddingFailed;
import io.precinct.engine.EngineFailure.EmbeddingFailed.Cause;
import io.precinct.engine.EngineFailure.Retry;
import io.precinct.engine.search.EmbedderSettings.Patience;
import io.precinct.engine.spi.Embedder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A provider over HTTP. An attempt that finds no connection, takes too long, or is answered 408, 429 or 5xx is tried
 * again after a pause that doubles and is jittered, as long as attempts and time are left; another 4xx is final.
 * Vectors are scaled to length one. Neither keys nor texts enter an error.
 */
final class HttpEmbedder implements Embedder {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String model;
    private final URI endpoint;
    private final Optional<String> key;
    private final EmbeddingWire wire;
    private final Patience patience;
    private HttpClient client;

    HttpEmbedder(String model, URI base, Optional<String> key, EmbeddingWire wire, Patience patience) {
        this.model = model;
        this.endpoint = URI.create(base.toString().replaceFirst("/+$", "") + wire.path(model));
        this.key = key;
        this.wire = wire;
        this.patience = patience;
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public List<float[]> embed(List<String> texts, int dimension) {
        long end = System.nanoTime() + patience.deadline().toNanos();
        byte[] body = wire.request(model, texts, dimension).toString().getBytes(StandardCharsets.UTF_8);
        for (int attempt = 1; ; attempt++) {
            Attempt made = attempt(body, end);
            switch (made) {
                case Attempt.Answer answer -> {
                    return vectors(answer.body(), texts.size());
                }
                case Attempt.Refused refused ->
                    throw failed(
                            Cause.REFUSED,
                            "the provider refuses with status " + refused.status()
                                    + (refused.status() == 401 || refused.status() == 403
                                            ? "; check the key in the environment"
                                            : ""),
                            Retry.NEVER);
                case Attempt.Missed missed -> {
                    Duration pause = pause(attempt);
                    boolean late = System.nanoTime() + pause.toNanos() - end >= 0;
                    if (attempt >= patience.attempts() || late) {
                        throw failed(
                                Cause.UNAVAILABLE,
                                missed.what() + " at attempt " + attempt + " of " + patience.attempts(),
                                Retry.LATER);
                    }
                    sleep(pause);
                }
            }
        }
    }

    private sealed interface Attempt {
        record Answer(String body) implements Attempt {}

        record Refused(int status) implements Attempt {}

        /** May go well another time. */
        record Missed(String what) implements Attempt {}
    }

    private Attempt attempt(byte[] body, long end) {
        long left = Math.max(
                1_000_000, Math.min(end - System.nanoTime(), patience.timeout().toNanos()));
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint)
                .timeout(Duration.ofNanos(left))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        key.ifPresent(secret -> request.header(wire.keyHeaderName(), wire.keyHeader(secret)));
        try {
            HttpResponse<String> response =
                    client().send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            int status = response.statusCode();
            if (status / 100 == 2) {
                return new Attempt.Answer(response.body());
            }
            return status == 408 || status == 429 || status >= 500
                    ? new Attempt.Missed("the provider answers with status " + status)
                    : new Attempt.Refused(status);
        } catch (IOException unreachable) {
            return new Attempt.Missed(
                    "the provider can't be reached (" + unreachable.getClass().getSimpleName() + ")");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new EngineException(new EngineFailure.Interrupted(false), interrupted);
        }
    }

    private List<float[]> vectors(String body, int texts) {
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (JsonProcessingException broken) {
            throw failed(Cause.INVALID_ANSWER, "the provider's answer is no JSON", Retry.NEVER);
        }
        List<float[]> vectors = wire.vectors(answer, texts)
                .orElseThrow(() -> failed(
                        Cause.INVALID_ANSWER, "the provider's answer doesn't hold " + texts + " vectors", Retry.NEVER));
        return vectors.stream().map(Lengths::toOne).toList();
    }

    /** Doubles from attempt to attempt, and takes from half to all of it, so that many callers don't come back at once. */
    private Duration pause(int attempt) {
        long whole = patience.backoff().toMillis() << Math.min(attempt - 1, 16);
        return Duration.ofMillis(whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1));
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new EngineException(new EngineFailure.Interrupted(false), interrupted);
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .connectTimeout(patience.timeout())
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
        }
        return client;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
            client = null;
        }
    }

    private static EngineException failed(Cause cause, String detail, Retry retry) {
        return new EngineException(new EmbeddingFailed(cause, detail, retry));
    }
}
