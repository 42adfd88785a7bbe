package io.precinct.tenants.upkeep;

/**
 * A tenant's calendar and thresholds.
 *
 * @param version 0 for a tenant that never set any; grows by one with each change, which names the version it replaces
 */
public record MaintenanceSettings(MaintenanceCalendar calendar, UpkeepThresholds thresholds, long version) {
    public static MaintenanceSettings standard() {
        return new MaintenanceSettings(MaintenanceCalendar.nightly(), UpkeepThresholds.standard(), 0);
    }
}
