package io.precinct.tenants.store;

import io.precinct.engine.CommitId;
import io.precinct.tenants.KeyedRequest;
import io.precinct.tenants.KeyedRequest.Claim;
import io.precinct.tenants.KeyedRequest.Place;
import io.precinct.tenants.postgres.ControlDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Rows of requests with a key, kept for a day. That a request is done once does not rest on who holds it: a hold only
 * saves the work of a second try, and every try publishes under the same name. Thread-safe.
 */
public final class KeyedRequestStore {
    /** After which a key may be used for something else. */
    public static final Duration KEPT = Duration.ofHours(24);

    /** So long others keep off a try that says nothing. */
    public static final Duration HELD = Duration.ofSeconds(5);

    private static final int SWEPT_AT_ONCE = 20;

    private final ControlDatabase database;

    public KeyedRequestStore(ControlDatabase database) {
        this.database = database;
    }

    /**
     * @param digest of what is asked, when it is known before the body was read
     * @param fresh name of the commit, if this is the first try
     * @param holder of this try alone
     */
    public Claim claim(KeyedRequest request, Optional<String> digest, CommitId fresh, String holder, Instant now) {
        return database.inTenant(request.tenant(), handle -> {
            sweep(handle, request, now);
            int inserted = handle.createUpdate("""
                            insert into keyed_requests (tenant_id, subject, request_key, digest, commit_id, holder,
                              held_until, created_at, expires_at)
                            values (:tenant, :subject, :key, :digest, :commit, :holder, :until, :now, :expires)
                            on conflict do nothing
                            """)
                    .bindMap(key(request))
                    .bind("digest", digest.orElse(null))
                    .bind("commit", fresh.value())
                    .bind("holder", holder)
                    .bind("until", Columns.timestamp(now.plus(HELD)))
                    .bind("now", Columns.timestamp(now))
                    .bind("expires", Columns.timestamp(now.plus(KEPT)))
                    .execute();
            if (inserted == 1) {
                return new Claim.Granted(request, holder, fresh);
            }
            Row row = handle.createQuery("select * from keyed_requests" + WHERE + " for update")
                    .bindMap(key(request))
                    .map(KeyedRequestStore::row)
                    .one();
            if (digest.isPresent() && row.digest().isPresent() && !digest.equals(row.digest())) {
                return new Claim.Different();
            }
            if (row.answer().isPresent()) {
                return new Claim.Answered(
                        row.digest(), row.status(), row.answer().get());
            }
            if (row.heldUntil().isAfter(now)) {
                return new Claim.Held(Duration.between(now, row.heldUntil()));
            }
            handle.createUpdate("update keyed_requests set holder = :holder, held_until = :until, tries = tries + 1,"
                            + " digest = coalesce(digest, :digest)" + WHERE)
                    .bindMap(key(request))
                    .bind("digest", digest.orElse(null))
                    .bind("holder", holder)
                    .bind("until", Columns.timestamp(now.plus(HELD)))
                    .execute();
            return new Claim.Granted(request, holder, row.commit());
        });
    }

    /** Says what was asked; false when an earlier try asked for something else. */
    public boolean describe(Claim.Granted granted, String digest) {
        return database.inTenant(
                granted.request().tenant(),
                handle -> handle.createUpdate("update keyed_requests set digest = :digest" + WHERE
                                        + " and (digest is null or digest = :digest)")
                                .bindMap(key(granted.request()))
                                .bind("digest", digest)
                                .execute()
                        == 1);
    }

    /** Says where the branch stands before anything is published; the place that the first try said is the one that counts. */
    public Place place(Claim.Granted granted, Place now) {
        return database.inTenant(
                granted.request().tenant(),
                handle -> handle.createQuery("update keyed_requests set stream = coalesce(stream, :stream),"
                                + " since = coalesce(since, :since)" + WHERE + " returning stream, since")
                        .bindMap(key(granted.request()))
                        .bind("stream", now.stream())
                        .bind("since", now.since())
                        .map((row, context) -> new Place(row.getString("stream"), row.getLong("since")))
                        .one());
    }

    /** It is done, and this was answered. */
    public void answered(Claim.Granted granted, int status, String answer) {
        database.inTenant(
                granted.request().tenant(),
                handle -> handle.createUpdate("update keyed_requests set status = :status, answer = :answer" + WHERE
                                + " and status is null")
                        .bindMap(key(granted.request()))
                        .bind("status", status)
                        .bind("answer", answer)
                        .execute());
    }

    /** It was refused. The first try of a request leaves nothing then; behind others, what became of them is not known. */
    public void refused(Claim.Granted granted, Instant now) {
        database.inTenant(granted.request().tenant(), handle -> {
            int deleted = handle.createUpdate(
                            "delete from keyed_requests" + WHERE + " and holder = :holder and tries = 1")
                    .bindMap(key(granted.request()))
                    .bind("holder", granted.holder())
                    .execute();
            return deleted == 1 ? deleted : release(handle, granted, now);
        });
    }

    /** Nobody knows what became of it: the next try finds out. */
    public void release(Claim.Granted granted, Instant now) {
        database.inTenant(granted.request().tenant(), handle -> release(handle, granted, now));
    }

    private static int release(Handle handle, Claim.Granted granted, Instant now) {
        return handle.createUpdate("update keyed_requests set held_until = :now" + WHERE + " and holder = :holder")
                .bindMap(key(granted.request()))
                .bind("holder", granted.holder())
                .bind("now", Columns.timestamp(now))
                .execute();
    }

    /** A few of those that nobody asks for any more, whenever there are new ones: they never pile up. */
    private static void sweep(Handle handle, KeyedRequest request, Instant now) {
        handle.createUpdate("""
                        delete from keyed_requests where tenant_id = :tenant and (subject, request_key) in (
                          select subject, request_key from keyed_requests
                          where tenant_id = :tenant and expires_at <= :now order by
                            case when subject = :subject and request_key = :key then 0 else 1 end
                          limit :most for update skip locked)
                        """)
                .bindMap(key(request))
                .bind("now", Columns.timestamp(now))
                .bind("most", SWEPT_AT_ONCE)
                .execute();
    }

    private static final String WHERE = " where tenant_id = :tenant and subject = :subject and request_key = :key";

    private static java.util.Map<String, Object> key(KeyedRequest request) {
        return java.util.Map.of("tenant", request.tenant().value(), "subject", request.subject(), "key", request.key());
    }

    private record Row(
            Optional<String> digest, CommitId commit, Instant heldUntil, int status, Optional<String> answer) {}

    private static Row row(ResultSet row, StatementContext context) throws SQLException {
        return new Row(
                Optional.ofNullable(row.getString("digest")),
                new CommitId(row.getString("commit_id")),
                Columns.instant(row, "held_until"),
                row.getInt("status"),
                Optional.ofNullable(row.getString("answer")));
    }
}
