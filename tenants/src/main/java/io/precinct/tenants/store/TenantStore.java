package io.precinct.tenants.store;

import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.Suspension;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantMove;
import io.precinct.tenants.TenantPage;
import io.precinct.tenants.TenantSlug;
import io.precinct.tenants.TenantState;
import io.precinct.tenants.postgres.ControlDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** Rows of tenants and of the steps of their provisioning. The only user of the registry's binding. */
public final class TenantStore {
    private final ControlDatabase database;

    public TenantStore(ControlDatabase database) {
        this.database = database;
    }

    /**
     * Reserves the slug under a new id, or finds the tenant that the same idempotency key led to before.
     *
     * @throws TenantException.Conflict {@code SLUG_TAKEN} or {@code IDEMPOTENCY_MISMATCH}
     */
    public Tenant create(CreateTenant request, TenantId id, Instant now) {
        return database.inRegistry(handle -> {
            Optional<Tenant> before = byKey(handle, request);
            if (before.isPresent()) {
                return before.get();
            }
            releaseSlug(handle, request.slug(), now);
            int inserted = handle.createUpdate("""
                            insert into tenants (id, slug, display_name, plan, region, state, idempotency_key,
                              request_digest, created_at, updated_at)
                            values (:id, :slug, :displayName, :plan, :region, 'requested', :key, :digest, :now, :now)
                            on conflict do nothing
                            """)
                    .bind("id", id.value())
                    .bind("slug", request.slug().value())
                    .bind("displayName", request.displayName())
                    .bind("plan", request.plan())
                    .bind("region", request.region())
                    .bind("key", request.idempotencyKey().orElse(null))
                    .bind("digest", request.digest())
                    .bind("now", Columns.timestamp(now))
                    .execute();
            if (inserted == 1) {
                return find(handle, id).orElseThrow();
            }
            // Either the slug belongs to another tenant, or another node answered the same key in between.
            return byKey(handle, request)
                    .orElseThrow(() -> new TenantException.Conflict(
                            TenantException.Code.SLUG_TAKEN,
                            "the slug " + request.slug() + " is taken or in quarantine; choose another one"));
        });
    }

    public Optional<Tenant> find(TenantId id) {
        return database.inRegistry(handle -> find(handle, id));
    }

    public Optional<Tenant> findBySlug(TenantSlug slug) {
        return database.inRegistry(handle -> handle.createQuery("select * from tenants where slug = :slug")
                .bind("slug", slug.value())
                .map(TenantStore::tenant)
                .findOne());
    }

    public TenantPage list(TenantPage.Request request) {
        List<Tenant> found = database.inRegistry(handle -> handle.createQuery("""
                        select * from tenants where id > :after and (:state = '' or state = :state)
                        order by id limit :limit
                        """)
                .bind("after", request.after().map(TenantId::value).orElse(""))
                .bind("state", request.state().map(TenantState::wireName).orElse(""))
                .bind("limit", request.limit() + 1)
                .map(TenantStore::tenant)
                .list());
        boolean more = found.size() > request.limit();
        List<Tenant> page = more ? found.subList(0, request.limit()) : found;
        return new TenantPage(page, more ? Optional.of(page.getLast().id()) : Optional.empty());
    }

    /** Compare and set on state and epoch; empty when the tenant is no longer as {@code seen}. */
    public Optional<Tenant> move(Tenant seen, TenantMove move, Instant now, Duration quarantine) {
        Optional<OffsetDateTime> slugFreeAt = move.target() == TenantState.DELETED
                ? Optional.of(Columns.timestamp(now.plus(quarantine)))
                : Optional.empty();
        return database.inRegistry(handle -> handle.createQuery("""
                        update tenants set state = :target, suspension_reason = :reason, suspension_mode = :mode,
                          epoch = epoch + 1, updated_at = :now, slug_free_at = :slugFreeAt
                        where id = :id and state = :state and epoch = :epoch returning *
                        """)
                .bind("target", move.target().wireName())
                .bind(
                        "reason",
                        move.suspension().map(why -> why.reason().wireName()).orElse(null))
                .bind(
                        "mode",
                        move.suspension().map(why -> why.mode().wireName()).orElse(null))
                .bind("now", Columns.timestamp(now))
                .bindByType("slugFreeAt", slugFreeAt.orElse(null), OffsetDateTime.class)
                .bind("id", seen.id().value())
                .bind("state", seen.state().wireName())
                .bind("epoch", seen.epoch())
                .map(TenantStore::tenant)
                .findOne());
    }

