package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.InputEncoder;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.Questions;
import io.precinct.policy.TenantPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The driver against a policy that misbehaves when the question's operation tells it to. Whatever happens to one
 * evaluation is a denial, and the next one is right.
 */
@Timeout(120)
class WasmLimitsTest {
    private static final String POLICY = """
            package precinct.main

            series := numbers.range(1, 3000)

            # METADATA
            # entrypoint: true
            decision := {
            	"schema_version": 1,
            	"allow": true,
            	"reasons": [{"code": "grant", "rule": input.operation}],
            	"obligations": {
            		"types": {"Airport": {
            			"granted": true,
            			"rows": {"type": "constant", "value": true},
            			"masks": {},
            			"denied": [],
            		}},
            		"limits": {"max_rows": 1, "timeout_ms": 1, "max_hops": 1, "max_bytes": 1},
            		"require": {"approval": false, "step_up": false},
            	},
            	"deny_as": "forbidden",
            	"policy_revision": data.tenants[input.resource.tenant].revision,
            } if {
            	behaves
            }

            behaves if startswith(input.operation, "answer")

            behaves if {
            	input.operation == "endless"
            	count([1 | some a in series; some b in series; some c in series; a == b; b == c; a != c]) == 0
            }

            behaves if {
            	input.operation == "hoarding"
            	count([[a, b] | some a in series; some b in series]) > 0
            }

            behaves if {
            	input.operation == "contradicting"
            	{"key": value | some value in [1, 2]}.key
            }
            """;
    private static final PreparedPolicy PREPARED = PreparedPolicy.of(TenantPolicy.DENY_ALL);
    private static final PolicyRef REF = new PolicyRef(Questions.TENANT, PREPARED.revision());
    private static final WasmSettings ROOMY =
            new WasmSettings(1, 4, 256, 4096, Duration.ofMillis(200), Duration.ofSeconds(30));
    private static final WasmSettings PATIENT =
            new WasmSettings(1, 4, 256, 64, Duration.ofSeconds(60), Duration.ofSeconds(30));

    private static CompiledPolicy compiled;

