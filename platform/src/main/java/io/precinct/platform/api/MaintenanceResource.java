package io.precinct.platform.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.run.OperationKind;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.TenantOperation;
import io.precinct.platform.web.Governed;
import io.precinct.tenants.upkeep.MaintenanceCalendar;
import io.precinct.tenants.upkeep.MaintenanceSettings;
import io.precinct.tenants.upkeep.TenantMaintenance;
import io.precinct.tenants.upkeep.UpkeepRun;
import io.precinct.tenants.upkeep.UpkeepThresholds;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** When a tenant's upkeep may run, and what its runs did. */
@Path("/tenants/{tenant}")
@Produces(MediaType.APPLICATION_JSON)
public final class MaintenanceResource {
    private static final int MOST_RUNS = 500;

    private final OperationRunner runner;
    private final TenantMaintenance maintenance;

    public MaintenanceResource(OperationRunner runner, TenantMaintenance maintenance) {
        this.runner = runner;
        this.maintenance = maintenance;
    }

    /** {@code summary} says what was done, why, or why not. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record RunOutput(
            String id,
            String job,
            String state,
            String trigger,
            @JsonProperty("requested_by") String requestedBy,
            @JsonProperty("created_at") String createdAt,
            @JsonProperty("started_at") Optional<String> startedAt,
            @JsonProperty("finished_at") Optional<String> finishedAt,
            String summary,
            Map<String, Long> figures) {
        static RunOutput of(UpkeepRun run) {
            return new RunOutput(
                    run.id(),
                    "compact",
                    run.state().wireName(),
                    run.trigger().wireName(),
                    run.requestedBy(),
                    run.createdAt().toString(),
                    run.startedAt().map(Instant::toString),
                    run.endedAt().map(Instant::toString),
                    run.outcome()
                            .map(outcome -> outcome.summary() + " (" + run.reason() + ")")
                            .orElse(run.reason()),
                    run.outcome().map(outcome -> outcome.figures()).orElse(Map.of()));
        }
    }

    public record RunsOutput(List<RunOutput> runs) {}

    /** Days are three-letter English names, {@code start} is local time as HH:MM. */
    public record WindowBody(
            List<String> days,
            String start,
            @JsonProperty("duration_min") long durationMinutes) {}

    public record BlackoutBody(String from, String to) {}

    public record ThresholdsBody(
            @JsonProperty("small_fragments") long smallFragments,
            @JsonProperty("deleted_rows") long deletedRows,
            @JsonProperty("between_windows") boolean betweenWindows) {}

    /** {@code version} is the one that a change replaces; it is 0 before the first. */
    public record WindowsBody(
            String timezone,
            List<WindowBody> windows,
            List<BlackoutBody> blackouts,
            @JsonProperty("defer_max_days") int deferMaxDays,
            ThresholdsBody thresholds,
            long version) {
        static WindowsBody of(MaintenanceSettings settings) {
            MaintenanceCalendar calendar = settings.calendar();
            return new WindowsBody(
                    calendar.timezone().getId(),
                    calendar.windows().stream()
                            .map(window -> new WindowBody(
                                    window.days().stream()
                                            .sorted()
                                            .map(day ->
                                                    day.name().substring(0, 3).toLowerCase(Locale.ROOT))
                                            .toList(),
                                    window.start().toString(),
                                    window.duration().toMinutes()))
                            .toList(),
                    calendar.blackouts().stream()
                            .map(blackout -> new BlackoutBody(
                                    blackout.from().toString(), blackout.to().toString()))
                            .toList(),
                    calendar.deferMaxDays(),
                    new ThresholdsBody(
                            settings.thresholds().smallFragments(),
                            settings.thresholds().deletedRows(),
                            settings.thresholds().betweenWindows()),
                    settings.version());
        }

        MaintenanceSettings settings() {
            try {
                return new MaintenanceSettings(
                        new MaintenanceCalendar(
                                ZoneId.of(Names.present(timezone, "timezone")),
                                Names.present(windows, "windows").stream()
                                        .map(window -> new MaintenanceCalendar.Window(
                                                window.days().stream()
                                                        .map(WindowsBody::day)
                                                        .collect(Collectors.toSet()),
                                                LocalTime.parse(window.start()),
                                                Duration.ofMinutes(window.durationMinutes())))
                                        .toList(),
                                Names.present(blackouts, "blackouts").stream()
                                        .map(blackout -> new MaintenanceCalendar.Blackout(
                                                Instant.parse(blackout.from()), Instant.parse(blackout.to())))
                                        .toList(),
                                deferMaxDays),
                        new UpkeepThresholds(
                                Names.present(thresholds, "thresholds").smallFragments(),
                                thresholds.deletedRows(),
                                UpkeepThresholds.standard().unindexedRows(),
                                thresholds.betweenWindows()),
                        version);
            } catch (DateTimeException malformed) {
                throw Names.invalid("a time, an instant or the time zone has another form: " + malformed.getMessage());
            }
        }

        private static DayOfWeek day(String name) {
            for (DayOfWeek day : DayOfWeek.values()) {
                if (day.name().substring(0, 3).equalsIgnoreCase(name)) {
                    return day;
                }
            }
            throw Names.invalid("a day is one of mon, tue, wed, thu, fri, sat, sun");
        }
    }

