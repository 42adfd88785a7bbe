package io.precinct.policy;

import io.precinct.engine.spi.Operand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decision inputs for tests, changed one thing at a time. */
public record Questions(
        String tenant,
        List<String> roles,
        Map<String, Operand> claims,
        Action action,
        DecisionInput.Types types,
        DecisionInput.Branch branch,
        DecisionInput.TenantState state,
        DecisionInput.SubjectType type,
        List<DecisionInput.Grant> grants) {
    public static final String TENANT = "01JD0000000000000000000000";
    public static final Instant NOW = Instant.parse("2026-11-22T14:00:00Z");
    public static final DecisionInput.Branch MAIN = new DecisionInput.Branch("main");
    public static final DecisionInput.Branch DRAFT = new DecisionInput.Branch("draft");

    public static Questions by(String... roles) {
        return new Questions(
                TENANT,
                List.of(roles),
                Map.of(),
                Action.READ,
                DecisionInput.Types.reading(List.of("Airport")),
                MAIN,
                DecisionInput.TenantState.ACTIVE,
                DecisionInput.SubjectType.USER,
                List.of());
    }

    public Questions action(Action changed) {
        return new Questions(tenant, roles, claims, changed, types, branch, state, type, grants);
    }

    public Questions types(DecisionInput.Types changed) {
        return new Questions(tenant, roles, claims, action, changed, branch, state, type, grants);
    }

    public Questions reading(String... names) {
        return types(DecisionInput.Types.reading(List.of(names)));
    }

    public Questions writing(String... names) {
        return types(DecisionInput.Types.writing(List.of(names)));
    }

    public Questions claims(Map<String, Operand> changed) {
        return new Questions(tenant, roles, changed, action, types, branch, state, type, grants);
    }

    public Questions branch(DecisionInput.Branch changed) {
        return new Questions(tenant, roles, claims, action, types, changed, state, type, grants);
    }

    public Questions ofSubjectTenant(String changed) {
        return new Questions(changed, roles, claims, action, types, branch, state, type, grants);
    }

    public Questions state(DecisionInput.TenantState changed) {
        return new Questions(tenant, roles, claims, action, types, branch, changed, type, grants);
    }

    public Questions type(DecisionInput.SubjectType changed) {
        return new Questions(tenant, roles, claims, action, types, branch, state, changed, grants);
    }

    public DecisionInput input() {
        return new DecisionInput(
                new DecisionInput.Subject(
                        "usr_1",
                        type,
                        tenant,
                        roles,
                        claims,
                        new DecisionInput.Auth("oidc", "cred_1", true, 60),
                        grants),
                action,
                "test.run",
                new DecisionInput.Resource(
                        TENANT,
                        Optional.of("flights"),
                        Optional.of(branch),
                        Optional.empty(),
                        Optional.empty(),
                        types,
                        new DecisionInput.Attributes(state)),
                new DecisionInput.Context(NOW, "127.0.0.1", "req_1", DecisionInput.Channel.REST, false));
    }
}
