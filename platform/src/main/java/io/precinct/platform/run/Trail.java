package io.precinct.platform.run;

import io.precinct.engine.EngineException;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.WriteReceipt;
import io.precinct.platform.audit.AuditEntry;
import io.precinct.platform.audit.AuditTrail;
import io.precinct.platform.audit.ReadBuffer;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.identity.Caller;
import io.precinct.policy.Decision;
import io.precinct.tenants.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes an operation into its tenant's trail: what was decided, and how it ended, joined by the request's id. Everything
 * but allowed reads is durable before the caller hears of it; allowed reads are buffered, and a gap is recorded if some
 * were lost.
 */
public final class Trail {
    private final AuditTrail trail;
    private final ReadBuffer reads;

    public Trail(AuditTrail trail, ReadBuffer reads) {
        this.trail = trail;
        this.reads = reads;
    }

    /** The decision that allowed it; the operation has not run yet. */
    void decided(OperationRunner.Attempt<?> attempt, Ready<?> ready, Ruling ruling) {
        write(attempt, entry(attempt, ready, AuditEntry.Kind.DECISION, ruling, true, Optional.empty()));
    }

    /** A refusal by the policy. */
    void denied(OperationRunner.Attempt<?> attempt, Ready<?> ready, Ruling ruling) {
        durably(
                attempt.tenant().id(),
                entry(
                        attempt,
                        ready,
                        AuditEntry.Kind.DECISION,
                        ruling,
                        false,
                        Optional.of(outcome(
                                ruling.decision().outcome() == Decision.Outcome.POLICY_UNAVAILABLE ? 503 : 403,
                                "denied",
                                Optional.empty(),
                                Duration.ZERO))));
    }

    /**
     * The attempt met what does not exist for the caller. The caller was answered as a graph without it answers; this
     * tells what it really was.
     */
    void hidden(
            OperationRunner.Attempt<?> attempt,
            Ready<?> ready,
            Ruling ruling,
            List<String> reasons,
            EngineException answered) {
        AuditEntry entry = entry(
                attempt,
                ready,
                AuditEntry.Kind.DECISION,
                ruling,
                false,
                Optional.of(outcome(status(answered), "denied", Optional.empty(), Duration.ZERO)));
        // As what does not exist is recorded, or the time it takes would tell.
        write(attempt, withRules(entry, reasons));
    }

    /** The policy allowed the attempt, and the engine refused what it turned out to be. */
    void refused(OperationRunner.Attempt<?> attempt, Ready<?> ready, Ruling ruling, List<String> reasons) {
        AuditEntry entry = entry(
                attempt,
                ready,
                AuditEntry.Kind.OUTCOME,
                ruling,
                false,
                Optional.of(outcome(403, "denied", Optional.empty(), Duration.ZERO)));
        durably(attempt.tenant().id(), withRules(entry, reasons));
    }

    void failed(OperationRunner.Attempt<?> attempt, Ready<?> ready, Ruling ruling, Throwable thrown) {
        String code = switch (thrown) {
            case EngineException engine -> engine.failure().code();
            case PlatformException platform -> platform.failure().problem().code();
            default -> "internal";
        };
        write(
                attempt,
                entry(
                        attempt,
                        ready,
                        AuditEntry.Kind.OUTCOME,
                        ruling,
                        ruling.decision().allow(),
                        Optional.of(outcome(status(thrown), code, Optional.empty(), Duration.ZERO))));
    }

    void succeeded(OperationRunner.Attempt<?> attempt, Ready<?> ready, Ruling ruling, Object value, Duration took) {
        AuditEntry.OutcomeFacts facts = new AuditEntry.OutcomeFacts(
                200, Optional.empty(), commit(value), rows(value), Optional.empty(), took.toMillis());
        write(attempt, entry(attempt, ready, AuditEntry.Kind.OUTCOME, ruling, true, Optional.of(facts)));
    }

    /** A token of one tenant knocked at another one: told in both trails, as far as they exist. */
    public void mismatch(Caller.Stranger stranger, Optional<TenantId> knockedAt, List<TenantId> homes) {
        List<TenantId> trails = new ArrayList<>(homes);
        knockedAt.ifPresent(trails::add);
        for (TenantId tenant : trails.stream().distinct().toList()) {
            boolean home = homes.contains(tenant);
            AuditEntry entry = new AuditEntry(
                    AuditEntry.Kind.DECISION,
                    AuditEntry.AuditClass.OPERATOR,
                    stranger.requestId(),
                    Optional.empty(),
                    new AuditEntry.Actor(
                            home ? stranger.subject() : "stranger:" + stranger.subject(),
                            stranger.type(),
                            Optional.empty(),
                            Optional.empty()),
                    "tenant_mismatch",
                    "tenant_mismatch",
                    AuditEntry.Resource.NONE,
                    Optional.of(new AuditEntry.DecisionFacts(
                            false, List.of("tenant_mismatch"), "none", Optional.empty(), false, 0)),
                    Optional.of(outcome(404, "tenant_mismatch", Optional.empty(), Duration.ZERO)),
                    new AuditEntry.Origin(Optional.empty(), "rest", Optional.empty()),
                    Optional.empty());
            if (home) {
                durably(tenant, entry);
            } else {
                // Nothing of a tenant that exists may make the answer later than for one that doesn't.
                reads.add(tenant, entry);
            }
        }
    }

