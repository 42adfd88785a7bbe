package io.precinct.engine.exec;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * What one execution may take. Every operator looks at it as it works.
 *
 * @param deadline when it must have ended
 * @param maxHops the longest path, in edges, that a step may ask for
 * @param memory what it may hold
 * @param cancelled asked now and then; true ends the execution
 */
public record ExecutionBudget(Instant deadline, long maxHops, QueryMemory memory, BooleanSupplier cancelled) {
    public static ExecutionBudget until(Instant deadline) {
        return new ExecutionBudget(deadline, Long.MAX_VALUE, QueryMemory.UNBOUNDED, () -> false);
    }

    public static ExecutionBudget unbounded() {
        return until(Instant.MAX);
    }

    public static ExecutionBudget of(Duration timeout) {
        return until(Instant.now().plus(timeout));
    }

    public ExecutionBudget withMaxHops(long hops) {
        return new ExecutionBudget(deadline, hops, memory, cancelled);
    }

    public ExecutionBudget within(QueryMemory shared) {
        return new ExecutionBudget(deadline, maxHops, shared, cancelled);
    }

    public ExecutionBudget cancelledBy(BooleanSupplier asked) {
        return new ExecutionBudget(deadline, maxHops, memory, asked);
    }
}
