package io.precinct.tenants;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to use a tenant's engine instance until {@link #close()}; it stays open that long. Hold one lease per operation,
 * in try-with-resources.
 */
public final class Lease<E> implements AutoCloseable {
    private final Tenant tenant;
    private final E engine;
    private final Runnable release;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(Tenant tenant, E engine, Runnable release) {
        this.tenant = tenant;
        this.engine = engine;
        this.release = release;
    }

    /** The tenant as it was when the lease was given. */
    public Tenant tenant() {
        return tenant;
    }

    /**
     * @throws IllegalStateException after {@link #close()}
     */
    public E engine() {
        if (closed.get()) {
            throw new IllegalStateException("the lease was given back; take a new one");
        }
        return engine;
    }

    /** Gives the lease back; further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release.run();
        }
    }
}
