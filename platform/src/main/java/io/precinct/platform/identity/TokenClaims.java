package io.precinct.platform.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what a verified token says. Tenants come from the {@code organization} claim in its object form only, where each
 * alias carries an {@code id}; a plain list of aliases names nobody, because an alias can change hands. Realm-wide roles
 * are never looked at.
 */
final class TokenClaims {
    /** Claim with the platform's own roles; {@code operator} is the one there is. */
    static final String PLATFORM_ROLES = "precinct_platform_roles";

    static final String OPERATOR = "operator";
    static final String SUBJECT_TYPE = "subject_type";
    static final String ORGANIZATION = "organization";
    private static final Set<String> SECOND_FACTORS = Set.of("mfa", "otp", "hwk", "swk", "sms");
    private static final int LONGEST_SUBJECT = 255;

    /** The token is genuine, and says something that cannot be understood. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private final TrustedIssuer issuer;
    private final Set<String> allowed;

    TokenClaims(TrustedIssuer issuer, Set<String> allowed) {
        this.issuer = issuer;
        this.allowed = Set.copyOf(allowed);
    }

    Identity identity(JWTClaimsSet claims) throws ParseException, Malformed {
        String subject = claims.getSubject();
        if (subject.isBlank() || subject.length() > LONGEST_SUBJECT) {
            throw new Malformed("the subject is blank or too long");
        }
        if (subject.startsWith("system:") || subject.startsWith("stranger:")) {
            throw new Malformed("the subject looks like one of the trail's own");
        }
        String client = claims.getStringClaim("azp");
        if (!issuer.clients().isEmpty() && (client == null || !issuer.clients().contains(client))) {
            throw new Malformed("the token was issued to another client");
        }
        return new Identity(
                issuer.issuer(),
                subject,
                type(claims),
                memberships(claims.getClaim(ORGANIZATION)),
                issuer.operators() && strings(claims.getClaim(PLATFORM_ROLES)).contains(OPERATOR),
                allowedClaims(claims),
                facts(claims));
    }

    private static SubjectType type(JWTClaimsSet claims) throws ParseException, Malformed {
        String said = claims.getStringClaim(SUBJECT_TYPE);
        return switch (said == null ? "user" : said) {
            case "user" -> SubjectType.USER;
            case "service" -> SubjectType.SERVICE;
            default -> throw new Malformed("the subject's type is unknown");
        };
    }

    private List<Membership> memberships(Object claim) throws Malformed {
        if (!(claim instanceof Map<?, ?> organizations)) {
            return List.of();
        }
        List<Membership> memberships = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Map.Entry<?, ?> one : organizations.entrySet()) {
            if (!(one.getKey() instanceof String alias)
                    || !(one.getValue() instanceof Map<?, ?> facts)
                    || !(facts.get("id") instanceof String id)
                    || id.isBlank()) {
                throw new Malformed("an organization has no id");
            }
            if (!seen.add(id)) {
                throw new Malformed("an organization is named twice");
            }
            if (issuer.organizations().isEmpty() || issuer.organizations().contains(id)) {
                memberships.add(new Membership(alias, id, roles(facts)));
            }
        }
        return memberships;
    }

    private static Set<String> roles(Map<?, ?> organization) {
        Set<String> roles = new HashSet<>(strings(organization.get("roles")));
        if (organization.get("realm_access") instanceof Map<?, ?> access) {
            roles.addAll(strings(access.get("roles")));
        }
        return roles;
    }

    private static Set<String> strings(Object value) {
        Set<String> strings = new HashSet<>();
        if (value instanceof Collection<?> many) {
            for (Object one : many) {
                if (one instanceof String text) {
                    strings.add(text);
                }
            }
        }
        return strings;
    }

    private Map<String, Object> allowedClaims(JWTClaimsSet claims) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String name : allowed) {
            switch (claims.getClaim(name)) {
                case String text -> values.put(name, text);
                case Boolean flag -> values.put(name, flag);
                case Long number -> values.put(name, number);
                case Double number -> values.put(name, number);
                case List<?> list
                when list.stream().allMatch(String.class::isInstance) -> values.put(name, List.copyOf(list));
                case null, default -> {
                    // Structures are not for policy input: what reads them could not be indexed.
                }
            }
        }
        return values;
    }

    private static AuthFacts facts(JWTClaimsSet claims) throws ParseException {
        Instant issued = claims.getIssueTime().toInstant();
        Optional<Instant> authenticated =
                Optional.ofNullable(claims.getDateClaim("auth_time")).map(date -> date.toInstant());
        boolean mfa = strings(claims.getClaim("amr")).stream().anyMatch(SECOND_FACTORS::contains);
        String credential = Optional.ofNullable(claims.getJWTID()).orElse("");
        return new AuthFacts(
                "oidc",
                credential,
                authenticated.or(() -> Optional.of(issued)),
                mfa,
                claims.getExpirationTime().toInstant());
    }
}
