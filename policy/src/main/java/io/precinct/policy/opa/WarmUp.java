package io.precinct.policy.opa;

import io.precinct.policy.Action;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.TenantPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Exercises a module before it decides for anyone, until the run time has compiled what decisions run through: a cold
 * decision takes hundreds of times as long as a warm one, and a deadline for the one would be none for the other.
 */
public final class WarmUp {
    private static final int CALLS = 20_000;
    private static final String POLICY = "/io/precinct/policy/demonstration/flights.json";
    private static final String TENANT = "warm-up";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private WarmUp() {}

    /**
     * Decides questions under the demonstration's policy, with row rules, masks and refusals among them; takes seconds.
     *
     * @throws IllegalStateException when the module has no answer to one of them
     */
    public static void exercise(CompiledPolicy compiled) {
        PreparedPolicy prepared = PreparedPolicy.of(TenantPolicy.parse(policy()));
        PolicyRef policy = new PolicyRef(TENANT, prepared.revision());
        WasmSettings patient = new WasmSettings(1, 1, 1024, 256, PATIENCE, PATIENCE);
        List<DecisionInput> questions = questions();
        try (WasmDecider decider = new WasmDecider(compiled, asked -> Optional.of(prepared), patient)) {
            for (int call = 0; call < CALLS; call++) {
                Decision decision = decider.decide(policy, questions.get(call % questions.size()));
                if (decision.outcome() == Decision.Outcome.POLICY_UNAVAILABLE) {
                    throw new IllegalStateException("the policy module does not decide: " + decision.reasons());
                }
            }
        }
    }

    private static List<DecisionInput> questions() {
        List<DecisionInput> questions = new ArrayList<>();
        for (String role : List.of("admin", "west-analyst", "guest", "nobody")) {
            for (Action action : List.of(Action.READ, Action.CHANGE, Action.EXPORT)) {
                questions.add(question(role, action));
            }
        }
        return questions;
    }

    private static DecisionInput question(String role, Action action) {
        List<String> types = List.of("Airport", "Route");
        return new DecisionInput(
                new DecisionInput.Subject(
                        "somebody",
                        DecisionInput.SubjectType.USER,
                        TENANT,
                        List.of(role, "other"),
                        Map.of(),
                        new DecisionInput.Auth("oidc", "credential", false, 0),
                        List.of()),
                action,
                "warm.up",
                DecisionInput.Resource.ofBranch(
                        TENANT,
                        "network",
                        new DecisionInput.Branch("main"),
                        action == Action.CHANGE
                                ? DecisionInput.Types.writing(types)
                                : DecisionInput.Types.reading(types),
                        DecisionInput.TenantState.ACTIVE),
                new DecisionInput.Context(Instant.EPOCH, "", "", DecisionInput.Channel.INTERNAL, false));
    }

    private static byte[] policy() {
        try (InputStream in = WarmUp.class.getResourceAsStream(POLICY)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + POLICY);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
