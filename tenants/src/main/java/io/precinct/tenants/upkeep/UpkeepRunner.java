package io.precinct.tenants.upkeep;

import io.precinct.tenants.TenantId;
import java.util.Optional;

/**
 * Does the work, in the one order of operations and with a system subject. May be called for different tenants at once, and
 * after a crash once more for the same one: the work commutes with every other writer and may be repeated.
 */
public interface UpkeepRunner {
    /**
     * Compacts the tenant's graphs and folds their indexes, until done or until {@code cancel} says to stop.
     *
     * @throws RuntimeException when it fails; what was published before stays and is sound
     */
    UpkeepOutcome compact(TenantId tenant, CancelSignal cancel);

    /** How much there is to do, from counters, without opening an engine; empty when nobody counts. */
    default Optional<UpkeepMeasure> measure(TenantId tenant) {
        return Optional.empty();
    }
}
