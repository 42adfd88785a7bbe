package io.precinct.policy.opa;

import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.Questions;
import io.precinct.policy.TenantPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Evaluated and remembered decisions under 300 grants, over 1,000 generated questions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecisionBenchmark {
    private static final int QUESTIONS = 1_000;
    private final DecisionInput[] questions = new DecisionInput[QUESTIONS];
    private PolicyRef policy;
    private WasmDecider evaluating;
    private RememberingDecider remembering;
    private int next;

    @Setup
    public void prepare() {
        RandomQuestions random = new RandomQuestions(1);
        PreparedPolicy prepared =
                PreparedPolicy.of(TenantPolicy.parse(random.policy(300).getBytes(StandardCharsets.UTF_8)));
        policy = new PolicyRef(Questions.TENANT, prepared.revision());
        for (int i = 0; i < QUESTIONS; i++) {
            questions[i] = random.question();
        }
        evaluating = new WasmDecider(CompiledPolicy.builtIn(), asked -> Optional.of(prepared), WasmSettings.DEFAULT);
        remembering = new RememberingDecider(evaluating, 64 << 20);
    }

    @TearDown
    public void close() {
        evaluating.close();
    }

    @Benchmark
    public Decision evaluated() {
        return evaluating.decide(policy, questions[next++ % QUESTIONS]);
    }

    @Benchmark
    public Decision remembered() {
        return remembering.decide(policy, questions[next++ % QUESTIONS]);
    }

    public static void main(String[] arguments) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(DecisionBenchmark.class.getSimpleName())
                        .forks(1)
                        .build())
                .run();
    }
}
