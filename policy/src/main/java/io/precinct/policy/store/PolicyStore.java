package io.precinct.policy.store;

import io.precinct.policy.PolicyRef;
import io.precinct.policy.PolicyRevision;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.TenantPolicy;
import io.precinct.policy.opa.PolicySource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Published policies of all tenants. Every call is one transaction bound to one tenant, so that row level security holds
 * in it. Thread-safe; blocks on the database.
 */
public final class PolicyStore implements PolicySource {
    private final Jdbi jdbi;

    public PolicyStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * What holds for a tenant.
     *
     * @param sequence number of the publication, from 1; 0 while nothing was published and everything is denied
     */
    public record Current(PolicyRef policy, long sequence) {}

    /** How a publication ended. */
    public sealed interface Publication {
        record Published(Current current) implements Publication {}

        /** Somebody else published since; look at {@code current} and decide again. */
        record Moved(Current current) implements Publication {}
    }

    /** The tenant's policy; the one that denies everything until there is another. */
    public Current current(String tenant) {
        return jdbi.inTransaction(handle -> {
            bind(handle, tenant);
            return current(handle, tenant);
        });
    }

    @Override
    public Optional<PreparedPolicy> find(PolicyRef policy) {
        return document(policy)
                .map(document -> PreparedPolicy.of(TenantPolicy.parse(document.getBytes(StandardCharsets.UTF_8))));
    }

    /** The document of a revision, as published. */
    public Optional<String> document(PolicyRef policy) {
        return jdbi.inTransaction(handle -> {
            bind(handle, policy.tenant());
            return handle.createQuery(
                            "select document::text from policy_revisions where tenant_id = :tenant and revision = :revision")
                    .bind("tenant", policy.tenant())
                    .bind("revision", policy.revision().value())
                    .mapTo(String.class)
                    .findOne();
        });
    }

    /** The revisions that held, newest first; rolling back is publishing an older document again. */
    public List<PolicyRevision> history(String tenant, int most) {
        return jdbi.inTransaction(handle -> {
            bind(handle, tenant);
            return handle.createQuery(
                            "select revision from policy_publications where tenant_id = :tenant order by sequence desc limit :most")
                    .bind("tenant", tenant)
                    .bind("most", most)
                    .mapTo(String.class)
                    .map(PolicyRevision::new)
                    .list();
        });
    }

    /**
     * Publishes a document if the tenant's policy is still the one of {@code replaces}. All or nothing.
     *
     * @param replaces the sequence that the publisher saw, 0 for none
     * @param author id of the subject that publishes
     * @throws io.precinct.policy.InvalidDocumentException when the document is not a policy
     */
    public Publication publish(String tenant, String document, long replaces, String author) {
        PreparedPolicy prepared = PreparedPolicy.of(TenantPolicy.parse(document.getBytes(StandardCharsets.UTF_8)));
        String revision = prepared.revision().value();
        return jdbi.inTransaction(handle -> {
            bind(handle, tenant);
            handle.createUpdate("insert into policy_revisions (tenant_id, revision, document, created_by)"
                            + " values (:tenant, :revision, :document::jsonb, :author) on conflict do nothing")
                    .bind("tenant", tenant)
                    .bind("revision", revision)
                    .bind("document", document)
                    .bind("author", author)
                    .execute();
            String move = replaces == 0
                    ? "insert into policy_current (tenant_id, revision, sequence) values (:tenant, :revision, 1)"
                            + " on conflict do nothing"
                    : "update policy_current set revision = :revision, sequence = sequence + 1"
                            + " where tenant_id = :tenant and sequence = :replaces";
            var update = handle.createUpdate(move).bind("tenant", tenant).bind("revision", revision);
            if (replaces != 0) {
                update.bind("replaces", replaces);
            }
            if (update.execute() == 0) {
                Current current = current(handle, tenant);
                handle.rollback();
                return new Publication.Moved(current);
            }
            handle.createUpdate("insert into policy_publications (tenant_id, sequence, revision, published_by)"
                            + " values (:tenant, :sequence, :revision, :author)")
                    .bind("tenant", tenant)
                    .bind("sequence", replaces + 1)
                    .bind("revision", revision)
                    .bind("author", author)
                    .execute();
            return new Publication.Published(new Current(new PolicyRef(tenant, prepared.revision()), replaces + 1));
        });
    }

    private static Current current(Handle handle, String tenant) {
        return handle.createQuery("select revision, sequence from policy_current where tenant_id = :tenant")
                .bind("tenant", tenant)
                .map((row, context) -> new Current(
                        new PolicyRef(tenant, new PolicyRevision(row.getString("revision"))), row.getLong("sequence")))
                .findOne()
                .orElseGet(() -> new Current(new PolicyRef(tenant, PreparedPolicy.DENY_ALL.revision()), 0));
    }

    /** Local to the transaction: the setting is gone when the connection returns to its pool. */
    private static void bind(Handle handle, String tenant) {
        handle.createQuery("select set_config('precinct.tenant', :tenant, true)")
                .bind("tenant", tenant)
                .mapTo(String.class)
                .one();
    }
}
