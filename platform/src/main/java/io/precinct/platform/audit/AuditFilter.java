package io.precinct.platform.audit;

import java.time.Instant;
import java.util.Optional;

/** Which records are wanted; every part that is present must hold. {@code from} is included, {@code until} is not. */
public record AuditFilter(
        Optional<Instant> from,
        Optional<Instant> until,
        Optional<String> actor,
        Optional<String> action,
        Optional<Boolean> allow,
        Optional<String> graph,
        Optional<String> commit,
        Optional<String> request) {
    public static final AuditFilter ALL = new AuditFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
}
