package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.DecisionReader;
import io.precinct.policy.InputEncoder;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.Questions;
import io.precinct.policy.StrictJson;
import io.precinct.policy.TenantPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same questions to every evaluator; {@code -Dprecinct.seed} repeats a run. */
class DifferentialTest {
    private static final int QUESTIONS = 5_000;
    private static final long SEED = Long.getLong("precinct.seed", System.nanoTime());
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static List<DecisionInput> questions;
    private static PreparedPolicy prepared;
    private static PolicyRef policy;
    private static WasmDecider wasm;
    private static List<Decision> decisions;

    @BeforeAll
    static void decideInProcess() {
        System.out.println("seed " + SEED);
        RandomQuestions random = new RandomQuestions(SEED);
        prepared = PreparedPolicy.of(TenantPolicy.parse(random.policy(120).getBytes(StandardCharsets.UTF_8)));
        policy = new PolicyRef(Questions.TENANT, prepared.revision());
        questions = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            questions.add(random.question());
        }
        WasmSettings patient = new WasmSettings(4, 8, 1024, 256, Duration.ofSeconds(10), Duration.ofSeconds(30));
        wasm = new WasmDecider(CompiledPolicy.builtIn(), asked -> Optional.of(prepared), patient);
        decisions = questions.stream()
                .map(question -> wasm.decide(policy, question))
                .toList();
    }

    @AfterAll
    static void close() {
        wasm.close();
    }

    @Test
    void questionsAreWorthAsking() {
        assertThat(decisions).noneMatch(decision -> decision.outcome() == Decision.Outcome.POLICY_UNAVAILABLE);
        long allowed = decisions.stream().filter(Decision::allow).count();
        System.out.println(allowed + " of " + QUESTIONS + " allowed");
        assertThat(allowed).as("seed " + SEED).isBetween(QUESTIONS / 20L, QUESTIONS * 19L / 20);
    }

    @Test
    void opaEvalDecidesTheSame(@TempDir Path folder) throws IOException, InterruptedException {
        ArrayNode all = MAPPER.createArrayNode();
        for (DecisionInput question : questions) {
            all.add(MAPPER.readTree(InputEncoder.COMPLETE.encode(question)));
        }
        Path data = folder.resolve("data.json");
        MAPPER.writeValue(
                data.toFile(),
                MAPPER.createObjectNode()
                        .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                                "tenants",
                                MAPPER.createObjectNode().set(Questions.TENANT, MAPPER.readTree(prepared.json()))));
        Path inputs = folder.resolve("inputs.json");
        MAPPER.writeValue(inputs.toFile(), all);
        JsonNode answer = MAPPER.readTree(OpaTool.run(
                "eval",
                "-f",
                "json",
                "-d",
                "lib",
                "-d",
                "main",
                "-d",
                "platform",
                "-d",
                "tenant",
                "-d",
                "data/platform.json",
                "-d",
                data.toString(),
                "-i",
                inputs.toString(),
                "[d | some q in input; d := data.precinct.main.decision with input as q]"));
        JsonNode values = answer.at("/result/0/expressions/0/value");
        assertThat(values.size()).isEqualTo(QUESTIONS);
        for (int i = 0; i < QUESTIONS; i++) {
            Decision own = decisions.get(i);
            Decision theirs = DecisionReader.read(
                    StrictJson.parse(MAPPER.writeValueAsBytes(values.get(i))),
                    questions.get(i),
                    policy.revision(),
                    own.policyRevision(),
                    own.decisionId());
            assertThat(theirs).as("seed " + SEED + " question " + i).isEqualTo(own);
        }
    }

    @Test
    void opaServerDecidesTheSame() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path log = Files.createTempFile("opa-server", ".log");
        Process server = new ProcessBuilder(
                        OpaTool.executable(),
                        "run",
                        "--server",
                        "--addr",
                        "127.0.0.1:" + port,
                        "--log-level",
                        "error",
                        "lib",
                        "main",
                        "platform",
                        "tenant",
                        "data/platform.json")
                .directory(OpaTool.REGO.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            URI address = URI.create("http://127.0.0.1:" + port);
            awaitHealth(address, server, log);
            OpaServerDecider decider = new OpaServerDecider(address, Duration.ofSeconds(20));
            Decision before = decider.decide(policy, questions.getFirst());
            assertThat(before.outcome()).isEqualTo(Decision.Outcome.POLICY_UNAVAILABLE);
            decider.publish(Questions.TENANT, prepared);
            for (int i = 0; i < QUESTIONS; i++) {
                same(decisions.get(i), decider.decide(policy, questions.get(i)), "seed " + SEED + " question " + i);
            }
        } finally {
            server.destroyForcibly();
        }
    }

    /** Asks until the server answers; the process ending or a minute passing fails the test. */
    private static void awaitHealth(URI address, Process server, Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest health =
                    HttpRequest.newBuilder(address.resolve("/health")).build();
            while (server.isAlive() && System.nanoTime() < deadline) {
                try {
                    if (client.send(health, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (ConnectException e) {
                    Thread.onSpinWait();
                }
            }
        }
        throw new AssertionError("the OPA server did not start: " + Files.readString(log));
    }

    private static void same(Decision expected, Decision actual, String question) {
        assertThat(actual.outcome()).as(question).isEqualTo(expected.outcome());
        assertThat(actual.reasons()).as(question).isEqualTo(expected.reasons());
        assertThat(actual.obligations()).as(question).isEqualTo(expected.obligations());
        assertThat(actual.denyAs()).as(question).isEqualTo(expected.denyAs());
    }

    @Test
    void whatIsNotReadChangesNothingAndIsNotEvenSent() {
        RandomQuestions random = new RandomQuestions(SEED + 1);
        for (int i = 0; i < QUESTIONS; i++) {
            DecisionInput scrambled = random.scrambled(questions.get(i));
            assertThat(wasm.projection().encode(scrambled))
                    .as("seed " + SEED + " question " + i)
                    .isEqualTo(wasm.projection().encode(questions.get(i)));
            // Evaluated with every field, so that a path missing from the list would show.
            same(
                    decisions.get(i),
                    wasm.decide(policy, scrambled, InputEncoder.COMPLETE.encode(scrambled)),
                    "seed " + SEED + " question " + i);
        }
    }

    @Test
    void rememberedDecisionIsTheVerySameObject() {
        RememberingDecider remembering = new RememberingDecider(wasm, 64 << 20);
        for (int i = 0; i < QUESTIONS; i++) {
            Decision first = remembering.decide(policy, questions.get(i));
            assertThat(first).isEqualTo(decisions.get(i));
            assertThat(remembering.decide(policy, questions.get(i))).isSameAs(first);
        }
    }

    @Test
    void manyVirtualThreadsGetTheSameAnswers() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Decision>> answers = new ArrayList<>();
            for (DecisionInput question : questions) {
                answers.add(threads.submit(() -> wasm.decide(policy, question)));
            }
            for (int i = 0; i < QUESTIONS; i++) {
                assertThat(answers.get(i).get())
                        .as("seed " + SEED + " question " + i)
                        .isEqualTo(decisions.get(i));
            }
        }
    }
}
