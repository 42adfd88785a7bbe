package io.precinct.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final String ISSUER = "http://issuer.test";

    private final AtomicReference<Instant> time = new AtomicReference<>(NOW);
    private final AtomicInteger keyLookups = new AtomicInteger();
    private ECKey key;

    @BeforeEach
    void freshKey() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
    }

    private TokenVerifier verifier(Set<String> organizations, Set<String> clients, boolean operators) {
        ImmutableJWKSet<SecurityContext> set = new ImmutableJWKSet<>(new JWKSet(key.toPublicJWK()));
        JWKSource<SecurityContext> counted = (selector, context) -> {
            keyLookups.incrementAndGet();
            return set.get(selector, context);
        };
        return verifier(
                new TrustedIssuer(ISSUER, counted, Set.of(JWSAlgorithm.ES256), organizations, clients, operators));
    }

    private TokenVerifier verifier(TrustedIssuer issuer) {
        return new TokenVerifier(
                List.of(issuer), "precinct-api", Set.of("dept", "nested"), Duration.ofSeconds(5), time::get);
    }

    private TokenVerifier verifier() {
        return verifier(Set.of(), Set.of(), false);
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .subject("ann")
                .audience("precinct-api")
                .issueTime(Date.from(NOW))
                .expirationTime(Date.from(NOW.plusSeconds(300)))
                .claim("azp", "ui")
                .claim("organization", Map.of("acme", Map.of("id", "o-1", "roles", List.of("editor"))));
    }

    private String signed(JWTClaimsSet.Builder claims) throws Exception {
        return signed(claims, "JWT");
    }

    private String signed(JWTClaimsSet.Builder claims, String type) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("k")
                        .type(new JOSEObjectType(type))
                        .build(),
                claims.build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    private static void refused(TokenVerifier verifier, String token, Problem problem) {
        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        refused -> assertThat(refused.failure().problem()).isEqualTo(problem));
    }

    private static void refused(TokenVerifier verifier, String token) {
        refused(verifier, token, Problem.INVALID_TOKEN);
    }

    @Test
    void expiredTokenIsRefusedAlsoWhenItWasRememberedBefore() throws Exception {
        TokenVerifier verifier = verifier();
        String token = signed(claims());
        assertThat(verifier.verify(token).subject()).isEqualTo("ann");
        time.set(NOW.plusSeconds(299));
        assertThat(verifier.verify(token).subject()).isEqualTo("ann");
        assertThat(keyLookups).hasValue(1);
        time.set(NOW.plusSeconds(306));
        refused(verifier, token);
    }

    @Test
    void tokenNotYetValidIsRefusedUntilItIs() throws Exception {
        TokenVerifier verifier = verifier();
        String token = signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(60))));
        refused(verifier, token);
        time.set(NOW.plusSeconds(60));
        assertThat(verifier.verify(token).subject()).isEqualTo("ann");
    }

    @Test
    void eachRequiredClaimIsRequired() throws Exception {
        TokenVerifier verifier = verifier();
        refused(verifier, signed(claims().issuer("http://other.test")));
        refused(verifier, signed(claims().issuer(null)));
        refused(verifier, signed(claims().audience("other")));
        refused(verifier, signed(claims().audience((String) null)));
        refused(verifier, signed(claims().expirationTime(null)));
        refused(verifier, signed(claims().issueTime(null)));
        refused(verifier, signed(claims().subject(null)));
        refused(verifier, signed(claims().subject(" ")));
        refused(verifier, signed(claims().subject("system:upkeep")));
        refused(verifier, signed(claims().subject("stranger:ann")));
        refused(verifier, signed(claims().claim("subject_type", "system")));
        refused(verifier, signed(claims(), "logout+jwt"));
        refused(verifier, "not.a.token");
        refused(verifier, "");
    }

    @Test
    void tenantsComeFromIdsOnlyAndNeverFromAliases() throws Exception {
        TokenVerifier verifier = verifier();
        assertThat(verifier.verify(signed(claims().claim("organization", List.of("acme"))))
                        .memberships())
                .isEmpty();
        assertThat(verifier.verify(signed(claims().claim("organization", null))).memberships())
                .isEmpty();
        refused(verifier, signed(claims().claim("organization", Map.of("acme", Map.of()))));
        refused(
                verifier,
                signed(claims().claim("organization", Map.of("a", Map.of("id", "o"), "b", Map.of("id", "o")))));
    }

    @Test
    void rolesComeFromInsideTheOrganizationAndNeverFromTheRealm() throws Exception {
        Identity identity = verifier()
                .verify(signed(claims().claim("realm_access", Map.of("roles", List.of("admin")))
                        .claim("roles", List.of("admin"))
                        .claim(
                                "organization",
                                Map.of(
                                        "acme",
                                        Map.of(
                                                "id",
                                                "o-1",
                                                "roles",
                                                List.of("editor"),
                                                "realm_access",
                                                Map.of("roles", List.of("loader")))))));
        assertThat(identity.membership("o-1").orElseThrow().roles()).containsExactlyInAnyOrder("editor", "loader");
        assertThat(identity.operator()).isFalse();
    }

    @Test
    void onlyAnIssuerTrustedWithItNamesOperators() throws Exception {
        String token = signed(claims().claim("precinct_platform_roles", List.of("operator")));
        assertThat(verifier(Set.of(), Set.of(), true).verify(token).operator()).isTrue();
        assertThat(verifier(Set.of(), Set.of(), false).verify(token).operator()).isFalse();
    }

    @Test
    void issuerSpeaksOnlyForItsOrganizationsAndClients() throws Exception {
        assertThat(verifier(Set.of("o-2"), Set.of(), false)
                        .verify(signed(claims()))
                        .memberships())
                .isEmpty();
        assertThat(verifier(Set.of("o-1"), Set.of("ui"), false)
                        .verify(signed(claims()))
                        .memberships())
                .hasSize(1);
        refused(verifier(Set.of(), Set.of("other"), false), signed(claims()));
        refused(verifier(Set.of(), Set.of("ui"), false), signed(claims().claim("azp", null)));
    }

    @Test
    void onlyAllowedPlainClaimsReachPolicy() throws Exception {
        Identity identity = verifier()
                .verify(signed(
                        claims().claim("dept", "emea").claim("secret", "x").claim("nested", Map.of("a", 1))));
        assertThat(identity.claims()).isEqualTo(Map.of("dept", "emea"));
    }

    @Test
    void unreadableKeysAreAnOutageAndNotARefusal() throws Exception {
        JWKSource<SecurityContext> down = (selector, context) -> {
            throw new KeySourceException("down");
        };
        refused(
                verifier(new TrustedIssuer(ISSUER, down, Set.of(JWSAlgorithm.ES256), Set.of(), Set.of(), false)),
                signed(claims()),
                Problem.IDENTITY_UNAVAILABLE);
    }
}
