package io.precinct.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a bearer token into an {@link Identity}, or refuses it. Signature, issuer, audience, life and kind are checked;
 * why a token was refused is logged and never told. Verified tokens are remembered by their hash, for a minute at most
 * and never past their {@code exp}. Thread-safe.
 */
public final class TokenVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(TokenVerifier.class);
    private static final int REMEMBERED = 10_000;
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(1);

    private final Map<String, Verifier> issuers;
    private final InstantSource clock;
    private final Cache<ByteBuffer, Identity> verified = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(REMEMBERED_FOR)
            .build();

    public TokenVerifier(
            List<TrustedIssuer> issuers,
            String audience,
            Set<String> allowedClaims,
            Duration clockSkew,
            InstantSource clock) {
        this.clock = clock;
        this.issuers = issuers.stream()
                .map(issuer -> new Verifier(issuer, audience, allowedClaims, clockSkew, clock))
                .collect(Collectors.toUnmodifiableMap(one -> one.issuer.issuer(), Function.identity()));
    }

    /**
     * The identity a token proves.
     *
     * @throws PlatformException with {@link Problem#INVALID_TOKEN}, or {@link Problem#IDENTITY_UNAVAILABLE} when the
     *     issuer's keys can't be read and a later try may succeed
     */
    public Identity verify(String token) {
        ByteBuffer key = digest(token);
        Identity known = verified.getIfPresent(key);
        if (known != null) {
            if (clock.instant().isBefore(known.auth().expiresAt())) {
                return known;
            }
            verified.invalidate(key);
        }
        Identity identity = fresh(token);
        verified.put(key, identity);
        return identity;
    }

    private Identity fresh(String token) {
        try {
            if (!(JWTParser.parse(token) instanceof SignedJWT signed)) {
                throw refused("the token is not signed", Optional.empty());
            }
            String named = signed.getJWTClaimsSet().getIssuer();
            Verifier verifier = named == null ? null : issuers.get(named);
            if (verifier == null) {
                throw refused("the issuer is not trusted", Optional.empty());
            }
            return verifier.identity(signed);
        } catch (RateLimitReachedException unknownKey) {
            throw refused("the signing key is unknown and keys were fetched just now", Optional.of(unknownKey));
        } catch (KeySourceException unreachable) {
            LOG.atError().setCause(unreachable).log("signing keys of a trusted issuer cannot be read");
            throw new PlatformException(new PlatformFailure.Plain(Problem.IDENTITY_UNAVAILABLE), unreachable);
        } catch (ParseException | BadJOSEException | JOSEException | TokenClaims.Malformed wrong) {
            throw refused(wrong.getMessage(), Optional.of(wrong));
        }
    }

    private static PlatformException refused(String why, Optional<Exception> cause) {
        LOG.atInfo().addKeyValue("why", why).log("bearer token refused");
        PlatformFailure failure = new PlatformFailure.Unauthenticated(Problem.INVALID_TOKEN);
        return cause.map(one -> new PlatformException(failure, one)).orElseGet(() -> new PlatformException(failure));
    }

    private static ByteBuffer digest(String token) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException("every Java platform has SHA-256", absent);
        }
    }

    private static final class Verifier {
        private final TrustedIssuer issuer;
        private final TokenClaims claims;
        private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

        Verifier(
                TrustedIssuer issuer,
                String audience,
                Set<String> allowedClaims,
                Duration clockSkew,
                InstantSource clock) {
            this.issuer = issuer;
            this.claims = new TokenClaims(issuer, allowedClaims);
            processor.setJWSTypeVerifier(
                    new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
            processor.setJWSKeySelector(new JWSVerificationKeySelector<>(issuer.algorithms(), issuer.keys()));
            ClaimsVerifier verifier = new ClaimsVerifier(issuer.issuer(), audience, clock);
            verifier.setMaxClockSkew((int) clockSkew.toSeconds());
            processor.setJWTClaimsSetVerifier(verifier);
        }

        Identity identity(SignedJWT signed)
                throws ParseException, BadJOSEException, JOSEException, TokenClaims.Malformed {
            return claims.identity(processor.process(signed, null));
        }
    }

    private static final class ClaimsVerifier extends DefaultJWTClaimsVerifier<SecurityContext> {
        private final InstantSource clock;

        ClaimsVerifier(String issuer, String audience, InstantSource clock) {
            super(
                    Set.of(audience),
                    new JWTClaimsSet.Builder().issuer(issuer).build(),
                    Set.of("sub", "exp", "iat"),
                    null);
            this.clock = clock;
        }

        @Override
        protected Date currentTime() {
            return Date.from(Instant.ofEpochMilli(clock.millis()));
        }
    }
}
