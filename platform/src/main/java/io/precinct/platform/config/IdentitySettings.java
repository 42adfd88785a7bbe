package io.precinct.platform.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.dropwizard.util.Duration;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whose tokens are believed. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = IdentitySettings.Embedded.class, name = "embedded"),
    @JsonSubTypes.Type(value = IdentitySettings.External.class, name = "external")
})
public sealed interface IdentitySettings {
    /** What {@code aud} must contain. */
    String AUDIENCE = "precinct-api";

    /** Claims besides the fixed ones that may reach policy. */
    Set<String> claims();

    /** How far the clocks of issuer and node may be apart. Never extends a token's life by more. */
    Duration clockSkew();

    /**
     * The issuer inside this process, for one machine. {@code url} is what tokens name as {@code iss}; it defaults to
     * the address served. {@code redirects} are the exact addresses the administration application may return to;
     * they default to {@code /callback} on the addresses served.
     */
    record Embedded(
            Optional<URI> url,
            List<URI> redirects,
            Duration accessTokenLife,
            Duration refreshTokenLife,
            int passwordIterations,
            Set<String> claims,
            Duration clockSkew)
            implements IdentitySettings {
        public static final Embedded DEFAULTS = new Embedded(Optional.empty(), List.of(), null, null, 0, null, null);

        public Embedded {
            url = url == null ? Optional.empty() : url;
            redirects = redirects == null ? List.of() : List.copyOf(redirects);
            accessTokenLife = Optional.ofNullable(accessTokenLife).orElseGet(() -> Duration.minutes(5));
            refreshTokenLife = Optional.ofNullable(refreshTokenLife).orElseGet(() -> Duration.hours(12));
            passwordIterations = passwordIterations == 0 ? 600_000 : passwordIterations;
            claims = claims == null ? Set.of() : Set.copyOf(claims);
            clockSkew = Optional.ofNullable(clockSkew).orElseGet(() -> Duration.seconds(5));
            Check.that(
                    accessTokenLife.toSeconds() >= 10 && accessTokenLife.toMinutes() <= 60,
                    "identity.accessTokenLife",
                    "must be between 10s and 1h");
            Check.that(
                    refreshTokenLife.toSeconds() >= accessTokenLife.toSeconds(),
                    "identity.refreshTokenLife",
                    "must not be shorter than identity.accessTokenLife");
            Check.that(passwordIterations >= 1000, "identity.passwordIterations", "must be at least 1000");
            checkSkew(clockSkew);
        }
    }

    /** Issuers elsewhere, such as a Keycloak realm with organizations. */
    record External(List<Issuer> issuers, Set<String> claims, Duration clockSkew) implements IdentitySettings {
        public External {
            issuers = issuers == null ? List.of() : List.copyOf(issuers);
            claims = claims == null ? Set.of() : Set.copyOf(claims);
            clockSkew = Optional.ofNullable(clockSkew).orElseGet(() -> Duration.seconds(5));
            Check.that(!issuers.isEmpty(), "identity.issuers", "must name at least one issuer");
            Check.that(
                    issuers.stream().map(Issuer::issuer).distinct().count() == issuers.size(),
                    "identity.issuers",
                    "must not name an issuer twice");
            checkSkew(clockSkew);
        }
    }

    /**
     * One trusted issuer. {@code jwks} is where its keys are; {@code tenants} are the organization ids it may speak
     * for, none meaning every one. {@code clients} are the accepted {@code azp} values, none meaning every one. Only an
     * issuer with {@code operators} can name platform operators.
     */
    record Issuer(
            URI issuer,
            URI jwks,
            Set<String> algorithms,
            Set<String> tenants,
            Set<String> clients,
            boolean operators,
            Duration keysKept,
            Duration outageTolerated) {
        private static final Set<String> ASYMMETRIC =
                Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

        public Issuer {
            Check.that(issuer != null, "identity.issuers.issuer", "is missing");
            Check.that(jwks != null, "identity.issuers.jwks", "is missing");
            algorithms = algorithms == null || algorithms.isEmpty() ? Set.of("RS256", "ES256") : Set.copyOf(algorithms);
            tenants = tenants == null ? Set.of() : Set.copyOf(tenants);
            clients = clients == null ? Set.of() : Set.copyOf(clients);
            keysKept = Optional.ofNullable(keysKept).orElseGet(() -> Duration.minutes(5));
            outageTolerated = Optional.ofNullable(outageTolerated).orElseGet(() -> Duration.hours(1));
            Check.that(
                    ASYMMETRIC.containsAll(algorithms),
                    "identity.issuers.algorithms",
                    "may name asymmetric signatures only");
            Check.that(keysKept.toSeconds() >= 60, "identity.issuers.keysKept", "must be at least 1m");
        }
    }

    private static void checkSkew(Duration skew) {
        Check.that(skew.toSeconds() <= 60, "identity.clockSkew", "must not be more than 60s");
    }
}
