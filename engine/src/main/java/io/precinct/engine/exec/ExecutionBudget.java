package io.precinct.engine.exec;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * What one execution may take. {@link #check} is called by every operator as it works.
 *
 * @param deadline when it must have ended
 * @param maxHops the longest path, in edges, that a step may ask for
 * @param maxBindings rows that may be held between operators at once
 * @param cancelled asked now and then; true ends the execution
 */
public record ExecutionBudget(Instant deadline, long maxHops, long maxBindings, BooleanSupplier cancelled) {
    /** Bindings are a few integers each, so this is some hundreds of megabytes at the very most. */
    public static final long DEFAULT_BINDINGS = 20_000_000;

    public static ExecutionBudget until(Instant deadline) {
        return new ExecutionBudget(deadline, Long.MAX_VALUE, DEFAULT_BINDINGS, () -> false);
    }

    public static ExecutionBudget unbounded() {
        return until(Instant.MAX);
    }

    public static ExecutionBudget of(Duration timeout) {
        return until(Instant.now().plus(timeout));
    }

    public ExecutionBudget withMaxHops(long hops) {
        return new ExecutionBudget(deadline, hops, maxBindings, cancelled);
    }

    public ExecutionBudget withMaxBindings(long bindings) {
        return new ExecutionBudget(deadline, maxHops, bindings, cancelled);
    }

    /** @throws EngineException {@code Interrupted} or {@code ResourceLimit} */
    void check(long bindings) {
        if (bindings > maxBindings) {
            throw new EngineException(new EngineFailure.ResourceLimit("bindings", maxBindings, bindings));
        }
        if (cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
        if (!deadline.equals(Instant.MAX) && Instant.now().isAfter(deadline)) {
            throw new EngineException(new EngineFailure.Interrupted(true));
        }
    }
}
