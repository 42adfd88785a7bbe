package io.precinct.engine.manifest;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.TypeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose turn it is in this process to move the pin of a type: whoever composes a new pin while another does so composes
 * for nothing. Turns save work and decide nothing: a pin that moved is noticed at admission, so after some patience a
 * writer goes on without one. Small writes need none. First come, first served; a thread may take its own turn again.
 */
final class PinTurns {
    private final Map<TypeId, ReentrantLock> turns = new ConcurrentHashMap<>();
    private final Duration patience;

    PinTurns(Duration patience) {
        this.patience = patience;
    }

    /** Turns to be given back by the thread that took them. */
    record Taken(List<ReentrantLock> locks) implements AutoCloseable {
        static final Taken NONE = new Taken(List.of());

        @Override
        public void close() {
            locks.reversed().forEach(ReentrantLock::unlock);
        }
    }

    /**
     * Waits for each type in ascending order, so that no two writers wait for one another.
     *
     * @throws EngineException {@code Interrupted}
     */
    Taken take(Collection<TypeId> types) {
        List<ReentrantLock> taken = new ArrayList<>();
        for (TypeId type : new TreeSet<>(types)) {
            ReentrantLock turn = turn(type);
            try {
                if (turn.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    taken.add(turn);
                }
            } catch (InterruptedException stop) {
                new Taken(taken).close();
                Thread.currentThread().interrupt();
                throw new EngineException(new EngineFailure.Interrupted(false), stop);
            }
        }
        return new Taken(List.copyOf(taken));
    }

    /** The turn if nobody has it. */
    Optional<Taken> takeNow(TypeId type) {
        ReentrantLock turn = turn(type);
        return turn.tryLock() ? Optional.of(new Taken(List.of(turn))) : Optional.empty();
    }

    private ReentrantLock turn(TypeId type) {
        return turns.computeIfAbsent(type, unused -> new ReentrantLock(true));
    }
}
