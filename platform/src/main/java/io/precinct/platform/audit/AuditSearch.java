package io.precinct.platform.audit;

import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import io.precinct.tenants.TenantId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Pages through a tenant's records by their place in the chain. */
final class AuditSearch {
    private AuditSearch() {}

    static AuditPage page(Handle handle, TenantId tenant, AuditFilter filter, Optional<String> after, int limit) {
        Map<String, Object> wanted = new LinkedHashMap<>();
        filter.from().ifPresent(time -> wanted.put("recorded_at >= :from", time.atOffset(ZoneOffset.UTC)));
        filter.until().ifPresent(time -> wanted.put("recorded_at < :until", time.atOffset(ZoneOffset.UTC)));
        filter.actor().ifPresent(actor -> wanted.put("actor_id = :actor", actor));
        filter.action().ifPresent(action -> wanted.put("action = :action", action));
        filter.allow().ifPresent(allow -> wanted.put("allow = :allow", allow));
        filter.graph().ifPresent(graph -> wanted.put("graph = :graph", graph));
        filter.commit().ifPresent(commit -> wanted.put("commit_id = :commit", commit));
        filter.request().ifPresent(request -> wanted.put("request_id = :request", request));
        after.ifPresent(id -> wanted.put("sequence < :before", place(handle, tenant, id)));
        StringBuilder sql = new StringBuilder(
                "select id, sequence, body, prev_hash, hash from audit_records where tenant_id = :tenant");
        wanted.keySet().forEach(condition -> sql.append(" and ").append(condition));
        sql.append(" order by sequence desc limit :count");
        Query query = handle.createQuery(sql.toString())
                .bind("tenant", tenant.value())
                .bind("count", limit + 1);
        wanted.forEach((condition, value) -> query.bind(condition.substring(condition.indexOf(':') + 1), value));
        List<AuditPage.Line> lines = new ArrayList<>(query.map((rows, context) -> new AuditPage.Line(
                        rows.getString(1), rows.getLong(2), rows.getString(3), rows.getString(4), rows.getString(5)))
                .list());
        if (lines.size() <= limit) {
            return new AuditPage(lines, Optional.empty());
        }
        lines.removeLast();
        return new AuditPage(lines, Optional.of(lines.getLast().id()));
    }

    private static long place(Handle handle, TenantId tenant, String id) {
        return handle.createQuery("select sequence from audit_records where tenant_id = :tenant and id = :id")
                .bind("tenant", tenant.value())
                .bind("id", id)
                .mapTo(Long.class)
                .findOne()
                .orElseThrow(() -> new PlatformException(new PlatformFailure.Plain(
                        Problem.INVALID_REQUEST, "the cursor names no record of this trail")));
    }
}
