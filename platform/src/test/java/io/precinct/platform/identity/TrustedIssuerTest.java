package io.precinct.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.Problem;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys fetched over real HTTP from a provider that comes and goes. */
class TrustedIssuerTest {
    private final AtomicInteger fetches = new AtomicInteger();
    private ECKey key;
    private HttpServer provider;
    private TokenVerifier verifier;

    @BeforeEach
    void start() throws Exception {
        key = new ECKeyGenerator(Curve.P_256).keyID("known").generate();
        byte[] keys = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        provider.start();
        URI jwks = URI.create("http://127.0.0.1:" + provider.getAddress().getPort() + "/keys");
        TrustedIssuer issuer = TrustedIssuer.of(new IdentitySettings.Issuer(
                URI.create("http://issuer.test"), jwks, Set.of("ES256"), Set.of(), Set.of(), false, null, null));
        verifier = new TokenVerifier(
                List.of(issuer), IdentitySettings.AUDIENCE, Set.of(), Duration.ofSeconds(5), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        provider.stop(0);
    }

    private String token(String kid, String subject) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build(),
                new JWTClaimsSet.Builder()
                        .issuer("http://issuer.test")
                        .subject(subject)
                        .audience(IdentitySettings.AUDIENCE)
                        .issueTime(new Date())
                        .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                        .build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    @Test
    void keysAreFetchedOnceAndKeptWhileTheProviderIsGone() throws Exception {
        assertThat(verifier.verify(token("known", "ann")).subject()).isEqualTo("ann");
        provider.stop(0);
        assertThat(verifier.verify(token("known", "bob")).subject()).isEqualTo("bob");
        assertThat(fetches).hasValue(1);
    }

    @Test
    void tokensNamingUnknownKeysDoNotHammerTheProvider() throws Exception {
        verifier.verify(token("known", "ann"));
        for (int attempt = 0; attempt < 50; attempt++) {
            String forged = token("unknown" + attempt, "ann");
            assertThatThrownBy(() -> verifier.verify(forged))
                    .isInstanceOfSatisfying(
                            PlatformException.class,
                            refused -> assertThat(refused.failure().problem()).isEqualTo(Problem.INVALID_TOKEN));
        }
        assertThat(fetches.get()).isLessThanOrEqualTo(3);
        assertThat(verifier.verify(token("known", "bob")).subject()).isEqualTo("bob");
    }

    @Test
    void providerThatWasNeverReachedIsAnOutage() throws Exception {
        provider.stop(0);
        String token = token("known", "ann");
        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        refused -> assertThat(refused.failure().problem()).isEqualTo(Problem.IDENTITY_UNAVAILABLE));
    }
}
