package io.precinct.tenants.upkeep;

import io.precinct.tenants.TenantId;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One entry of the run log.
 *
 * @param reason why it runs, or in an end state why it ended so
 * @param requestedBy subject that asked, {@code system} for the schedule
 */
public record UpkeepRun(
        TenantId tenant,
        String id,
        Trigger trigger,
        String requestedBy,
        State state,
        String reason,
        Optional<UpkeepOutcome> outcome,
        boolean cancelRequested,
        Instant createdAt,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt) {
    public enum Trigger {
        SCHEDULE,
        REQUEST;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum State {
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        DEFERRED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean over() {
            return switch (this) {
                case PENDING, RUNNING -> false;
                case SUCCEEDED, FAILED, CANCELLED, DEFERRED -> true;
            };
        }
    }
}
