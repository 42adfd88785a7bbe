package io.precinct.platform.config;

import io.dropwizard.util.Duration;
import java.util.Optional;

/**
 * Reads wait in a queue of {@code queue} records per node and are written every {@code flush}; when the queue is full a
 * gap record tells how many were lost. Records of everything else are always written before success is reported.
 */
public record AuditSettings(int queue, Duration flush) {
    public static final AuditSettings DEFAULTS = new AuditSettings(0, null);

    public AuditSettings {
        queue = queue == 0 ? 10_000 : queue;
        flush = Optional.ofNullable(flush).orElseGet(() -> Duration.milliseconds(200));
        Check.that(queue > 0, "audit.queue", "must be positive");
        Check.that(flush.toMilliseconds() > 0, "audit.flush", "must be positive");
    }
}