    @BeforeAll
    static void compile(@TempDir Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("policy.rego"), POLICY);
        Path bundle = folder.resolve("bundle.tar.gz");
        OpaTool.run(
                "build",
                "-t",
                "wasm",
                "-O",
                "0",
                "-e",
                WasmEvaluator.ENTRY_POINT,
                "-o",
                bundle.toString(),
                source.toString());
        OpaTool.execute(List.of(
                "tar", "-xzPf", bundle.toString(), "--transform", "s,^/,,", "-C", folder.toString(), "/policy.wasm"));
        compiled = CompiledPolicy.of(
                Files.readAllBytes(folder.resolve("policy.wasm")),
                "{\"platform\":{}}".getBytes(StandardCharsets.UTF_8),
                "test");
    }

    private static WasmDecider decider(WasmSettings settings) {
        return new WasmDecider(compiled, asked -> Optional.of(PREPARED), settings);
    }

    private static DecisionInput question(String operation) {
        DecisionInput any = Questions.by("any").input();
        return new DecisionInput(any.subject(), any.action(), operation, any.resource(), any.context());
    }

    private static Decision ask(WasmDecider decider, String operation) {
        return decider.decide(REF, question(operation));
    }

    private static void unavailable(Decision decision, String cause) {
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.POLICY_UNAVAILABLE);
        assertThat(decision.reasons()).containsExactly(new Decision.Reason("policy_unavailable", Optional.of(cause)));
        assertThat(decision.obligations().gate().access("Airport").granted()).isFalse();
    }

    private static void right(WasmDecider decider, String operation) {
        Decision decision = ask(decider, operation);
        assertThat(decision.allow()).as(decision.toString()).isTrue();
        assertThat(decision.reasons()).containsExactly(new Decision.Reason("grant", Optional.of(operation)));
    }

    @Test
    void endlessEvaluationIsInterruptedAndTheFlagIsLeftClear() {
        try (WasmDecider decider = decider(ROOMY)) {
            right(decider, "answer 1");
            long start = System.nanoTime();
            unavailable(ask(decider, "endless"), "late");
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(took).isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
            right(decider, "answer 2");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void evaluationThatHoardsMemoryEndsAtTheCeiling() {
        try (WasmDecider decider = decider(PATIENT)) {
            right(decider, "answer 1");
            unavailable(ask(decider, "hoarding"), "aborted");
            right(decider, "answer 2");
        }
    }

    /** An instance that is kept after aborts fails by the hundreds, because the module's stack is not unwound. */
    @Test
    void instanceIsDiscardedWithEveryAbort() {
        byte[] contradicting = InputEncoder.COMPLETE.encode(question("contradicting"));
        try (WasmEvaluator evaluator = new WasmEvaluator(compiled, asked -> Optional.of(PREPARED), PATIENT)) {
            for (int i = 0; i < 600; i++) {
                assertThatThrownBy(() -> evaluator.evaluate(REF, contradicting))
                        .hasMessageContaining("object insert conflict");
            }
        }
    }

    @Test
    void undefinedDecisionIsADenialAndTheInstanceStaysSound() {
        try (WasmDecider decider = decider(PATIENT)) {
            unavailable(ask(decider, "unheard of"), "undefined");
            right(decider, "answer");
        }
    }

    @Test
    void oversizeQuestionIsRefusedBeforeItReachesTheModule() {
        try (WasmDecider decider = decider(PATIENT)) {
            unavailable(ask(decider, "answer" + "x".repeat(PolicyInstance.MOST_INPUT_BYTES)), "input_too_large");
            right(decider, "answer" + "x".repeat(PolicyInstance.MOST_INPUT_BYTES - 2_000));
        }
    }

    @Test
    void poolThatStaysBusyBeyondThePatienceDenies() throws Exception {
        WasmSettings impatient = new WasmSettings(1, 4, 256, 4096, Duration.ofSeconds(2), Duration.ofMillis(1));
        try (WasmDecider decider = decider(impatient);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            assertThat(decider.load(REF)).isTrue();
            Future<Decision> running = executor.submit(() -> ask(decider, "endless"));
            List<Decision> refused = new ArrayList<>();
            while (!running.isDone()) {
                Decision decision = ask(decider, "answer");
                if (!decision.allow()) {
                    refused.add(decision);
                }
            }
            // The occupant itself can lose its place to a question that came first; then nobody was refused.
            Decision occupant = running.get();
            assertThat(refused.isEmpty() ? List.of(occupant) : refused)
                    .isNotEmpty()
                    .allSatisfy(decision -> unavailable(decision, "busy"));
            right(decider, "answer");
        }
    }

    @Test
    void virtualThreadsShareAPoolWithoutMixingTheirAnswers() throws Exception {
        WasmSettings shared = new WasmSettings(2, 4, 256, 256, Duration.ofSeconds(30), Duration.ofSeconds(60));
        try (WasmDecider decider = decider(shared);
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> callers = new ArrayList<>();
            for (int caller = 0; caller < 16; caller++) {
                String name = "answer " + caller + " ";
                callers.add(() -> {
                    for (int i = 0; i < 100; i++) {
                        if (i % 25 == 0) {
                            unavailable(ask(decider, "contradicting"), "aborted");
                        }
                        right(decider, name + i);
                    }
                    return Thread.currentThread().isInterrupted();
                });
            }
            for (Future<Boolean> caller : executor.invokeAll(callers)) {
                assertThat(caller.get()).isFalse();
            }
        }
    }

    @Test
    void virtualThreadThatRunsTooLongIsInterruptedToo() throws InterruptedException {
        try (WasmDecider decider = decider(ROOMY)) {
            AtomicReference<Decision> late = new AtomicReference<>();
            AtomicReference<Boolean> flag = new AtomicReference<>();
            Thread thread = Thread.startVirtualThread(() -> {
                late.set(ask(decider, "endless"));
                flag.set(Thread.currentThread().isInterrupted());
            });
            thread.join();
            unavailable(late.get(), "late");
            assertThat(flag.get()).isFalse();
            right(decider, "answer");
        }
    }

    @Test
    void interruptOfTheCallerIsADenialAndStaysWithTheCaller() {
        try (WasmDecider decider = decider(PATIENT)) {
            right(decider, "answer 1");
            Thread.currentThread().interrupt();
            Decision decision = ask(decider, "answer");
            assertThat(Thread.interrupted()).isTrue();
            unavailable(decision, "interrupted");
            right(decider, "answer");
        }
    }
}