    private void write(OperationRunner.Attempt<?> attempt, AuditEntry entry) {
        if (attempt.kind().auditClass() == OperationKind.AuditClass.READ) {
            reads.add(attempt.tenant().id(), entry);
        } else {
            durably(attempt.tenant().id(), entry);
        }
    }

    private void durably(TenantId tenant, AuditEntry entry) {
        trail.append(tenant, List.of(entry));
    }

    private static AuditEntry entry(
            OperationRunner.Attempt<?> attempt,
            Ready<?> ready,
            AuditEntry.Kind kind,
            Ruling ruling,
            boolean allow,
            Optional<AuditEntry.OutcomeFacts> outcome) {
        Caller caller = attempt.caller();
        Decision decision = ruling.decision();
        return new AuditEntry(
                kind,
                switch (attempt.kind().auditClass()) {
                    case READ -> AuditEntry.AuditClass.DATA_READ;
                    case WRITE -> AuditEntry.AuditClass.DATA_WRITE;
                    case SCHEMA -> AuditEntry.AuditClass.SCHEMA;
                    case OPERATOR -> AuditEntry.AuditClass.OPERATOR;
                },
                attempt.request().requestId(),
                Optional.of(decision.decisionId()),
                new AuditEntry.Actor(
                        caller.subject(),
                        caller.type().wireName(),
                        Optional.empty(),
                        Optional.of(caller.auth().credentialId())),
                attempt.kind().action(),
                attempt.kind().operation(),
                new AuditEntry.Resource(
                        attempt.graph(),
                        ready.branch().map(Object::toString),
                        ready.targetBranch().map(Object::toString),
                        Optional.empty(),
                        List.copyOf(ready.touched().all())),
                Optional.of(new AuditEntry.DecisionFacts(
                        allow,
                        Reasons.of(decision),
                        decision.policyRevision(),
                        Optional.empty(),
                        ruling.remembered(),
                        ruling.took().toNanos() / 1_000)),
                outcome,
                new AuditEntry.Origin(
                        Optional.of(attempt.request().ip()).filter(ip -> !ip.isEmpty()),
                        attempt.request().channel().name().toLowerCase(Locale.ROOT),
                        Optional.empty()),
                Optional.empty());
    }

    private static AuditEntry withRules(AuditEntry entry, List<String> rules) {
        AuditEntry.DecisionFacts decided = entry.decision().orElseThrow();
        return new AuditEntry(
                entry.kind(),
                entry.auditClass(),
                entry.requestId(),
                entry.decisionId(),
                entry.actor(),
                entry.action(),
                entry.operation(),
                entry.resource(),
                Optional.of(new AuditEntry.DecisionFacts(
                        decided.allow(),
                        rules,
                        decided.policyRevision(),
                        decided.obligationsDigest(),
                        decided.cached(),
                        decided.latencyUs())),
                entry.outcome(),
                entry.context(),
                entry.breakGlass());
    }

    private static AuditEntry.OutcomeFacts outcome(int status, String code, Optional<String> commit, Duration took) {
        return new AuditEntry.OutcomeFacts(
                status, Optional.of(code), commit, Optional.empty(), Optional.empty(), took.toMillis());
    }

    private static int status(Throwable thrown) {
        return switch (thrown) {
            case EngineException engine -> EngineFailures.of(engine).problem().status();
            case PlatformException platform -> platform.failure().problem().status();
            default -> 500;
        };
    }

    private static Optional<String> commit(Object value) {
        return switch (value) {
            case GraphOperation.Load.Loaded loaded ->
                loaded.receipt().commit().map(commit -> commit.id().value());
            case GraphOperation.Mutate.Mutated mutated ->
                mutated.receipt().commit().map(commit -> commit.id().value());
            case WriteReceipt receipt ->
                receipt.commit().map(commit -> commit.id().value());
            case MergeReceipt receipt ->
                receipt.commit().map(commit -> commit.id().value());
            case GraphOperation.ApplySchema.Applied applied ->
                applied.receipt().commit().map(commit -> commit.id().value());
            case QueryRun run -> Optional.of(run.commit().value());
            default -> Optional.empty();
        };
    }

    private static Optional<Long> rows(Object value) {
        return switch (value) {
            case GraphOperation.Load.Loaded loaded -> Optional.of(affected(loaded.receipt()));
            case GraphOperation.Mutate.Mutated mutated -> Optional.of(affected(mutated.receipt()));
            case WriteReceipt receipt -> Optional.of(affected(receipt));
            case QueryRun run -> Optional.of(run.rowsWritten());
            default -> Optional.empty();
        };
    }

    private static long affected(WriteReceipt receipt) {
        return receipt.affectedNodes() + receipt.affectedEdges();
    }
}
