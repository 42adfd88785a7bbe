package io.precinct.tenants;

import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.store.TenantStore;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes requested tenants usable: runs the steps that are not recorded as done, in order, and activates the tenant after the
 * last one. Interrupted anywhere, on any node, it goes on where the record stops; a tenant is never active with a step missing.
 */
public final class TenantProvisioning {
    private static final Logger log = LoggerFactory.getLogger(TenantProvisioning.class);

    private final TenantRegistry registry;
    private final TenantStore store;
    private final List<ProvisioningStep> steps;
    private final InstantSource clock;

    public TenantProvisioning(
            TenantRegistry registry, ControlDatabase database, List<ProvisioningStep> steps, InstantSource clock) {
        this.registry = registry;
        this.store = new TenantStore(database);
        this.steps = List.copyOf(steps);
        this.clock = clock;
        Set<String> names = new HashSet<>();
        for (ProvisioningStep step : this.steps) {
            if (!names.add(step.name())) {
                throw new IllegalArgumentException("two steps of provisioning are called " + step.name());
            }
        }
    }

    /**
     * Creates the tenant, or finds it by the request's idempotency key, and provisions it as far as possible.
     *
     * @return the tenant, active
     * @throws TenantException.Unavailable {@code PROVISIONING_FAILED} when a step failed; the same request goes on from there
     */
    public Tenant create(CreateTenant request) {
        return provision(registry.create(request));
    }

    /** Takes up every tenant whose provisioning stopped half-way; one that fails again does not hold up the others. */
    public void resumeAll() {
        for (TenantState state : List.of(TenantState.REQUESTED, TenantState.PROVISIONING)) {
            Optional<TenantId> after = Optional.empty();
            do {
                TenantPage page =
                        registry.list(new TenantPage.Request(after, Optional.of(state), TenantPage.Request.MOST));
                for (Tenant tenant : page.tenants()) {
                    try {
                        provision(tenant);
                    } catch (TenantException e) {
                        log.warn("tenant {} is not provisioned yet: {}", tenant.id(), e.getMessage());
                    }
                }
                after = page.next();
            } while (after.isPresent());
        }
    }

    private Tenant provision(Tenant tenant) {
        Tenant current = tenant;
        if (current.state() == TenantState.REQUESTED || current.state() == TenantState.FAILED) {
            current = moveOrJoin(current, new TenantMove.Provision());
        }
        if (current.state() != TenantState.PROVISIONING) {
            return current;
        }
        Set<String> finished = store.finishedSteps(current.id());
        for (ProvisioningStep step : steps) {
            if (!finished.contains(step.name())) {
                run(step, current);
            }
        }
        return moveOrJoin(current, new TenantMove.Activate());
    }

    private void run(ProvisioningStep step, Tenant tenant) {
        try {
            step.run(tenant);
        } catch (RuntimeException e) {
            store.stepFailed(tenant.id(), step.name(), String.valueOf(e.getMessage()));
            throw new TenantException.Unavailable(
                    TenantException.Code.PROVISIONING_FAILED,
                    "step " + step.name() + " of provisioning failed; repeat the request to go on from there",
                    e);
        }
        store.stepFinished(tenant.id(), step.name(), clock.instant());
    }

    /** Another node that provisions the same tenant may have made the move already. */
    private Tenant moveOrJoin(Tenant seen, TenantMove move) {
        try {
            return registry.move(seen.id(), seen.epoch(), move);
        } catch (TenantException.Conflict e) {
            Tenant now = registry.require(seen.id());
            if (now.state() == move.target() || now.state() == TenantState.ACTIVE) {
                return now;
            }
            throw e;
        }
    }
}
