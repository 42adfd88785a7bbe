package io.precinct.platform.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.tenants.TenantId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Recomputes a chain from its first record, a thousand at a time. */
final class AuditVerifier {
    private static final int AT_ONCE = 1_000;

    private record Head(long sequence, String hash) {}

    private record Row(
            long sequence,
            String id,
            Instant recordedAt,
            String kind,
            String requestId,
            String actorId,
            String action,
            Optional<Boolean> allow,
            Optional<String> graph,
            Optional<String> commitId,
            String body,
            String prevHash,
            String hash) {}

    private AuditVerifier() {}

    static AuditVerification verify(Handle handle, TenantId tenant) {
        // The end first: what is appended later is beyond it, and what was cut off before it is missed.
        Optional<Head> head = handle.createQuery("select sequence, hash from audit_heads where tenant_id = :tenant")
                .bind("tenant", tenant.value())
                .map((rows, context) -> new Head(rows.getLong(1), rows.getString(2)))
                .findOne();
        long last = head.map(Head::sequence).orElse(0L);
        String previous = AuditTrail.GENESIS;
        long expected = 1;
        while (expected <= last) {
            List<Row> rows = rows(handle, tenant, expected, last);
            if (rows.isEmpty()) {
                return new AuditVerification.Broken(expected, "the record is missing");
            }
            for (Row row : rows) {
                Optional<String> fault = fault(row, expected, previous, tenant);
                if (fault.isPresent()) {
                    return new AuditVerification.Broken(expected, fault.get());
                }
                previous = row.hash();
                expected++;
            }
        }
        if (head.isPresent() && !head.get().hash().equals(previous)) {
            return new AuditVerification.Broken(last, "the chain does not end where its head says");
        }
        // Appends meanwhile move the head along with their records, so only a head that stayed behind can have too
        // many.
        if (head.isPresent() && beyond(handle, tenant)) {
            return new AuditVerification.Broken(last + 1, "there are records beyond the head of the chain");
        }
        if (head.isEmpty() && !rows(handle, tenant, 1, Long.MAX_VALUE).isEmpty()) {
            return new AuditVerification.Broken(1, "the head of the chain is missing");
        }
        return new AuditVerification.Intact(last, previous);
    }

    private static boolean beyond(Handle handle, TenantId tenant) {
        return handle.createQuery("select exists (select 1 from audit_records r join audit_heads h using (tenant_id)"
                        + " where r.tenant_id = :tenant and r.sequence > h.sequence)")
                .bind("tenant", tenant.value())
                .mapTo(Boolean.class)
                .one();
    }

    private static Optional<String> fault(Row row, long expected, String previous, TenantId tenant) {
        if (row.sequence() != expected) {
            return Optional.of("the record is missing");
        }
        if (!row.prevHash().equals(previous)) {
            return Optional.of("the record does not follow the one before it");
        }
        if (!AuditTrail.hash(previous, row.body()).equals(row.hash())) {
            return Optional.of("the record's content does not have the recorded hash");
        }
        try {
            JsonNode body = CanonicalJson.read(row.body());
            boolean same = body.path("sequence").asLong() == expected
                    && body.path("tenant").asText().equals(tenant.value())
                    && body.path("id").asText().equals(row.id())
                    && Instant.parse(body.path("ts").asText()).equals(row.recordedAt())
                    && body.path("kind").asText().equals(row.kind())
                    && body.path("request_id").asText().equals(row.requestId())
                    && body.path("actor").path("id").asText().equals(row.actorId())
                    && body.path("action").asText().equals(row.action())
                    && Objects.equals(
                            text(body.path("decision").path("allow")),
                            row.allow().map(String::valueOf))
                    && Objects.equals(text(body.path("resource").path("graph")), row.graph())
                    && Objects.equals(text(body.path("outcome").path("graph_commit_id")), row.commitId());
            return same ? Optional.empty() : Optional.of("a search column differs from the record's content");
        } catch (JsonProcessingException | java.time.DateTimeException unreadable) {
            return Optional.of("the record's content cannot be read");
        }
    }

    private static Optional<String> text(JsonNode node) {
        return node.isMissingNode() ? Optional.empty() : Optional.of(node.asText());
    }

    private static List<Row> rows(Handle handle, TenantId tenant, long from, long last) {
        return handle.createQuery("""
                        select sequence, id, recorded_at, kind, request_id, actor_id, action, allow, graph, commit_id,
                          body, prev_hash, hash
                        from audit_records where tenant_id = :tenant and sequence between :from and :last
                        order by sequence limit :count
                        """)
                .bind("tenant", tenant.value())
                .bind("from", from)
                .bind("last", last)
                .bind("count", AT_ONCE)
                .map((rows, context) -> new Row(
                        rows.getLong("sequence"),
                        rows.getString("id"),
                        rows.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                        rows.getString("kind"),
                        rows.getString("request_id"),
                        rows.getString("actor_id"),
                        rows.getString("action"),
                        Optional.ofNullable(rows.getObject("allow", Boolean.class)),
                        Optional.ofNullable(rows.getString("graph")),
                        Optional.ofNullable(rows.getString("commit_id")),
                        rows.getString("body"),
                        rows.getString("prev_hash"),
                        rows.getString("hash")))
                .list();
    }
}
