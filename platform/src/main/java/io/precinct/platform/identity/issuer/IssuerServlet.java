package io.precinct.platform.identity.issuer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The issuer's endpoints below the path it is mounted at. */
final class IssuerServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String COOKIE = "precinct_signin";
    private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");

    private final transient IssuerStore store;
    private final transient ECKey key;
    private final transient SignIn signIn;
    private final transient TokenGrants grants;
    private final transient Supplier<String> issuer;
    private final transient ObjectMapper json = new ObjectMapper();

    IssuerServlet(IssuerStore store, ECKey key, SignIn signIn, TokenGrants grants, Supplier<String> issuer) {
        this.store = store;
        this.key = key;
        this.signIn = signIn;
        this.grants = grants;
        this.issuer = issuer;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        // A name that only resolves to this machine would let a foreign page talk to the issuer.
        if (!LOOPBACK_NAMES.contains(request.getServerName())
                && !request.getServerName().equals(URI.create(issuer.get()).getHost())) {
            html(response, 400, SignInPage.refusal("The issuer answers to this machine's own names only."));
            return;
        }
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
        switch (request.getMethod() + " " + path) {
            case "GET /.well-known/openid-configuration" -> json(response, 200, discovery());
            case "GET /jwks" -> json(response, 200, new JWKSet(key.toPublicJWK()).toJSONObject());
            case "GET /authorize" -> show(signIn.begin(request.getParameterMap()), response);
            case "POST /authorize" -> show(finish(request), response);
            case "POST /token" -> token(request, response);
            case "GET /end_session", "POST /end_session" -> endSession(request, response);
            default -> json(response, 404, Map.of("error", "not_found"));
        }
    }

    private Map<String, Object> discovery() {
        String base = issuer.get();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", base);
        document.put("authorization_endpoint", base + "/authorize");
        document.put("token_endpoint", base + "/token");
        document.put("jwks_uri", base + "/jwks");
        document.put("end_session_endpoint", base + "/end_session");
        document.put("response_types_supported", List.of("code"));
        document.put("response_modes_supported", List.of("query"));
        document.put("grant_types_supported", List.of("authorization_code", "refresh_token", "client_credentials"));
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", List.of("ES256"));
        document.put("code_challenge_methods_supported", List.of("S256"));
        document.put(
                "token_endpoint_auth_methods_supported", List.of("none", "client_secret_basic", "client_secret_post"));
        document.put("scopes_supported", List.of("openid", "profile", "organization", "organization:*"));
        document.put("authorization_response_iss_parameter_supported", true);
        return document;
    }

    private SignIn.Step finish(HttpServletRequest request) {
        Parameters parameters = new Parameters(request.getParameterMap());
        Optional<String> cookie = request.getCookies() == null
                ? Optional.empty()
                : Arrays.stream(request.getCookies())
                        .filter(one -> one.getName().equals(COOKIE))
                        .map(Cookie::getValue)
                        .findFirst();
        return signIn.finish(
                parameters.text("ticket"),
                cookie,
                parameters.present("account"),
                parameters.text("username"),
                parameters.text("password"));
    }

    private void show(SignIn.Step step, HttpServletResponse response) throws IOException {
        switch (step) {
            case SignIn.Step.Page page -> {
                page.cookie()
                        .ifPresent(value -> response.addHeader(
                                "Set-Cookie",
                                COOKIE + "=" + value + "; Path=/oidc; HttpOnly; SameSite=Strict; Max-Age=600"));
                response.setHeader("Content-Security-Policy", SignInPage.contentPolicy(page.redirect()));
                html(
                        response,
                        page.status(),
                        SignInPage.html("/oidc/authorize", page.ticket(), page.complaint(), signIn.demonstrations()));
            }
            case SignIn.Step.Redirect redirect -> {
                response.setStatus(HttpServletResponse.SC_SEE_OTHER);
                response.setHeader("Location", redirect.location());
            }
            case SignIn.Step.Refuse refuse -> html(response, refuse.status(), SignInPage.refusal(refuse.text()));
        }
    }

    private void token(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            json(
                    response,
                    200,
                    grants.answer(
                            new Parameters(request.getParameterMap()),
                            Optional.ofNullable(request.getHeader("Authorization"))));
        } catch (OAuthError refused) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("error", refused.code());
            body.put("error_description", refused.getMessage());
            if (refused.status() == 401) {
                response.setHeader("WWW-Authenticate", "Basic realm=\"precinct\"");
            }
            json(response, refused.status(), body);
        }
    }

    /** Ends the session an id token names; an old token will do, a forged one won't. */
    private void endSession(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Parameters parameters = new Parameters(request.getParameterMap());
        Optional<SignedJWT> hint = genuine(parameters.text("id_token_hint"));
        try {
            if (hint.isPresent()) {
                String session = hint.get().getJWTClaimsSet().getStringClaim("sid");
                if (session != null) {
                    grants.endSession(session);
                }
                String clientId = hint.get().getJWTClaimsSet().getStringClaim("azp");
                IssuerState.Client client =
                        clientId == null ? null : store.state().clients().get(clientId);
                String target = parameters.text("post_logout_redirect_uri");
                if (client != null && client.logoutRedirects().contains(target)) {
                    String state = parameters
                            .present("state")
                            .map(value -> (target.indexOf('?') < 0 ? "?" : "&") + "state="
                                    + java.net.URLEncoder.encode(value, StandardCharsets.UTF_8))
                            .orElse("");
                    response.setStatus(HttpServletResponse.SC_SEE_OTHER);
                    response.setHeader("Location", target + state);
                    return;
                }
            }
        } catch (ParseException malformed) {
            html(response, 400, SignInPage.refusal("The session could not be read from the request."));
            return;
        }
        html(response, 200, SignInPage.refusal("You are signed out."));
    }

    private Optional<SignedJWT> genuine(String token) {
        if (token.isEmpty()) {
            return Optional.empty();
        }
        try {
            SignedJWT parsed = SignedJWT.parse(token);
            return parsed.verify(new ECDSAVerifier(key))
                            && issuer.get().equals(parsed.getJWTClaimsSet().getIssuer())
                    ? Optional.of(parsed)
                    : Optional.empty();
        } catch (ParseException | JOSEException forged) {
            return Optional.empty();
        }
    }

    private void json(HttpServletResponse response, int status, Map<String, Object> body) throws IOException {
        write(response, status, "application/json", json.writeValueAsBytes(body));
    }

    private static void html(HttpServletResponse response, int status, String page) throws IOException {
        if (!String.valueOf(response.getHeader("Content-Security-Policy")).contains("sha256-")) {
            response.setHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        }
        write(response, status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(HttpServletResponse response, int status, String type, byte[] body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
