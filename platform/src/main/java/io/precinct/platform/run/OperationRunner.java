package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphStore;
import io.precinct.engine.Provenance;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.QueryMemory;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.identity.Caller;
import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.Limits;
import io.precinct.policy.Obligations;
import io.precinct.policy.PolicyRef;
import io.precinct.tenants.Lease;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantEngines;
import io.precinct.tenants.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The one order in which everything runs: caller, tenant, canonical names, classified statement, decision, admission,
 * run, record. Nothing else reaches an engine; background jobs come through here with a system caller. The caller's
 * tenant is the only tenant it can act on: a caller of another one was turned away before. Thread-safe.
 */
public final class OperationRunner {
    /** The text can be understood on what the caller sees and needs more than that to run. */
    private static final List<String> NOT_FOR_THE_CALLER = List.of("needs_what_is_not_granted");

    private final Function<TenantId, Optional<Tenant>> tenants;
    private final TenantEngines<GraphStore> engines;
    private final Function<TenantId, Optional<PolicyRef>> policies;
    private final Decider decider;
    private final Trail trail;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final QueryMemory memory;

    /**
     * @param tenants the directory, fresh within seconds
     * @param policies the published policy of a tenant; none means that everything is denied
     * @param memory shared by every query of this node
     */
    public OperationRunner(
            Function<TenantId, Optional<Tenant>> tenants,
            TenantEngines<GraphStore> engines,
            Function<TenantId, Optional<PolicyRef>> policies,
            Decider decider,
            Trail trail,
            QueryMemory memory,
            InstantSource clock) {
        this(tenants, engines, policies, decider, trail, memory, clock, System::nanoTime);
    }

