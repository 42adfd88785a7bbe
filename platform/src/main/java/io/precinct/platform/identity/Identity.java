package io.precinct.platform.identity;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A verified token, before it is known which tenant the request is for. {@code operator} is the platform-operator role,
 * from its own claim. {@code claims} are the allow-listed ones only.
 */
public record Identity(
        String issuer,
        String subject,
        SubjectType type,
        List<Membership> memberships,
        boolean operator,
        Map<String, Object> claims,
        AuthFacts auth) {
    public Identity {
        memberships = List.copyOf(memberships);
        claims = Map.copyOf(claims);
    }

    /** The membership of an organization, by its id. */
    public Optional<Membership> membership(String organizationId) {
        return memberships.stream()
                .filter(one -> one.organizationId().equals(organizationId))
                .findFirst();
    }
}
