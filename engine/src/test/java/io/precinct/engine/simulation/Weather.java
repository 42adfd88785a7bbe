package io.precinct.engine.simulation;

import io.precinct.engine.spi.StoreException;
import java.util.Optional;
import java.util.Random;

/**
 * What happens to the requests of one life of a process: faults by chance, and its death at a request. Used by one
 * thread at a time.
 */
final class Weather {
    /** The process is dead: it neither asks nor hears anything any more. */
    static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Death() {
            super("the process died", null, false, false);
        }
    }

    enum Effect {
        NONE,
        NOW,
        /** It is under way: it may take place long after. */
        LATER
    }

    /** What becomes of a request: its effect, and what the caller gets to hear instead of an answer. */
    record Fate(Effect effect, Optional<StoreException.Kind> answer, boolean dies) {
        static final Fate FAIR = new Fate(Effect.NOW, Optional.empty(), false);
    }

    private final Random random;
    private final boolean faulty;
    private int storm;
    private int untilDeath = Integer.MAX_VALUE;
    private boolean dead;
    private int faults;

    Weather(Random random, boolean faulty) {
        this.random = random;
        this.faulty = faulty;
    }

    /** Dies at a request after so many more. */
    void dieAfter(int requests) {
        untilDeath = Math.min(untilDeath, requests);
    }

    boolean isDead() {
        return dead;
    }

    /** So far. */
    int faults() {
        return faults;
    }

    void requireAlive() {
        if (dead) {
            throw new Death();
        }
    }

    /** At a write that is no request to the store of objects. */
    void mayDie() {
        if (dies()) {
            throw new Death();
        }
    }

    Fate ofConditionalPut() {
        if (dies()) {
            return new Fate(Effect.values()[random.nextInt(3)], Optional.empty(), true);
        }
        if (!faulty) {
            return Fate.FAIR;
        }
        if (storm == 0 && random.nextInt(50) == 0) {
            storm = 2 + random.nextInt(8);
        }
        if (storm > 0) {
            storm--;
            faults++;
            return new Fate(Effect.values()[random.nextInt(3)], Optional.of(StoreException.Kind.IN_DOUBT), false);
        }
        return switch (random.nextInt(40)) {
            case 0 -> fault(Effect.NONE, StoreException.Kind.UNAVAILABLE);
            case 1 -> fault(Effect.NONE, StoreException.Kind.IN_DOUBT);
            case 2 -> fault(Effect.NOW, StoreException.Kind.IN_DOUBT);
            case 3 -> fault(Effect.LATER, StoreException.Kind.IN_DOUBT);
            default -> Fate.FAIR;
        };
    }

    /** Of reads and of hints. */
    Fate ofOther() {
        if (dies()) {
            return new Fate(random.nextBoolean() ? Effect.NOW : Effect.NONE, Optional.empty(), true);
        }
        return faulty && random.nextInt(120) == 0
                ? fault(random.nextBoolean() ? Effect.NOW : Effect.NONE, StoreException.Kind.UNAVAILABLE)
                : Fate.FAIR;
    }

    private Fate fault(Effect effect, StoreException.Kind kind) {
        faults++;
        return new Fate(effect, Optional.of(kind), false);
    }

    private boolean dies() {
        requireAlive();
        dead = untilDeath-- <= 0;
        return dead;
    }
}