    /** @param ticker nanoseconds, to tell how long decisions take */
    OperationRunner(
            Function<TenantId, Optional<Tenant>> tenants,
            TenantEngines<GraphStore> engines,
            Function<TenantId, Optional<PolicyRef>> policies,
            Decider decider,
            Trail trail,
            QueryMemory memory,
            InstantSource clock,
            LongSupplier ticker) {
        this.tenants = tenants;
        this.engines = engines;
        this.policies = policies;
        this.decider = decider;
        this.trail = trail;
        this.memory = memory;
        this.clock = clock;
        this.ticker = ticker;
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
                onTenant(
                        new Attempt<>(
                                caller,
                                request,
                                tenant,
                                onTenant,
                                onTenant.graph().map(Object::toString)),
                        Ready.withoutTypes(onTenant.body()));
        };
    }

    private <R> Outcome<R> onTenant(Attempt<R> attempt, Ready<R> ready) {
        return admitted(attempt, ready, decide(attempt, ready), Map.of(), () -> {});
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
            Outcome<R> outcome = understood(attempt, operation, lease);
            handedOver = true;
            return outcome;
        } finally {
            if (!handedOver) {
                lease.close();
            }
        }
    }

    private <R> Outcome<R> understood(Attempt<R> attempt, GraphOperation<R> operation, Lease<GraphStore> lease) {
        Graph graph;
        try {
            graph = lease.engine().open(operation.graph());
        } catch (EngineException absent) {
            throw notFound(attempt, operation, absent);
        }
        Ready<R> whole;
        try {
            whole = operation.ready(graph, SchemaView.WHOLE);
        } catch (EngineException fault) {
            return asSeen(attempt, operation, graph, new First.Fault<>(fault), lease::close);
        }
        Ruling ruling = decide(attempt, whole);
        List<String> hidden = Hidden.met(
                whole, ruling.decision(), ruling.decision().obligations().gate());
        return hidden.isEmpty()
                ? admitted(attempt, whole, ruling, Map.of(), lease::close)
                : asSeen(attempt, operation, graph, new First.Met<>(whole, ruling, hidden), lease::close);
    }

    /** Why an operation is looked at again with the caller's eyes. */
    private sealed interface First<R> {
        /** It makes no sense on the whole graph; on what the caller sees the same or another thing may be wrong. */
        record Fault<R>(EngineException fault) implements First<R> {}

        /** It mentions what does not exist for the caller. */
        record Met<R>(Ready<R> ready, Ruling ruling, List<String> reasons) implements First<R> {}
    }

    /**
     * Understands the operation again on the part of the graph that exists for the caller, so that every answer is the
     * one that a graph without the rest would give.
     */
    private <R> Outcome<R> asSeen(
            Attempt<R> attempt, GraphOperation<R> operation, Graph graph, First<R> first, Runnable release) {
        CallerView view = new CallerView(attempt.kind(), (about, action) -> ask(attempt, about, action));
        Ready<R> seen;
        try {
            seen = operation.ready(graph, view);
        } catch (CallerView.Refused refused) {
            throw denied(attempt, refused.about(), refused.ruling());
        } catch (EngineException absent) {
            switch (first) {
                case First.Met<R> met -> trail.hidden(attempt, met.ready(), met.ruling(), met.reasons(), absent);
                case First.Fault<R> fault -> {
                    if (view.ruling().isEmpty()) {
                        throw notFound(attempt, operation, absent);
                    }
                    trail.failed(
                            attempt,
                            Ready.about(operation.branchAsked()),
                            view.ruling().get(),
                            fault.fault());
                }
            }
            throw absent;
        }
        Ruling ruling = decide(attempt, seen);
        if (!ruling.decision().allow()) {
            throw denied(attempt, seen, ruling);
        }
        List<String> met = Hidden.met(
                seen,
                ruling.decision(),
                Hidden.readable(ruling.decision().obligations().gate(), view.readable()));
        if (!met.isEmpty()) {
            throw refused(attempt, seen, ruling, met, met);
        }
        if (seen.mentions() != Ready.Mentions.COMPILED
                || seen.touched().all().stream().noneMatch(view::reduced)) {
            return admitted(attempt, seen, ruling, view.readable(), release);
        }
        // A statement runs on whole types only. The one that was compiled from the same text against them will do,
        // unless
        // it needs a property that the caller can't give.
        return switch (first) {
            case First.Met<R> whole
            when whole.ready().touched().all().containsAll(seen.touched().all()) ->
                admitted(attempt, seen.doing(whole.ready().body()), ruling, view.readable(), release);
            case First.Met<R> other -> throw refused(attempt, seen, ruling, other.reasons(), NOT_FOR_THE_CALLER);
            case First.Fault<R> fault ->
                throw refused(
                        attempt, seen, ruling, List.of(fault.fault().failure().code()), NOT_FOR_THE_CALLER);
        };
    }

    /** Whoever may do nothing here does not learn that there is nothing. */
    private EngineException notFound(Attempt<?> attempt, GraphOperation<?> operation, EngineException absent) {
        Ready<?> about = Ready.about(operation.branchAsked(), operation.targetAsked());
        Ruling ruling = decide(attempt, about);
        if (!ruling.decision().allow()) {
            throw denied(attempt, about, ruling);
        }
        trail.failed(attempt, about, ruling, absent);
        return absent;
    }

    /** Runs what was decided, and binds the trail's outcome to the closing of the result. */
    private <R> Outcome<R> admitted(
            Attempt<R> attempt, Ready<R> ready, Ruling ruling, Map<String, RowAccess> readable, Runnable release) {
        Decision decision = ruling.decision();
        if (!decision.allow()) {
            throw denied(attempt, ready, ruling);
        }
        owed(decision.obligations().require()).ifPresent(problem -> {
            trail.refused(attempt, ready, ruling, List.of(problem.code()));
            throw new PlatformException(new PlatformFailure.Owed(problem, decision.decisionId()));
        });
        trail.decided(attempt, ready, ruling);
        Limits limits = decision.obligations().limits();
        AccessGate gate = Hidden.readable(decision.obligations().gate(), readable);
        Map<BranchName, Boolean> branches = new HashMap<>();
        Map<BranchName, Optional<AccessGate>> gates = new HashMap<>();
        ready.branch().ifPresent(branch -> gates.put(branch, Optional.of(gate)));
        Admitted admitted = new Admitted(
                attempt.caller(),
                decision,
                gate,
                ExecutionBudget.until(clock.instant().plus(limits.timeout()))
                        .withMaxHops(limits.maxHops())
                        .within(memory)
                        .cancelledBy(attempt.request().departed()),
                limits,
                new Provenance(
                        attempt.caller().subject(), attempt.request().requestId(), Optional.of(decision.decisionId())),
                attempt.request().conditions(),
                branch -> branches.computeIfAbsent(branch, asked -> reads(attempt, asked)),
                branch -> gates.computeIfAbsent(branch, asked -> gate(attempt, ready.on(asked))),
                (from, to) -> forks(attempt, from, to));
        Instant began = clock.instant();
        R value;
        try {
            value = ready.body().apply(admitted);
        } catch (RuntimeException failed) {
            if (failed instanceof EngineException engine && engine.failure() instanceof EngineFailure.Denied refused) {
                throw refused(attempt, ready, ruling, refused.reasons(), Hidden.withoutNames(refused.reasons()));
            }
            trail.failed(attempt, ready, ruling, failed);
            throw failed;
        }
        return new Outcome<>(
                value,
                () -> recorded(attempt, ready, ruling, value, Duration.between(began, clock.instant())),
                thrown -> trail.failed(attempt, ready, ruling, thrown),
                release);
    }

    /** What is done stays done when its record can't be written, and whoever asked must not take it for undone. */
    private void recorded(Attempt<?> attempt, Ready<?> ready, Ruling ruling, Object value, Duration took) {
        try {
            trail.succeeded(attempt, ready, ruling, value, took);
        } catch (PlatformException lost) {
            throw new PlatformException(
                    new PlatformFailure.Plain(
                            Problem.OUTCOME_UNKNOWN,
                            "it was done, and how it ended could not be written into the audit trail; read before writing"
                                    + " again"),
                    lost);
        }
    }

    /**
     * What has to happen before an allowed operation may run. A policy asks for a second factor only of those who have
     * shown none, and nothing here gathers approvals yet, so what is asked for is owed.
     */
    private static Optional<Problem> owed(Obligations.Require require) {
        return require.stepUp()
                ? Optional.of(Problem.STEP_UP_REQUIRED)
                : require.approval() ? Optional.of(Problem.APPROVAL_REQUIRED) : Optional.empty();
    }

    private Optional<AccessGate> gate(Attempt<?> attempt, Ready<?> about) {
        Decision decision = ask(attempt, about, attempt.kind().action()).decision();
        return decision.allow() ? Optional.of(decision.obligations().gate()) : Optional.empty();
    }

    private boolean reads(Attempt<?> attempt, BranchName branch) {
        return ask(attempt, Ready.about(Optional.of(branch)), OperationKind.QUERY_RUN.action())
                .decision()
                .allow();
    }

    private boolean forks(Attempt<?> attempt, BranchName from, BranchName to) {
        return ask(attempt, Ready.about(Optional.of(from), Optional.of(to)), OperationKind.BRANCHES_CREATE.action())
                .decision()
                .allow();
    }

    /** An operation on several branches is decided for each until one is allowed. */
    private Ruling decide(Attempt<?> attempt, Ready<?> ready) {
        Ruling first = ask(
                attempt,
                ready.branches().isEmpty() ? ready : ready.on(ready.branches().getFirst()),
                attempt.kind().action());
        for (int at = 1; at < ready.branches().size() && !first.decision().allow(); at++) {
            Ruling next = ask(
                    attempt, ready.on(ready.branches().get(at)), attempt.kind().action());
            if (next.decision().allow()) {
                return next;
            }
        }
        ready.absence().ifPresent(absence -> requireNoOther(attempt, ready, first, absence));
        return first;
    }

    private void requireNoOther(Attempt<?> attempt, Ready<?> ready, Ruling first, Ready.Absence absence) {
        if (first.decision().allow() || Hidden.refusedForTypes(first.decision())) {
            return;
        }
        for (BranchName other : absence.others()) {
            if (reads(attempt, other)) {
                trail.hidden(attempt, ready, first, Reasons.of(first.decision()), absence.answer());
                throw absence.answer();
            }
        }
    }

    private Ruling ask(Attempt<?> attempt, Ready<?> about, String action) {
        Optional<PolicyRef> policy = policies.apply(attempt.tenant().id());
        if (policy.isEmpty()) {
            return new Ruling(Decision.unavailable("no_policy", "none", "none"), false, Duration.ZERO);
        }
        DecisionInput question = Questions.of(attempt, about, action, clock.instant());
        long began = ticker.getAsLong();
        Decider.Answer answer = decider.answer(policy.get(), question);
        return new Ruling(answer.decision(), answer.remembered(), Duration.ofNanos(ticker.getAsLong() - began));
    }

    private PlatformException denied(Attempt<?> attempt, Ready<?> ready, Ruling ruling) {
        trail.denied(attempt, ready, ruling);
        Decision decision = ruling.decision();
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

    /** The policy allowed the attempt, and what it turned out to be is refused. */
    private PlatformException refused(
            Attempt<?> attempt, Ready<?> ready, Ruling ruling, List<String> recorded, List<String> told) {
        trail.refused(attempt, ready, ruling, recorded);
        return new PlatformException(
                new PlatformFailure.Denied(Optional.of(ruling.decision().decisionId()), told, false));
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
