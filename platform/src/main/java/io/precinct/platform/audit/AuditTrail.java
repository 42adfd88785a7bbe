package io.precinct.platform.audit;

import io.precinct.engine.spi.IdSource;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.tenants.TenantException;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * The append-only trail of each tenant. Every record holds the hash of the one before it: the hash of a record is
 * SHA-256 over the hash before it, a line feed, and the record's canonical text, in hex. Writers of one tenant are put
 * in line by a lock on the chain's end, whatever node they are on. Thread-safe.
 */
public final class AuditTrail {
    /** What the first record of a chain follows. */
    static final String GENESIS = "0".repeat(64);

    private final ControlDatabase database;
    private final IdSource ids;
    private final InstantSource clock;

    public AuditTrail(ControlDatabase database, IdSource ids, InstantSource clock) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Appends in order, all or nothing. When this returns, the records are durable.
     *
     * @throws PlatformException {@link Problem#AUDIT_UNAVAILABLE}: report no success that rests on these records
     */
    public void append(TenantId tenant, List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        try {
            database.inTenant(tenant, handle -> {
                append(handle, tenant, entries);
                return true;
            });
        } catch (JdbiException | TenantException failed) {
            throw new PlatformException(new PlatformFailure.Plain(Problem.AUDIT_UNAVAILABLE), failed);
        }
    }

    private record Head(long sequence, String hash) {}

    /** Appends inside a transaction of the control database that is bound to the tenant, so that both or none happen. */
    public void append(Handle handle, TenantId tenant, List<AuditEntry> entries) {
        handle.createUpdate("insert into audit_heads (tenant_id, sequence, hash) values (:tenant, 0, :hash)"
                        + " on conflict (tenant_id) do nothing")
                .bind("tenant", tenant.value())
                .bind("hash", GENESIS)
                .execute();
        Head head = handle.createQuery("select sequence, hash from audit_heads where tenant_id = :tenant for update")
                .bind("tenant", tenant.value())
                .map((rows, context) -> new Head(rows.getLong(1), rows.getString(2)))
                .one();
        PreparedBatch batch = handle.prepareBatch("""
                insert into audit_records (tenant_id, sequence, id, recorded_at, kind, request_id, actor_id, action,
                  allow, graph, commit_id, body, prev_hash, hash)
                values (:tenant, :sequence, :id, :recordedAt, :kind, :requestId, :actorId, :action,
                  :allow, :graph, :commitId, :body, :prevHash, :hash)
                """);
        for (AuditEntry entry : entries) {
            long sequence = head.sequence() + 1;
            String id = ids.next();
            OffsetDateTime now = clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
            Map<String, Object> members = CanonicalJson.members(entry);
            members.put("v", 1);
            members.put("id", id);
            members.put("ts", now.toInstant().toString());
            members.put("tenant", tenant.value());
            members.put("sequence", sequence);
            String body = CanonicalJson.write(members);
            String hash = hash(head.hash(), body);
            batch.bind("tenant", tenant.value())
                    .bind("sequence", sequence)
                    .bind("id", id)
                    .bind("recordedAt", now)
                    .bind("kind", entry.kind().wireName())
                    .bind("requestId", entry.requestId())
                    .bind("actorId", entry.actor().id())
                    .bind("action", entry.action())
                    .bind(
                            "allow",
                            entry.decision()
                                    .map(AuditEntry.DecisionFacts::allow)
                                    .orElse(null))
                    .bind("graph", entry.resource().graph().orElse(null))
                    .bind(
                            "commitId",
                            entry.outcome()
                                    .flatMap(AuditEntry.OutcomeFacts::graphCommitId)
                                    .orElse(null))
                    .bind("body", body)
                    .bind("prevHash", head.hash())
                    .bind("hash", hash)
                    .add();
            head = new Head(sequence, hash);
        }
        batch.execute();
        handle.createUpdate("update audit_heads set sequence = :sequence, hash = :hash where tenant_id = :tenant")
                .bind("tenant", tenant.value())
                .bind("sequence", head.sequence())
                .bind("hash", head.hash())
                .execute();
    }

    /** Recomputes the tenant's whole chain. Appends may go on meanwhile. */
    public AuditVerification verify(TenantId tenant) {
        try {
            return database.inTenant(tenant, handle -> AuditVerifier.verify(handle, tenant));
        } catch (JdbiException | TenantException failed) {
            throw new PlatformException(new PlatformFailure.Plain(Problem.AUDIT_UNAVAILABLE), failed);
        }
    }

    /**
     * A page of the tenant's records, newest first.
     *
     * @param after id of the last record of the page before; of no other tenant's record, which is not found here
     * @param limit 1 to 1,000
     * @throws PlatformException {@link Problem#INVALID_REQUEST} for a cursor that names no record of this tenant
     */
    public AuditPage query(TenantId tenant, AuditFilter filter, Optional<String> after, int limit) {
        if (limit < 1 || limit > 1_000) {
            throw new PlatformException(
                    new PlatformFailure.Plain(Problem.INVALID_REQUEST, "limit must be between 1 and 1000"));
        }
        try {
            return database.inTenant(tenant, handle -> AuditSearch.page(handle, tenant, filter, after, limit));
        } catch (JdbiException | TenantException failed) {
            throw new PlatformException(new PlatformFailure.Plain(Problem.AUDIT_UNAVAILABLE), failed);
        }
    }

    static String hash(String previous, String body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(previous.getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) '\n');
            return HexFormat.of().formatHex(digest.digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
