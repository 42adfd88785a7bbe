package io.precinct.tenants;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * What a subject is in one tenant. Subjects of several tenants have one entry in each, with roles of its own.
 *
 * @param subject the identity provider's stable id of a person, agent or service
 * @param roles ascending, without repetition
 * @param claims what policy may read about the member; copied in and out
 */
public record Member(TenantId tenant, String subject, String displayName, List<String> roles, ObjectNode claims) {
    public Member {
        if (subject.isBlank() || subject.length() > 255) {
            throw new TenantException.Invalid(
                    TenantException.Code.INVALID_NAME, "a member's subject has 1 to 255 characters");
        }
        roles = sorted(roles);
        claims = claims.deepCopy();
    }

    @Override
    public ObjectNode claims() {
        return claims.deepCopy();
    }

    private static List<String> sorted(Collection<String> roles) {
        return List.copyOf(new TreeSet<>(roles));
    }
}
