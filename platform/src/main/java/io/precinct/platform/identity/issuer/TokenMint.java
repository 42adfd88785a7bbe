package io.precinct.platform.identity.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.precinct.engine.spi.IdSource;
import io.precinct.platform.identity.Membership;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Makes signed tokens with the claims the verifier reads. Thread-safe. */
public final class TokenMint {
    private static final String ORGANIZATION = "organization";

    private final ECKey key;
    private final String audience;
    private final IdSource ids;
    private final InstantSource clock;

    public TokenMint(ECKey key, String audience, IdSource ids, InstantSource clock) {
        this.key = key;
        this.audience = audience;
        this.ids = ids;
        this.clock = clock;
    }

    /** What a person's token says besides who the person is. */
    record Session(String issuer, String clientId, Set<String> scopes, String id, Instant authenticatedAt) {
        Session {
            scopes = Set.copyOf(scopes);
        }
    }

    String accessToken(IssuerState.Account account, Session session, Duration life) {
        JWTClaimsSet.Builder claims = common(session.issuer(), account.id(), life)
                .audience(audience)
                .claim("azp", session.clientId())
                .claim("scope", String.join(" ", new TreeSet<>(session.scopes())))
                .claim("sid", session.id())
                .claim("auth_time", session.authenticatedAt().getEpochSecond())
                .claim("amr", List.of("pwd"))
                .claim("subject_type", "user");
        profile(claims, account);
        account.attributes().forEach(claims::claim);
        organizations(claims, chosen(account.memberships(), session.scopes()));
        if (account.operator()) {
            claims.claim("precinct_platform_roles", List.of("operator"));
        }
        return signed(claims, "at+jwt");
    }

    String idToken(IssuerState.Account account, Session session, Optional<String> nonce, Duration life) {
        JWTClaimsSet.Builder claims = common(session.issuer(), account.id(), life)
                .audience(session.clientId())
                .claim("azp", session.clientId())
                .claim("sid", session.id())
                .claim("auth_time", session.authenticatedAt().getEpochSecond());
        profile(claims, account);
        organizations(claims, chosen(account.memberships(), session.scopes()));
        nonce.ifPresent(value -> claims.claim("nonce", value));
        return signed(claims, "JWT");
    }

    String serviceToken(IssuerState.Client client, String issuer, Set<String> scopes, Duration life) {
        JWTClaimsSet.Builder claims = common(issuer, "svc_" + client.id(), life)
                .audience(audience)
                .claim("azp", client.id())
                .claim("scope", String.join(" ", new TreeSet<>(scopes)))
                .claim("subject_type", "service");
        organizations(claims, chosen(client.memberships(), scopes));
        return signed(claims, "at+jwt");
    }

    /** The memberships a scope asks for: one by its alias, all, or the only one there is. */
    private static List<Membership> chosen(List<Membership> memberships, Set<String> scopes) {
        if (scopes.contains("organization:*")) {
            return memberships;
        }
        List<Membership> named = memberships.stream()
                .filter(one -> scopes.contains("organization:" + one.alias()))
                .toList();
        if (!named.isEmpty()) {
            return named;
        }
        return scopes.contains(ORGANIZATION) && memberships.size() == 1 ? memberships : List.of();
    }

    private static void organizations(JWTClaimsSet.Builder claims, List<Membership> memberships) {
        if (memberships.isEmpty()) {
            return;
        }
        Map<String, Object> organizations = new LinkedHashMap<>();
        for (Membership one : memberships) {
            organizations.put(
                    one.alias(), Map.of("id", one.organizationId(), "roles", List.copyOf(new TreeSet<>(one.roles()))));
        }
        claims.claim(ORGANIZATION, organizations);
    }

    private static void profile(JWTClaimsSet.Builder claims, IssuerState.Account account) {
        claims.claim("preferred_username", account.username()).claim("name", account.displayName());
    }

    private JWTClaimsSet.Builder common(String issuer, String subject, Duration life) {
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject(subject)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(life)))
                .jwtID(ids.next());
    }

    private String signed(JWTClaimsSet.Builder claims, String type) {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID(key.getKeyID())
                        .type(new JOSEObjectType(type))
                        .build(),
                claims.build());
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException impossible) {
            throw new IllegalStateException("the issuer's key cannot sign", impossible);
        }
        return token.serialize();
    }
}
