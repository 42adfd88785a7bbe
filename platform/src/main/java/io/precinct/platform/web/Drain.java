package io.precinct.platform.web;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether this node still admits work. Goes from open to draining once and never back. Thread-safe. */
public final class Drain {
    private final AtomicBoolean draining = new AtomicBoolean();

    /** From now on readiness is false and new API requests are refused; running ones go on. */
    public void begin() {
        draining.set(true);
    }

    public boolean draining() {
        return draining.get();
    }
}
