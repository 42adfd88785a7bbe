package io.precinct.platform.run;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphStore;
import io.precinct.engine.Provenance;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.identity.Caller;
import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.Limits;
import io.precinct.policy.PolicyRef;
import io.precinct.tenants.Lease;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantEngines;
import io.precinct.tenants.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * The one order in which everything runs: caller, tenant, canonical names, classified statement, decision, admission,
 * run, record. Nothing else reaches an engine; background jobs come through here with a system caller. The caller's
 * tenant is the only tenant it can act on: a caller of another one was turned away before. Thread-safe.
 */
public final class OperationRunner {
    private final Function<TenantId, Optional<Tenant>> tenants;
    private final TenantEngines<GraphStore> engines;
    private final Function<TenantId, Optional<PolicyRef>> policies;
    private final Decider decider;
    private final Trail trail;
    private final InstantSource clock;

    /**
     * @param tenants the directory, fresh within seconds
     * @param policies the published policy of a tenant; none means that everything is denied
     */
    public OperationRunner(
            Function<TenantId, Optional<Tenant>> tenants,
            TenantEngines<GraphStore> engines,
            Function<TenantId, Optional<PolicyRef>> policies,
            Decider decider,
            Trail trail,
            InstantSource clock) {
        this.tenants = tenants;
        this.engines = engines;
        this.policies = policies;
        this.decider = decider;
        this.trail = trail;
        this.clock = clock;
    }

    /** Runs an operation whose result needs no resources. */
    public <R> R run(Caller caller, RequestContext request, Operation<R> operation) {
        try (Outcome<R> outcome = start(caller, request, operation)) {
            return outcome.value();
        }
    }

    /** Runs an operation up to its result, which may still be streaming; the caller closes the outcome. */
    public <R> Outcome<R> start(Caller caller, RequestContext request, Operation<R> operation) {
        Tenant tenant = tenants.apply(caller.tenant())
                .orElseThrow(() -> new PlatformException(new PlatformFailure.TenantHidden()));
        return switch (operation) {
            case GraphOperation<R> onGraph -> onGraph(caller, request, tenant, onGraph);
            case TenantOperation<R> onTenant ->
                admitted(
                        new Attempt<>(
                                caller,
                                request,
                                tenant,
                                onTenant,
                                onTenant.graph().map(Object::toString)),
                        Ready.withoutTypes(onTenant.body()),
                        () -> {});
        };
    }

    private <R> Outcome<R> onGraph(Caller caller, RequestContext request, Tenant tenant, GraphOperation<R> operation) {
        Attempt<R> attempt = new Attempt<>(
                caller,
                request,
                tenant,
                operation,
                Optional.of(operation.graph().value()));
        Lease<GraphStore> lease = engines.lease(tenant.id(), operation.kind().use());
        boolean handedOver = false;
        try {
            Ready<R> ready;
            try {
                Graph graph = lease.engine().open(operation.graph());
                ready = operation.ready(graph);
            } catch (EngineException notUnderstood) {
                // Whoever may do nothing here learns nothing of names and schema from what went wrong.
                Ready<R> nothing = Ready.withoutTypes(admitted -> null);
                Decision decision = decide(attempt, nothing);
                if (!decision.allow()) {
                    throw denied(attempt, nothing, decision);
                }
                trail.failed(attempt, nothing, decision, notUnderstood);
                throw notUnderstood;
            }
            Outcome<R> outcome = admitted(attempt, ready, lease::close);
            handedOver = true;
            return outcome;
        } finally {
            if (!handedOver) {
                lease.close();
            }
        }
    }

    /** Decides, runs, and binds the trail's outcome to the closing of the result. */
    private <R> Outcome<R> admitted(Attempt<R> attempt, Ready<R> ready, Runnable release) {
        Decision decision = decide(attempt, ready);
        if (!decision.allow()) {
            throw denied(attempt, ready, decision);
        }
        trail.decided(attempt, ready, decision);
        Limits limits = decision.obligations().limits();
        Admitted admitted = new Admitted(
                attempt.caller(),
                decision,
                decision.obligations().gate(),
                ExecutionBudget.until(clock.instant().plus(limits.timeout())).withMaxHops(limits.maxHops()),
                limits.maxRows(),
                new Provenance(
                        attempt.caller().subject(), attempt.request().requestId(), Optional.of(decision.decisionId())));
        Instant began = clock.instant();
        R value;
        try {
            value = ready.body().apply(admitted);
        } catch (RuntimeException failed) {
            if (failed instanceof EngineException engine && engine.failure() instanceof EngineFailure.Denied refused) {
                trail.refused(attempt, ready, decision, refused.reasons());
                throw new PlatformException(
                        new PlatformFailure.Denied(Optional.of(decision.decisionId()), refused.reasons(), false));
            }
            trail.failed(attempt, ready, decision, failed);
            throw failed;
        }
        return new Outcome<>(
                value,
                () -> trail.succeeded(attempt, ready, decision, value, Duration.between(began, clock.instant())),
                thrown -> trail.failed(attempt, ready, decision, thrown),
                release);
    }

    private Decision decide(Attempt<?> attempt, Ready<?> ready) {
        return policies.apply(attempt.tenant().id())
                .map(policy -> decider.decide(policy, Questions.of(attempt, ready, clock.instant())))
                .orElseGet(() -> Decision.unavailable("no_policy", "none", "none"));
    }

    private PlatformException denied(Attempt<?> attempt, Ready<?> ready, Decision decision) {
        trail.denied(attempt, ready, decision);
        return switch (decision.outcome()) {
            case ALLOWED -> throw new IllegalStateException("an allowed operation is not denied");
            case POLICY_UNAVAILABLE -> new PlatformException(new PlatformFailure.Plain(Problem.POLICY_UNAVAILABLE));
            case DENIED ->
                new PlatformException(new PlatformFailure.Denied(
                        Optional.of(decision.decisionId()),
                        Reasons.of(decision),
                        decision.denyAs() == Decision.DenyAs.NOT_FOUND));
        };
    }

    /** One try of one caller at one operation: what decision and trail speak about. */
    public record Attempt<R>(
            Caller caller, RequestContext request, Tenant tenant, Operation<R> operation, Optional<String> graph) {
        OperationKind kind() {
            return operation.kind();
        }

        DecisionInput.TenantState tenantState() {
            return switch (tenant.state()) {
                case ACTIVE -> DecisionInput.TenantState.ACTIVE;
                case SUSPENDED -> DecisionInput.TenantState.SUSPENDED;
                case REQUESTED, PROVISIONING, FAILED, DELETING, PURGING, DELETED -> DecisionInput.TenantState.INACTIVE;
            };
        }
    }
}
