package io.precinct.tenants;

/**
 * Opens a tenant's engine instance and tells its size.
 *
 * @param <E> the engine instance; closed once, by {@link TenantEngines}, when nobody uses it
 */
public interface TenantEngineFactory<E extends AutoCloseable> {
    /** Opens an instance; any exception counts as not opened. Never called for a tenant that has an open instance here. */
    E open(Tenant tenant) throws Exception;

    /** Bytes, on and off heap, that the instance holds now. Called under a lock: answers from counters, at once. */
    long memoryBytes(E engine);
}
