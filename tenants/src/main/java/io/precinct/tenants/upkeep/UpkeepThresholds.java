package io.precinct.tenants.upkeep;

import io.precinct.tenants.TenantException;
import java.util.Optional;

/**
 * From how much on tidying up is worth it; reaching any one suffices.
 *
 * @param betweenWindows whether reaching one starts a run at once instead of at the next window
 */
public record UpkeepThresholds(long smallFragments, long deletedRows, long unindexedRows, boolean betweenWindows) {
    public UpkeepThresholds {
        if (smallFragments < 1 || deletedRows < 1 || unindexedRows < 1) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_CALENDAR, "maintenance thresholds are at least 1");
        }
    }

    public static UpkeepThresholds standard() {
        return new UpkeepThresholds(16, 100_000, 100_000, true);
    }

    /** Names the threshold that is reached, if one is. */
    public Optional<String> reachedBy(UpkeepMeasure measure) {
        if (measure.smallFragments() >= smallFragments) {
            return Optional.of(measure.smallFragments() + " small fragments");
        }
        if (measure.deletedRows() >= deletedRows) {
            return Optional.of(measure.deletedRows() + " deleted rows");
        }
        if (measure.unindexedRows() >= unindexedRows) {
            return Optional.of(measure.unindexedRows() + " rows without index");
        }
        return Optional.empty();
    }
}
