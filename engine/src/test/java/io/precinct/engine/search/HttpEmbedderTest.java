package io.precinct.engine.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure.Retry;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.search.EmbedderSettings.Patience;
import io.precinct.engine.search.EmbedderSettings.Provider;
import io.precinct.engine.spi.Embedder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Providers over HTTP against a server of this test's own on the loopback address. */
class HttpEmbedderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Patience QUICK =
            new Patience(Duration.ofSeconds(20), Duration.ofSeconds(10), 3, Duration.ofMillis(2));
    private static final EntityType.Node NOTE = SchemaCompiler.compile(
                    "node Note { text: String  vec: Vector(2)? @embed(\"text\", model=\"m-1\")  free: Vector(2)? }")
            .node("Note")
            .orElseThrow();

    private record Asked(String path, String authorization, String key, JsonNode body) {}

    private record Reply(int status, String body) {}

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private List<Reply> replies = List.of();
    private boolean hangs;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        int at = asked.size();
        asked.add(new Asked(
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("x-goog-api-key"),
                JSON.readTree(exchange.getRequestBody())));
        if (hangs) {
            try {
                over.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }
        Reply reply = replies.get(Math.min(at, replies.size() - 1));
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void replies(Reply... given) {
        replies = List.of(given);
    }

    private static Reply vectors(String... vectors) {
        StringBuilder data = new StringBuilder();
        for (int i = vectors.length - 1; i >= 0; i--) {
            data.append(data.isEmpty() ? "" : ",").append("{\"index\":" + i + ",\"embedding\":" + vectors[i] + "}");
        }
        return new Reply(200, "{\"data\":[" + data + "]}");
    }

    private URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/");
    }

    private Embedder open(Provider provider, Patience patience) {
        return new EmbedderSettings(provider, Optional.of("m-1"), Optional.of(base()), patience)
                .open(Map.of("PRECINCT_EMBEDDING_KEY", "general", "GEMINI_API_KEY", "own")::get);
    }

    private EngineException failure(Provider provider, Patience patience, Property property) {
        try (Embedder embedder = open(provider, patience)) {
            return catchThrowableOfType(
                    EngineException.class, () -> new Embeddings(embedder).of("text", NOTE, property));
        }
    }

    private EngineException failure() {
        return failure(Provider.OPENAI_COMPATIBLE, QUICK, vec());
    }

    private static Property vec() {
        return NOTE.property("vec").orElseThrow();
    }

    @Test
    void openAiFormAsksOnceForAllAndPutsTheAnswersInOrder() {
        replies(vectors("[3, 4]", "[0, -2]"));
        try (Embedder embedder = open(Provider.OPENAI_COMPATIBLE, QUICK)) {
            List<float[]> vectors = embedder.embed(List.of("one", "two"), 2);
            assertThat(vectors.get(0)).containsExactly(new float[] {0.6f, 0.8f}, within(1e-6f));
            assertThat(vectors.get(1)).containsExactly(0f, -1f);
        }
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().path()).isEqualTo("/v1/embeddings");
        assertThat(asked.getFirst().authorization()).isEqualTo("Bearer general");
        assertThat(asked.getFirst().body().toString())
                .isEqualTo(
                        "{\"model\":\"m-1\",\"dimensions\":2,\"encoding_format\":\"float\",\"input\":[\"one\",\"two\"]}");
    }

    @Test
    void geminiFormAsksOnceForAllWithItsOwnKey() {
        replies(new Reply(200, "{\"embeddings\":[{\"values\":[1,0]},{\"values\":[0,5]}]}"));
        try (Embedder embedder = open(Provider.GEMINI, QUICK)) {
            assertThat(embedder.embed(List.of("one", "two"), 2).get(1)).containsExactly(0f, 1f);
        }
        assertThat(asked.getFirst().path()).isEqualTo("/v1/models/m-1:batchEmbedContents");
        assertThat(asked.getFirst().key()).isEqualTo("own");
        assertThat(asked.getFirst()
                        .body()
                        .at("/requests/1/content/parts/0/text")
                        .textValue())
                .isEqualTo("two");
        assertThat(asked.getFirst()
                        .body()
                        .at("/requests/0/outputDimensionality")
                        .intValue())
                .isEqualTo(2);
    }

    @Test
    void overloadAndServerErrorsAreTriedAgain() {
        replies(new Reply(429, ""), new Reply(503, ""), vectors("[1, 0]"));
        try (Embedder embedder = open(Provider.OPENAI, QUICK)) {
            assertThat(embedder.embed(List.of("x"), 2)).hasSize(1);
        }
        assertThat(asked).hasSize(3);
    }

    @Test
    void attemptsRunOut() {
        replies(new Reply(500, "secret of the provider"));
        EngineException failed = failure();
        assertThat(failed.failure().code()).isEqualTo("embedding_unavailable");
        assertThat(failed.failure().retry()).isEqualTo(Retry.LATER);
        assertThat(failed.failure().message()).contains("500").doesNotContain("secret", "general", "text");
        assertThat(asked).hasSize(3);
    }

    @Test
    void refusalIsFinal() {
        replies(new Reply(401, "{}"));
        EngineException failed = failure();
        assertThat(failed.failure().code()).isEqualTo("embedding_refused");
        assertThat(failed.failure().retry()).isEqualTo(Retry.NEVER);
        assertThat(asked).hasSize(1);
    }

    @Test
    void slowAttemptsTimeOutOneByOne() {
        hangs = true;
        replies(vectors("[1, 0]"));
        Patience patience = new Patience(Duration.ofSeconds(30), Duration.ofMillis(80), 2, Duration.ofMillis(1));
        assertThat(failure(Provider.OPENAI_COMPATIBLE, patience, vec())
                        .failure()
                        .code())
                .isEqualTo("embedding_unavailable");
        assertThat(asked).hasSize(2);
    }

    @Test
    void deadlineEndsTheAttempts() {
        replies(new Reply(503, ""));
        Patience patience = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(2), 9, Duration.ofHours(1));
        assertThat(failure(Provider.OPENAI_COMPATIBLE, patience, vec())
                        .failure()
                        .code())
                .isEqualTo("embedding_unavailable");
        assertThat(asked).hasSize(1);
    }

    @Test
    void providerThatIsNotThereIsUnavailable() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        EmbedderSettings settings = new EmbedderSettings(
                Provider.OPENAI_COMPATIBLE,
                Optional.of("m-1"),
                Optional.of(URI.create("http://127.0.0.1:" + port)),
                QUICK);
        try (Embedder embedder = settings.open(name -> null)) {
            EngineException failed = catchThrowableOfType(EngineException.class, () -> embedder.embed(List.of("x"), 2));
            assertThat(failed.failure().code()).isEqualTo("embedding_unavailable");
        }
    }

    @Test
    void uselessAnswersAreNamed() {
        for (String body : List.of(
                "no json",
                "{}",
                "{\"data\":[]}",
                "{\"data\":[{\"embedding\":[\"a\",1]}]}",
                "{\"data\":[{\"embedding\":[1,2,3]}]}",
                "{\"data\":[{\"embedding\":[0,0]}]}",
                "{\"data\":[{\"embedding\":[1e39,1]}]}")) {
            asked.clear();
            replies(new Reply(200, body));
            assertThat(failure().failure().code()).as(body).isEqualTo("embedding_invalid");
            assertThat(asked).as(body).hasSize(1);
        }
    }

    @Test
    void anotherModelThanTheRecordedIsRefusedWithoutAsking() {
        EngineException failed = catchThrowableOfType(
                EngineException.class, () -> new Embeddings(new MockEmbedder("m-2")).of("text", NOTE, vec()));
        assertThat(failed.failure().code()).isEqualTo("embedding_model_mismatch");
        assertThat(new Embeddings(new MockEmbedder("m-2"))
                        .of("text", NOTE, NOTE.property("free").orElseThrow()))
                .hasSize(2);
        assertThat(new Embeddings(new MockEmbedder("m-1")).of("text", NOTE, vec()))
                .hasSize(2);
    }

    @Test
    void interruptionEndsTheWaiting() throws InterruptedException {
        replies(new Reply(503, ""));
        Patience patience = new Patience(Duration.ofHours(1), Duration.ofMinutes(1), 9, Duration.ofMinutes(20));
        List<String> codes = new CopyOnWriteArrayList<>();
        Thread caller = new Thread(() -> codes.add(
                failure(Provider.OPENAI_COMPATIBLE, patience, vec()).failure().code()));
        caller.start();
        while (caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        caller.interrupt();
        caller.join();
        assertThat(codes).containsExactly("cancelled");
    }
}
