package io.precinct.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DemonstrationPolicyTest {
    private static WasmDecider decider;
    private static PolicyRef policy;

    @BeforeAll
    static void load() throws IOException {
        try (InputStream in =
                DemonstrationPolicyTest.class.getResourceAsStream("/io/precinct/policy/demonstration/flights.json")) {
            PreparedPolicy prepared = PreparedPolicy.of(TenantPolicy.parse(in.readAllBytes()));
            policy = new PolicyRef(Questions.TENANT, prepared.revision());
            decider = new WasmDecider(
                    CompiledPolicy.builtIn(),
                    asked -> asked.equals(policy) ? Optional.of(prepared) : Optional.empty(),
                    Unhurried.SETTINGS);
        }
    }

    @AfterAll
    static void close() {
        decider.close();
    }

    private static Decision ask(Questions question) {
        return decider.decide(policy, question.input());
    }

    @Test
    void adminMayDoEverythingOnAnUnprotectedBranch() {
        for (Action action : Action.values()) {
            if (action.branchUse() == Action.BranchUse.WRITE_TARGET) {
                continue;
            }
            Decision decision = ask(Questions.by("admin").action(action).branch(Questions.DRAFT));
            assertThat(decision.allow()).as(action.code() + " " + decision).isTrue();
        }
    }

    @Test
    void adminSeesWholeTypesAndMayWriteTheProtectedBranch() {
        Decision decision = ask(Questions.by("admin").action(Action.CHANGE).writing("Airport", "Route"));
        assertThat(decision.allow()).as(decision.toString()).isTrue();
        AccessGate gate = decision.obligations().gate();
        assertThat(gate.access("Airport")).isEqualTo(RowAccess.ALL);
        assertThat(gate.verdict(List.of(new AccessGate.TypeChange("Route", 0, 0, 3))))
                .isEqualTo(new AccessGate.Verdict.Allowed());
        assertThat(gate.verdict(List.of(new AccessGate.TypeChange("Country", 1, 0, 0))))
                .isEqualTo(new AccessGate.Verdict.Denied(List.of("write_not_granted:Country")));
    }

    @Test
    void auditorOnlyReads() {
        Set<Action> allowed = EnumSet.noneOf(Action.class);
        for (Action action : Action.values()) {
            if (ask(Questions.by("auditor").action(action).branch(Questions.DRAFT))
                    .allow()) {
                allowed.add(action);
            }
        }
        assertThat(allowed)
                .containsExactlyInAnyOrder(
                        Action.READ,
                        Action.GRAPH_LIST,
                        Action.LIST_CATALOG,
                        Action.CONFIG_READ,
                        Action.MAINTENANCE_READ,
                        Action.POLICY_READ,
                        Action.AUDIT_READ,
                        Action.USAGE_READ,
                        Action.TENANT_READ);
    }

    @Test
    void westAnalystSeesAirportsOfTheWestAndEveryRoute() {
        Decision decision = ask(Questions.by("west-analyst").reading("Airport", "Route"));
        AccessGate gate = decision.obligations().gate();
        assertThat(gate.access("Airport").rows()).isInstanceOfSatisfying(Condition.Field.class, field -> {
            assertThat(field.property()).isEqualTo("state");
            assertThat(field.comparison()).isEqualTo(Condition.Comparison.IN);
        });
        assertThat(gate.access("Airport").writes()).isEqualTo(Condition.NEVER);
        assertThat(gate.access("Route").rows()).isEqualTo(Condition.ALWAYS);
    }

    @Test
    void typeNotGrantedToTheWestAnalystDoesNotExistForIt() {
        Decision decision = ask(Questions.by("west-analyst").reading("Airport", "Payroll"));
        assertThat(decision.allow()).isTrue();
        assertThat(decision.obligations().types()).containsEntry("Payroll", RowAccess.NONE);
        assertThat(ask(Questions.by("west-analyst").reading("Payroll")).reasons())
                .containsExactly(new Decision.Reason("type_not_granted", Optional.of("Payroll")));
    }

    @Test
    void westAnalystWritesNothing() {
        Decision decision = ask(Questions.by("west-analyst")
                .action(Action.CHANGE)
                .branch(Questions.DRAFT)
                .writing("Airport"));
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.DENIED);
    }

    @Test
    void guestNeverSeesPositionsAndGetsFewRows() {
        Decision decision = ask(Questions.by("guest"));
        RowAccess airport = decision.obligations().gate().access("Airport");
        Mask hidden = new Mask(Mask.Kind.NULL, Condition.NEVER);
        assertThat(airport.masks()).isEqualTo(java.util.Map.of("latitude", hidden, "longitude", hidden));
        assertThat(airport.rows()).isEqualTo(Condition.ALWAYS);
        assertThat(decision.obligations().limits().maxRows()).isEqualTo(100);
        assertThat(ask(Questions.by("guest").action(Action.EXPORT)).allow()).isFalse();
        assertThat(ask(Questions.by("guest").action(Action.CHANGE).branch(Questions.DRAFT))
                        .allow())
                .isFalse();
    }

    @Test
    void rolesAddUpAndAMaskIsLiftedOnlyInRowsThatAnotherGrantShows() {
        RowAccess airport =
                ask(Questions.by("guest", "west-analyst")).obligations().gate().access("Airport");
        RowAccess west = ask(Questions.by("west-analyst")).obligations().gate().access("Airport");
        assertThat(airport.rows()).isEqualTo(Condition.ALWAYS);
        assertThat(airport.masks().get("latitude")).isEqualTo(new Mask(Mask.Kind.NULL, west.rows()));
    }

    @Test
    void strangerIsDenied() {
        assertThat(ask(Questions.by("unheard-of")).outcome()).isEqualTo(Decision.Outcome.DENIED);
        assertThat(ask(Questions.by()).outcome()).isEqualTo(Decision.Outcome.DENIED);
    }

    @Test
    void callerOfAnotherTenantMeetsAbsence() {
        Decision decision = ask(Questions.by("admin").ofSubjectTenant("01JD0000000000000000000001"));
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.DENIED);
        assertThat(decision.denyAs()).isEqualTo(Decision.DenyAs.NOT_FOUND);
    }

    @Test
    void tenantWithoutPolicyDeniesEverything() {
        PolicyRef none = new PolicyRef(Questions.TENANT, PreparedPolicy.DENY_ALL.revision());
        assertThat(decider.decide(none, Questions.by("admin").input()).outcome())
                .isEqualTo(Decision.Outcome.DENIED);
    }

    @Test
    void suspendedTenantKeepsOnlyWhatIsFlagged() {
        for (Action action : Action.values()) {
            if (action.branchUse() == Action.BranchUse.WRITE_TARGET) {
                continue;
            }
            Decision decision = ask(Questions.by("admin")
                    .action(action)
                    .branch(Questions.DRAFT)
                    .state(DecisionInput.TenantState.SUSPENDED));
            assertThat(decision.allow()).as(action.code()).isEqualTo(action.is(Action.Flag.WHEN_SUSPENDED));
        }
    }
}