    public Set<String> finishedSteps(TenantId tenant) {
        return database.inRegistry(handle -> new HashSet<>(handle.createQuery(
                        "select step from tenant_steps where tenant_id = :tenant and finished_at is not null")
                .bind("tenant", tenant.value())
                .mapTo(String.class)
                .list()));
    }

    public void stepFinished(TenantId tenant, String step, Instant now) {
        recordStep(tenant, step, Optional.of(now), Optional.empty());
    }

    public void stepFailed(TenantId tenant, String step, String failure) {
        recordStep(tenant, step, Optional.empty(), Optional.of(failure));
    }

    private void recordStep(TenantId tenant, String step, Optional<Instant> finished, Optional<String> failure) {
        database.inRegistry(handle -> handle.createUpdate("""
                        insert into tenant_steps (tenant_id, step, attempts, finished_at, failure)
                        values (:tenant, :step, 1, :finished, :failure)
                        on conflict (tenant_id, step) do update
                          set attempts = tenant_steps.attempts + 1, failure = excluded.failure,
                              finished_at = coalesce(tenant_steps.finished_at, excluded.finished_at)
                        """)
                .bind("tenant", tenant.value())
                .bind("step", step)
                .bindByType("finished", finished.map(Columns::timestamp).orElse(null), OffsetDateTime.class)
                .bind("failure", failure.orElse(null))
                .execute());
    }

    private static Optional<Tenant> byKey(Handle handle, CreateTenant request) {
        if (request.idempotencyKey().isEmpty()) {
            return Optional.empty();
        }
        return handle.createQuery("select * from tenants where idempotency_key = :key")
                .bind("key", request.idempotencyKey().get())
                .map((row, context) -> {
                    if (!row.getString("request_digest").equals(request.digest())) {
                        throw new TenantException.Conflict(
                                TenantException.Code.IDEMPOTENCY_MISMATCH,
                                "this idempotency key was used for another request; use a new key for a new tenant");
                    }
                    return tenant(row, context);
                })
                .findOne();
    }

    private static void releaseSlug(Handle handle, TenantSlug slug, Instant now) {
        handle.createUpdate("""
                        update tenants set slug = :prefix || lower(id)
                        where slug = :slug and state = 'deleted' and slug_free_at <= :now
                        """)
                .bind("prefix", TenantSlug.RELEASED_PREFIX)
                .bind("slug", slug.value())
                .bind("now", Columns.timestamp(now))
                .execute();
    }

    private static Optional<Tenant> find(Handle handle, TenantId id) {
        return handle.createQuery("select * from tenants where id = :id")
                .bind("id", id.value())
                .map(TenantStore::tenant)
                .findOne();
    }

    private static Tenant tenant(ResultSet row, StatementContext context) throws SQLException {
        Optional<String> reason = Optional.ofNullable(row.getString("suspension_reason"));
        String mode = row.getString("suspension_mode");
        return new Tenant(
                new TenantId(row.getString("id")),
                new TenantSlug(row.getString("slug")),
                row.getString("display_name"),
                row.getString("plan"),
                row.getString("region"),
                TenantState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                reason.map(why -> new Suspension(
                        Suspension.Reason.valueOf(why.toUpperCase(Locale.ROOT)),
                        Suspension.Mode.valueOf(mode.toUpperCase(Locale.ROOT)))),
                row.getLong("epoch"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"));
    }
}
