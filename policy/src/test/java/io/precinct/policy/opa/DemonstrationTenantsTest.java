package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.spi.RowAccess;
import io.precinct.policy.Action;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.Questions;
import io.precinct.policy.TenantPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the roles of each demonstration document may do, action by action. */
class DemonstrationTenantsTest {
    private static final Map<PolicyRef, PreparedPolicy> POLICIES = new ConcurrentHashMap<>();
    private static WasmDecider decider;

    @BeforeAll
    static void open() {
        decider = new WasmDecider(
                CompiledPolicy.builtIn(), asked -> Optional.ofNullable(POLICIES.get(asked)), Unhurried.SETTINGS);
    }

    @AfterAll
    static void close() {
        decider.close();
    }

    private static Decision ask(String document, Questions question) throws IOException {
        try (InputStream in = DemonstrationTenantsTest.class.getResourceAsStream(
                "/io/precinct/policy/demonstration/" + document + ".json")) {
            PreparedPolicy prepared = PreparedPolicy.of(TenantPolicy.parse(in.readAllBytes()));
            PolicyRef policy = new PolicyRef(Questions.TENANT, prepared.revision());
            POLICIES.put(policy, prepared);
            return decider.decide(policy, question.input());
        }
    }

    private static Set<Action> allowed(String document, Questions asked) throws IOException {
        Set<Action> allowed = EnumSet.noneOf(Action.class);
        for (Action action : Action.values()) {
            // A merge needs a destination, which this question does not name.
            if (action.branchUse() != Action.BranchUse.WRITE_TARGET
                    && ask(document, asked.action(action).branch(Questions.DRAFT))
                            .allow()) {
                allowed.add(action);
            }
        }
        return allowed;
    }

    private static Questions system() {
        return Questions.by("system").type(DecisionInput.SubjectType.SYSTEM).types(DecisionInput.Types.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"flights", "supply-chain"})
    void upkeepOptimizesAndNothingElse(String document) throws IOException {
        assertThat(allowed(document, system())).containsExactly(Action.MAINTAIN_OPTIMIZE);
        assertThat(allowed(document, system().reading("Part"))).isSubsetOf(Action.MAINTAIN_OPTIMIZE);
    }

    @Test
    void adminOfTheSupplyChainMayDoEverythingToWholeTypes() throws IOException {
        Set<Action> expected = EnumSet.allOf(Action.class);
        expected.removeIf(action -> action.branchUse() == Action.BranchUse.WRITE_TARGET);
        assertThat(allowed("supply-chain", Questions.by("admin"))).isEqualTo(expected);
        assertThat(ask(
                                "supply-chain",
                                Questions.by("admin")
                                        .action(Action.CHANGE)
                                        .branch(Questions.DRAFT)
                                        .writing("Part"))
                        .obligations()
                        .gate()
                        .access("Part"))
                .isEqualTo(RowAccess.ALL);
    }

    @Test
    void auditorOfTheSupplyChainReadsAndExportsNothing() throws IOException {
        assertThat(allowed("supply-chain", Questions.by("auditor").reading("Part")))
                .containsExactlyInAnyOrder(Action.READ, Action.GRAPH_LIST, Action.AUDIT_READ, Action.MAINTENANCE_READ);
    }

    @Test
    void operatorKeepsTenantsAndSeesNoData() throws IOException {
        assertThat(allowed("platform", Questions.by("operator").types(DecisionInput.Types.NONE)))
                .containsExactlyInAnyOrder(
                        Action.TENANT_CREATE,
                        Action.TENANT_READ,
                        Action.TENANT_SUSPEND,
                        Action.TENANT_RESUME,
                        Action.AUDIT_READ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"flights", "supply-chain", "platform"})
    void rolesOfOtherDocumentsMeanNothing(String document) throws IOException {
        String stranger = document.equals("platform") ? "admin" : "operator";
        assertThat(allowed(document, Questions.by(stranger))).isEmpty();
    }
}
