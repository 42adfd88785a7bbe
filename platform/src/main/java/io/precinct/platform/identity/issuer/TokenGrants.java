package io.precinct.platform.identity.issuer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token endpoint. A refresh token is used once and replaced; one that was used before, or is not the family's
 * latest, ends the family, because then two parties hold it. A code shown twice ends the session it began. Thread-safe.
 */
final class TokenGrants {
    private static final Logger LOG = LoggerFactory.getLogger(TokenGrants.class);
    private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

    /** How long what is given out lives. */
    record Lives(Duration access, Duration refresh) {}

    private final IssuerStore store;
    private final Authorizations authorizations;
    private final TokenMint mint;
    private final Supplier<String> issuer;
    private final Lives lives;
    private final InstantSource clock;
    private final SignInLimit limit = new SignInLimit();

    TokenGrants(
            IssuerStore store,
            Authorizations authorizations,
            TokenMint mint,
            Supplier<String> issuer,
            Lives lives,
            InstantSource clock) {
        this.store = store;
        this.authorizations = authorizations;
        this.mint = mint;
        this.issuer = issuer;
        this.lives = lives;
        this.clock = clock;
    }

    /** The answer's members, in order. */
    Map<String, Object> answer(Parameters parameters, Optional<String> authorization) throws OAuthError {
        if (parameters.repeated()) {
            throw OAuthError.invalidRequest("a parameter is repeated");
        }
        IssuerState.Client client = client(parameters, authorization);
        return switch (parameters.text("grant_type")) {
            case "authorization_code" -> exchanged(parameters, client);
            case "refresh_token" -> refreshed(parameters, client);
            case "client_credentials" -> service(parameters, client);
            default -> throw new OAuthError(400, "unsupported_grant_type", "this grant is not offered");
        };
    }

    private Map<String, Object> exchanged(Parameters parameters, IssuerState.Client client) throws OAuthError {
        String code = parameters.text("code");
        Optional<Authorizations.Grant> taken = authorizations.take(code);
        if (taken.isEmpty()) {
            authorizations.sessionOfUsed(code).ifPresent(this::endSession);
            throw OAuthError.invalidGrant("the code is unknown, too old or was used before");
        }
        Authorizations.Grant grant = taken.get();
        Authorizations.Pending request = grant.request();
        if (!request.clientId().equals(client.id()) || !request.redirect().equals(parameters.text("redirect_uri"))) {
            throw OAuthError.invalidGrant("the code was given to another client or address");
        }
        String verifier = parameters.text("code_verifier");
        if (!VERIFIER.matcher(verifier).matches() || !Secrets.equal(Secrets.challenge(verifier), request.challenge())) {
            throw OAuthError.invalidGrant("the proof key does not fit");
        }
        IssuerState.Account account = living(grant.accountId());
        String secret = Secrets.fresh();
        Instant now = clock.instant();
        IssuerState.RefreshFamily family = new IssuerState.RefreshFamily(
                Secrets.fresh(),
                grant.session(),
                account.id(),
                client.id(),
                request.scopes(),
                grant.authenticatedAt(),
                now.plus(lives.refresh()),
                Secrets.hash(secret));
        store.update(state ->
                state.withoutFamilies(one -> !one.expiresAt().isAfter(now)).with(family));
        return answer(account, family, secret, request.nonce());
    }

