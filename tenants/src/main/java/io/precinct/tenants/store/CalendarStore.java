package io.precinct.tenants.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.upkeep.MaintenanceCalendar;
import io.precinct.tenants.upkeep.MaintenanceSettings;
import io.precinct.tenants.upkeep.UpkeepThresholds;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Rows of calendars; the document holds plain texts and numbers. */
public final class CalendarStore {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private record WindowDocument(List<DayOfWeek> days, String start, long minutes) {}

    private record BlackoutDocument(String from, String to) {}

    private record Document(
            String timezone,
            List<WindowDocument> windows,
            List<BlackoutDocument> blackouts,
            int deferMaxDays,
            UpkeepThresholds thresholds) {
        static Document of(MaintenanceCalendar calendar, UpkeepThresholds thresholds) {
            return new Document(
                    calendar.timezone().getId(),
                    calendar.windows().stream()
                            .map(window -> new WindowDocument(
                                    List.copyOf(window.days()),
                                    window.start().toString(),
                                    window.duration().toMinutes()))
                            .toList(),
                    calendar.blackouts().stream()
                            .map(blackout -> new BlackoutDocument(
                                    blackout.from().toString(), blackout.to().toString()))
                            .toList(),
                    calendar.deferMaxDays(),
                    thresholds);
        }

        MaintenanceSettings settings(long version) {
            return new MaintenanceSettings(
                    new MaintenanceCalendar(
                            ZoneId.of(timezone),
                            windows.stream()
                                    .map(window -> new MaintenanceCalendar.Window(
                                            new HashSet<>(window.days()),
                                            LocalTime.parse(window.start()),
                                            Duration.ofMinutes(window.minutes())))
                                    .toList(),
                            blackouts.stream()
                                    .map(blackout -> new MaintenanceCalendar.Blackout(
                                            Instant.parse(blackout.from()), Instant.parse(blackout.to())))
                                    .toList(),
                            deferMaxDays),
                    thresholds,
                    version);
        }
    }

    private final ControlDatabase database;

    public CalendarStore(ControlDatabase database) {
        this.database = database;
    }

    public Optional<MaintenanceSettings> find(TenantId tenant) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery(
                                "select version, calendar from maintenance_calendars where tenant_id = :tenant")
                        .bind("tenant", tenant.value())
                        .map((row, context) -> {
                            try {
                                return JSON.readValue(row.getString("calendar"), Document.class)
                                        .settings(row.getLong("version"));
                            } catch (JsonProcessingException e) {
                                throw new SQLException("a stored calendar is not readable", e);
                            }
                        })
                        .findOne());
    }

    /** Replaces the version that {@code settings} names by the next one; false when another is current. */
    public boolean replace(TenantId tenant, MaintenanceSettings settings, String by, Instant now) {
        String document;
        try {
            document = JSON.writeValueAsString(Document.of(settings.calendar(), settings.thresholds()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a calendar of plain values is always writable", e);
        }
        String statement = settings.version() == 0 ? """
                  insert into maintenance_calendars (tenant_id, version, calendar, updated_at, updated_by)
                  values (:tenant, :version + 1, cast(:document as jsonb), :now, :by) on conflict do nothing
                  """ : """
                  update maintenance_calendars set version = version + 1, calendar = cast(:document as jsonb),
                    updated_at = :now, updated_by = :by
                  where tenant_id = :tenant and version = :version
                  """;
        return database.inTenant(
                tenant,
                handle -> handle.createUpdate(statement)
                                .bind("tenant", tenant.value())
                                .bind("version", settings.version())
                                .bind("document", document)
                                .bind("now", Columns.timestamp(now))
                                .bind("by", by)
                                .execute()
                        == 1);
    }
}
