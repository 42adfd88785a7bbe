package io.precinct.platform.identity;

import java.util.Set;

/**
 * One organization a token speaks for. {@code organizationId} decides; {@code alias} is a name and may change hands.
 * {@code roles} hold inside this organization only.
 */
public record Membership(String alias, String organizationId, Set<String> roles) {
    public Membership {
        roles = Set.copyOf(roles);
    }
}