    @GET
    @Path("/jobs")
    @Operation(operationId = "jobsList", summary = "Maintenance runs, most recent first")
    @Governed(action = "maintenance_read", operation = "jobs.list")
    public RunsOutput runs(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @QueryParam("limit") @DefaultValue("50") int limit) {
        if (limit < 1 || limit > MOST_RUNS) {
            throw Names.invalid("limit is 1 to " + MOST_RUNS);
        }
        return runner.run(
                caller,
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.JOBS_LIST,
                        who -> new RunsOutput(maintenance.runs(who.tenant(), limit).stream()
                                .map(RunOutput::of)
                                .toList())));
    }

    @POST
    @Path("/maintenance/optimize")
    @Operation(
            operationId = "maintenanceOptimize",
            summary = "Run upkeep as soon as possible, whatever the windows say")
    @Governed(action = "maintain_optimize", operation = "maint.optimize")
    public RunOutput optimize(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant) {
        return runner.run(
                caller,
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.UPKEEP_REQUEST,
                        who -> RunOutput.of(maintenance.runNow(who.tenant(), who.subject()))));
    }

    @POST
    @Path("/jobs/{job}/cancel")
    @Operation(operationId = "jobsCancel", summary = "Ask a run to stop at its next safe point")
    @Governed(action = "maintain_optimize", operation = "jobs.cancel")
    public RunOutput cancel(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            @PathParam("job") String job) {
        return runner.run(caller, Requests.context(http), TenantOperation.by(OperationKind.JOBS_CANCEL, who -> {
            maintenance.cancel(who.tenant(), job);
            return RunOutput.of(maintenance.run(who.tenant(), job));
        }));
    }

    @GET
    @Path("/maintenance/windows")
    @Operation(operationId = "windowsGet", summary = "When upkeep may run")
    @Governed(action = "maintenance_read", operation = "maint.windows")
    public WindowsBody windows(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant) {
        return runner.run(
                caller,
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.WINDOWS_GET, who -> WindowsBody.of(maintenance.windows(who.tenant()))));
    }

    @PUT
    @Path("/maintenance/windows")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "windowsSet", summary = "Replace when upkeep may run")
    @Governed(action = "maintenance_schedule", operation = "maint.schedule")
    public WindowsBody setWindows(
            @Parameter(hidden = true) @Context Caller caller,
            @Parameter(hidden = true) @Context HttpServletRequest http,
            @PathParam("tenant") String tenant,
            WindowsBody body) {
        MaintenanceSettings settings = Names.present(body, "timezone").settings();
        return runner.run(
                caller,
                Requests.context(http),
                TenantOperation.by(
                        OperationKind.WINDOWS_SET,
                        who -> WindowsBody.of(maintenance.setWindows(who.tenant(), settings, who.subject()))));
    }
}
