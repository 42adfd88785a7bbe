package io.precinct.tenants.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.tenants.Member;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.StatementContext;

/** Rows of members. */
public final class MemberStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ControlDatabase database;

    public MemberStore(ControlDatabase database) {
        this.database = database;
    }

    /** Inserts the member, or replaces name, roles and claims of the one that exists. */
    public void put(Member member, Instant now) {
        database.inTenant(
                member.tenant(),
                handle -> handle.createUpdate("""
                        insert into members (tenant_id, subject, display_name, roles, claims, created_at, updated_at)
                        values (:tenant, :subject, :displayName, :roles, cast(:claims as jsonb), :now, :now)
                        on conflict (tenant_id, subject) do update
                          set display_name = excluded.display_name, roles = excluded.roles,
                              claims = excluded.claims, updated_at = excluded.updated_at
                        """)
                        .bind("tenant", member.tenant().value())
                        .bind("subject", member.subject())
                        .bind("displayName", member.displayName())
                        .bindArray("roles", String.class, member.roles())
                        .bind("claims", member.claims().toString())
                        .bind("now", Columns.timestamp(now))
                        .execute());
    }

    public boolean delete(TenantId tenant, String subject) {
        return database.inTenant(
                tenant,
                handle -> handle.createUpdate("delete from members where tenant_id = :tenant and subject = :subject")
                                .bind("tenant", tenant.value())
                                .bind("subject", subject)
                                .execute()
                        == 1);
    }

    public Optional<Member> find(TenantId tenant, String subject) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery("select * from members where tenant_id = :tenant and subject = :subject")
                        .bind("tenant", tenant.value())
                        .bind("subject", subject)
                        .map(MemberStore::member)
                        .findOne());
    }

    public List<Member> list(TenantId tenant) {
        return database.inTenant(
                tenant,
                handle -> handle.createQuery("select * from members where tenant_id = :tenant order by subject")
                        .bind("tenant", tenant.value())
                        .map(MemberStore::member)
                        .list());
    }

    private static Member member(ResultSet row, StatementContext context) throws SQLException {
        try {
            return new Member(
                    new TenantId(row.getString("tenant_id")),
                    row.getString("subject"),
                    row.getString("display_name"),
                    List.of((String[]) row.getArray("roles").getArray()),
                    (ObjectNode) JSON.readTree(row.getString("claims")));
        } catch (JsonProcessingException e) {
            throw new SQLException("a member's claims are not JSON", e);
        }
    }
}