    private Map<String, Object> refreshed(Parameters parameters, IssuerState.Client client) throws OAuthError {
        String token = parameters.text("refresh_token");
        int dot = token.indexOf('.');
        String familyId = dot < 0 ? token : token.substring(0, dot);
        String shown = Secrets.hash(token.substring(dot + 1));
        String next = Secrets.fresh();
        Instant now = clock.instant();
        AtomicReference<IssuerState.RefreshFamily> rotated = new AtomicReference<>();
        store.update(state -> {
            rotated.set(null);
            IssuerState.RefreshFamily family = state.families().get(familyId);
            if (family == null || !family.clientId().equals(client.id())) {
                return state;
            }
            if (!Secrets.equal(family.tokenHash(), shown)) {
                LOG.atWarn()
                        .addKeyValue("account", family.accountId())
                        .log("a used refresh token was shown again; its session is ended");
                return state.withoutFamilies(one -> one.id().equals(familyId));
            }
            if (!family.expiresAt().isAfter(now)) {
                return state.withoutFamilies(one -> one.id().equals(familyId));
            }
            IssuerState.RefreshFamily renewed = new IssuerState.RefreshFamily(
                    family.id(),
                    family.session(),
                    family.accountId(),
                    family.clientId(),
                    family.scopes(),
                    family.authenticatedAt(),
                    family.expiresAt(),
                    Secrets.hash(next));
            rotated.set(renewed);
            return state.with(renewed);
        });
        IssuerState.RefreshFamily family = rotated.get();
        if (family == null) {
            throw OAuthError.invalidGrant("the refresh token is unknown, too old or was used before");
        }
        return answer(living(family.accountId()), family, next, Optional.empty());
    }

    private Map<String, Object> service(Parameters parameters, IssuerState.Client client) throws OAuthError {
        if (client.secretHash().isEmpty()) {
            throw new OAuthError(400, "unauthorized_client", "a public client cannot act for itself");
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("access_token", mint.serviceToken(client, issuer.get(), scopes(parameters), lives.access()));
        answer.put("token_type", "Bearer");
        answer.put("expires_in", lives.access().toSeconds());
        return answer;
    }

    private Map<String, Object> answer(
            IssuerState.Account account, IssuerState.RefreshFamily family, String secret, Optional<String> nonce) {
        TokenMint.Session session = new TokenMint.Session(
                issuer.get(), family.clientId(), family.scopes(), family.session(), family.authenticatedAt());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("access_token", mint.accessToken(account, session, lives.access()));
        answer.put("token_type", "Bearer");
        answer.put("expires_in", lives.access().toSeconds());
        answer.put("refresh_token", family.id() + "." + secret);
        answer.put("id_token", mint.idToken(account, session, nonce, lives.access()));
        answer.put("scope", String.join(" ", new java.util.TreeSet<>(family.scopes())));
        return answer;
    }

    /** Ends a session by its id: no refresh after this, and its access tokens run out within their short life. */
    void endSession(String session) {
        store.update(state -> state.withoutFamilies(family -> family.session().equals(session)));
    }

    private IssuerState.Account living(String accountId) throws OAuthError {
        IssuerState.Account account = store.state().accounts().get(accountId);
        if (account == null || account.disabled()) {
            throw OAuthError.invalidGrant("the account is closed");
        }
        return account;
    }

    private IssuerState.Client client(Parameters parameters, Optional<String> authorization) throws OAuthError {
        String id = parameters.text("client_id");
        String secret = parameters.text("client_secret");
        if (authorization.isPresent()) {
            String[] basic = basic(authorization.get());
            id = basic[0];
            secret = basic[1];
        }
        IssuerState.Client client = store.state().clients().get(id);
        if (client == null || client.disabled() || limit.exhausted(id)) {
            throw OAuthError.invalidClient();
        }
        if (client.secretHash().isPresent()
                && !Secrets.equal(client.secretHash().get(), Secrets.hash(secret))) {
            limit.failed(id);
            throw OAuthError.invalidClient();
        }
        return client;
    }

    private static String[] basic(String authorization) throws OAuthError {
        try {
            if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
                String pair = new String(
                        Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                if (colon > 0) {
                    return new String[] {decoded(pair.substring(0, colon)), decoded(pair.substring(colon + 1))};
                }
            }
        } catch (IllegalArgumentException malformed) {
            throw OAuthError.invalidClient();
        }
        throw OAuthError.invalidClient();
    }

    private static String decoded(String formEncoded) {
        return java.net.URLDecoder.decode(formEncoded, StandardCharsets.UTF_8);
    }

    private static Set<String> scopes(Parameters parameters) {
        return Set.copyOf(Arrays.asList(parameters.text("scope").strip().split(" +")));
    }
}
