package io.precinct.engine.exec;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.time.Instant;

/** What one execution has left of its budget. Used by one thread at a time; closing gives its memory back. */
final class Allowance implements AutoCloseable {
    /** Rounds of a loop between two looks at the clock. */
    static final int ROUNDS = 1_024;

    private final ExecutionBudget budget;
    private final QueryMemory.Share memory;

    Allowance(ExecutionBudget budget) {
        this.budget = budget;
        this.memory = budget.memory().share();
    }

    long maxHops() {
        return budget.maxHops();
    }

    /** @throws EngineException {@code Interrupted} */
    void check() {
        if (budget.cancelled().getAsBoolean() || Thread.currentThread().isInterrupted()) {
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
        if (!budget.deadline().equals(Instant.MAX) && Instant.now().isAfter(budget.deadline())) {
            throw new EngineException(new EngineFailure.Interrupted(true));
        }
    }

    /** The same, once in {@link #ROUNDS} calls of a loop. */
    void check(int round) {
        if (round % ROUNDS == 0) {
            check();
        }
    }

    /** @throws EngineException {@code ResourceLimit} or {@code Busy} */
    void take(long bytes) {
        memory.take(bytes);
    }

    void give(long bytes) {
        memory.give(bytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
