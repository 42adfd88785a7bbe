package io.precinct.engine.write;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;

/** The heap that the ids of one write may take, shared by its tables. Not thread-safe. */
final class IdBudget {
    private final long most;
    private long taken;

    IdBudget(long most) {
        this.most = most;
    }

    /** Called before the bytes are allocated. */
    void take(long bytes) {
        if (bytes > most - taken) {
            throw new EngineException(
                    new EngineFailure.ResourceLimit("bytes of the ids that one write remembers", most, taken + bytes));
        }
        taken += bytes;
    }

    void giveBack(long bytes) {
        taken -= bytes;
    }

    long taken() {
        return taken;
    }
}
