package io.precinct.tenants.upkeep;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Tells a run to stop at its next safe point. Thread-safe; a run asks often and cheaply. */
public final class CancelSignal {
    private final InstantSource clock;
    private final Optional<Instant> until;
    private final AtomicReference<Optional<String>> reason = new AtomicReference<>(Optional.empty());

    CancelSignal(InstantSource clock, Optional<Instant> until) {
        this.clock = clock;
        this.until = until;
    }

    public boolean cancelled() {
        return reason().isPresent();
    }

    /** Why to stop; the first reason stays. */
    public Optional<String> reason() {
        if (until.filter(end -> !clock.instant().isBefore(end)).isPresent()) {
            cancel("the time for maintenance is over");
        }
        return reason.get();
    }

    void cancel(String why) {
        reason.updateAndGet(before -> before.or(() -> Optional.of(why)));
    }
}
