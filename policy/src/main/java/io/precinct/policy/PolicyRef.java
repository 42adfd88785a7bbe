package io.precinct.policy;

/** One revision of one tenant's policy. The tenant is part of it although revisions are unique by content. */
public record PolicyRef(String tenant, PolicyRevision revision) {
    public PolicyRef {
        if (tenant.isBlank()) {
            throw new IllegalArgumentException("a policy reference needs a tenant");
        }
    }
}
