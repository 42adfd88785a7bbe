package io.precinct.platform.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import io.precinct.platform.config.IdentitySettings;
import java.net.MalformedURLException;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An issuer whose tokens are believed, and how far.
 *
 * @param algorithms the only signatures accepted, whatever a token's header says
 * @param organizations ids it may speak for; empty means every one
 * @param clients accepted {@code azp} values; empty means every one
 * @param operators whether it may name platform operators; a tenant's own issuer must not
 */
public record TrustedIssuer(
        String issuer,
        JWKSource<SecurityContext> keys,
        Set<JWSAlgorithm> algorithms,
        Set<String> organizations,
        Set<String> clients,
        boolean operators) {
    private static final long KEY_FETCH_INTERVAL_MILLIS = 30_000;
    private static final long KEY_FETCH_TIMEOUT_MILLIS = 15_000;

    public TrustedIssuer {
        algorithms = Set.copyOf(algorithms);
        organizations = Set.copyOf(organizations);
        clients = Set.copyOf(clients);
    }

    /**
     * An issuer elsewhere: its keys are cached, fetched again at most every 30 s, and during an outage kept for as long
     * as the settings say.
     */
    public static TrustedIssuer of(IdentitySettings.Issuer settings) {
        try {
            JWKSource<SecurityContext> keys = JWKSourceBuilder.create(
                            settings.jwks().toURL())
                    .cache(settings.keysKept().toMilliseconds(), KEY_FETCH_TIMEOUT_MILLIS)
                    .rateLimited(KEY_FETCH_INTERVAL_MILLIS)
                    .retrying(true)
                    .outageTolerant(settings.outageTolerated().toMilliseconds())
                    .build();
            return new TrustedIssuer(
                    settings.issuer().toString(),
                    keys,
                    settings.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()),
                    settings.tenants(),
                    settings.clients(),
                    settings.operators());
        } catch (MalformedURLException malformed) {
            throw new IllegalArgumentException("identity.issuers.jwks is not a URL", malformed);
        }
    }
}
