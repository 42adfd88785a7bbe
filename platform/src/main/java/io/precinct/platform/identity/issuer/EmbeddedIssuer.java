package io.precinct.platform.identity.issuer;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import io.precinct.engine.spi.IdSource;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.identity.TrustedIssuer;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An OpenID provider for one machine, with accounts of its own. It gives tokens with the claims that a Keycloak realm
 * with organizations gives, and uses tenant ids as organization ids. Thread-safe.
 */
public final class EmbeddedIssuer {
    /** The administration application's client id. */
    public static final String UI_CLIENT = "precinct-ui";

    /** Folder below the node's home; private to the user that runs the node. */
    public static final String FOLDER = "issuer";

    private final ECKey key;
    private final IssuerStore store;
    private final Accounts accounts;
    private final TokenMint mint;
    private final Supplier<String> issuer;
    private final HttpServlet servlet;

    /**
     * @param issuer the issuer's address, asked for once requests come, since a port may be known only then
     * @param loopbackOnly whether the server is bound to loopback addresses only
     * @throws IllegalStateException when it is not: accounts that anyone on the network can try are no safe default
     */
    public EmbeddedIssuer(
            Path home,
            IdentitySettings.Embedded settings,
            Supplier<String> issuer,
            boolean loopbackOnly,
            IdSource ids,
            InstantSource clock)
            throws IOException {
        if (!loopbackOnly) {
            throw new IllegalStateException(
                    "the embedded issuer serves this machine only: bind the server to 127.0.0.1,"
                            + " or set identity.type to external and name an OpenID provider");
        }
        Path folder = home.resolve(FOLDER);
        this.issuer = issuer;
        this.key = SigningKey.loadOrCreate(folder);
        this.store = new IssuerStore(folder);
        this.accounts = new Accounts(store, ids, settings.passwordIterations());
        this.mint = new TokenMint(key, IdentitySettings.AUDIENCE, ids, clock);
        Authorizations authorizations = new Authorizations();
        TokenGrants.Lives lives = new TokenGrants.Lives(
                Duration.ofMillis(settings.accessTokenLife().toMilliseconds()),
                Duration.ofMillis(settings.refreshTokenLife().toMilliseconds()));
        this.servlet = new IssuerServlet(
                store,
                key,
                new SignIn(store, authorizations, issuer, settings.passwordIterations(), clock),
                new TokenGrants(store, authorizations, mint, issuer, lives, clock),
                issuer);
    }

    /** To be mounted at {@code /oidc/*}. */
    public HttpServlet servlet() {
        return servlet;
    }

    public Accounts accounts() {
        return accounts;
    }

    /** The issuer as the verifier trusts it, with the keys from memory. Call once the address is known. */
    public TrustedIssuer trusted() {
        return new TrustedIssuer(
                issuer.get(),
                new ImmutableJWKSet<>(new JWKSet(key.toPublicJWK())),
                Set.of(JWSAlgorithm.ES256),
                Set.of(),
                Set.of(),
                true);
    }

    /** By its user name, or by the part of it before the {@code @} and the tenant. */
    private static boolean named(IssuerState.Account account, MintOrder order) {
        return account.username().equals(order.username())
                || account.username().equals(order.username() + "@" + order.tenant());
    }

    /**
     * A token of an account that is a member of the tenant, without a sign-in. Only who can read the node's home can
     * call this, and who can read the home could sign anything.
     *
     * @return empty when there is no such account or membership
     */
    public static Optional<String> mint(MintOrder order, InstantSource clock, IdSource ids) throws IOException {
        Path folder = order.home().resolve(FOLDER);
        ECKey key = SigningKey.load(folder);
        IssuerState state = new IssuerStore(folder).state();
        Instant now = clock.instant();
        return state.accounts().values().stream()
                .filter(account -> named(account, order) && !account.disabled())
                .flatMap(account -> account.memberships().stream()
                        .filter(one -> one.alias().equals(order.tenant())
                                || one.organizationId().equals(order.tenant()))
                        .map(one -> new TokenMint(key, IdentitySettings.AUDIENCE, ids, clock)
                                .accessToken(
                                        account,
                                        new TokenMint.Session(
                                                order.issuer(),
                                                "precinct-cli",
                                                Set.of("openid", "organization:" + one.alias()),
                                                "cli-" + ids.next(),
                                                now),
                                        order.life())))
                .findFirst();
    }

    /** Which token to make without a sign-in; {@code tenant} is an alias or an id. */
    public record MintOrder(Path home, String issuer, String tenant, String username, Duration life) {
        public MintOrder {
            if (life.compareTo(Duration.ofHours(12)) > 0 || !life.isPositive()) {
                throw new IllegalArgumentException("a token lives for 12 hours at most");
            }
        }
    }
}
