package io.precinct.tenants;

import io.precinct.engine.spi.IdSource;
import java.util.concurrent.atomic.AtomicLong;

/** Ascending ids without randomness. */
public final class TestIds implements IdSource {
    private final AtomicLong next = new AtomicLong();

    @Override
    public String next() {
        return "01K%023d".formatted(next.incrementAndGet());
    }
}
