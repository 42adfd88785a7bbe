package io.precinct.tenants;

/**
 * One step of making a tenant usable, such as its organization at the identity provider or its first policy. A step may run
 * more than once, also at the same time on two nodes, and must then have the effect of running once.
 */
public interface ProvisioningStep {
    /** Stable name under which its completion is recorded. */
    String name();

    /** Returns when the step's effect is durable; any exception counts as not done. */
    void run(Tenant tenant);
}
