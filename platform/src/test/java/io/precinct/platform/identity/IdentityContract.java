package io.precinct.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What every OpenID provider together with the node must do, over real HTTP. A provider's suite gives the fixture; the
 * only thing it knows of the provider itself is how to get through its sign-in page.
 */
public abstract class IdentityContract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String VERIFIER = "abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ.0123456789";

    /**
     * The parts under test. {@code solo} is a user in {@code acme} only, as editor; {@code duo} is one in acme and
     * globex. The tenant {@code initech} exists and has neither.
     */
    protected interface Fixture {
        URI node();

        URI discovery();

        String client();

        String redirect();

        /** Goes through the sign-in page of an authorization request; the address the browser is sent to at its end. */
        URI signIn(URI authorization, String user) throws Exception;

        /** Id and secret of a program that is a member of acme only. */
        Map.Entry<String, String> service();
    }

    protected abstract Fixture fixture();

    @Test
    void validTokenReachesItsTenantWithItsRolesOnly() throws Exception {
        JsonNode tokens = tokens("solo", "openid organization:*");
        HttpResponse<String> answer = whoami("acme", tokens.path("access_token").asText());
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode caller = JSON.readTree(answer.body());
        assertThat(caller.path("type").asText()).isEqualTo("user");
        assertThat(caller.path("roles").toString()).isEqualTo("[\"editor\"]");
        assertThat(caller.path("operator").asBoolean()).isFalse();
    }

    @Test
    void tamperedTokensAreRefused() throws Exception {
        String token =
                tokens("solo", "openid organization:*").path("access_token").asText();
        String[] parts = token.split("\\.");
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        signature[7] ^= 1;
        String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        String changed = payload.replaceFirst("editor", "admin-");
        assertThat(changed).isNotEqualTo(payload);
        refused(parts[0] + "." + parts[1] + "." + encoded(signature));
        refused(parts[0] + "." + encoded(changed.getBytes(StandardCharsets.UTF_8)) + "." + parts[2]);
        refused(parts[0] + "." + parts[1] + ".");
    }

    @Test
    void unsignedTokenIsRefused() throws Exception {
        refused(new PlainJWT(claims()).serialize());
    }

    @Test
    void tokenSignedWithThePublicKeyAsSecretIsRefused() throws Exception {
        AsymmetricJWK key = (AsymmetricJWK)
                JWKSet.load(URI.create(discovery().path("jwks_uri").asText()).toURL())
                        .getKeys()
                        .getFirst();
        SignedJWT forged = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims());
        forged.sign(new MACSigner(key.toPublicKey().getEncoded()));
        refused(forged.serialize());
    }

    @Test
    void tokenSignedByAStrangerIsRefused() throws Exception {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("stranger").generate();
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("stranger").build(), claims());
        forged.sign(new ECDSASigner(key));
        refused(forged.serialize());
        String genuineKey = SignedJWT.parse(
                        tokens("solo", "openid").path("access_token").asText())
                .getHeader()
                .getKeyID();
        SignedJWT disguised = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(genuineKey).build(), claims());
        disguised.sign(new ECDSASigner(key));
        refused(disguised.serialize());
    }

    @Test
    void tokenOfAnotherAudienceIsRefused() throws Exception {
        refused(tokens("solo", "openid organization:*").path("id_token").asText());
    }

    @Test
    void tokenWithoutOrganizationReachesNoTenant() throws Exception {
        hidden("acme", tokens("solo", "openid").path("access_token").asText());
    }

    @Test
    void tokenOfTwoOrganizationsReachesThoseThePathNames() throws Exception {
        String token =
                tokens("duo", "openid organization:*").path("access_token").asText();
        assertThat(whoami("acme", token).statusCode()).isEqualTo(200);
        assertThat(whoami("globex", token).statusCode()).isEqualTo(200);
        hidden("initech", token);
    }

    @Test
    void tokenForOneOrganizationDoesNotReachTheOther() throws Exception {
        String token =
                tokens("duo", "openid organization:acme").path("access_token").asText();
        assertThat(whoami("acme", token).statusCode()).isEqualTo(200);
        hidden("globex", token);
    }

    @Test
    void organizationOfWhichTheUserIsNoMemberIsNotGiven() throws Exception {
        hidden(
                "globex",
                tokens("solo", "openid organization:globex")
                        .path("access_token")
                        .asText());
    }

    @Test
    void serviceActsAsItselfInItsTenant() throws Exception {
        HttpResponse<String> answer = token(Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                fixture().service().getKey(),
                "client_secret",
                fixture().service().getValue(),
                "scope",
                "organization"));
        assertThat(answer.statusCode()).isEqualTo(200);
        String token = JSON.readTree(answer.body()).path("access_token").asText();
        HttpResponse<String> who = whoami("acme", token);
        assertThat(who.statusCode()).isEqualTo(200);
        assertThat(JSON.readTree(who.body()).path("type").asText()).isEqualTo("service");
        hidden("globex", token);
    }

    @Test
    void serviceWithAWrongSecretGetsNothing() throws Exception {
        HttpResponse<String> answer = token(Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                fixture().service().getKey(),
                "client_secret",
                "wrong",
                "scope",
                "organization"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(answer.body()).path("error").asText()).isIn("invalid_client", "unauthorized_client");
    }

    @Test
    void authorizationWithoutAProofKeyIsRefused() throws Exception {
        Map<String, String> parameters = authorization("openid");
        parameters.remove("code_challenge");
        parameters.remove("code_challenge_method");
        HttpResponse<String> answer = get(authorize(parameters));
        assertThat(answer.statusCode()).isIn(302, 303);
        assertThat(answer.headers().firstValue("Location").orElseThrow())
                .startsWith(fixture().redirect())
                .contains("error=invalid_request");
    }

    @Test
    void plainProofKeyIsRefused() throws Exception {
        Map<String, String> parameters = authorization("openid");
        parameters.put("code_challenge", VERIFIER);
        parameters.put("code_challenge_method", "plain");
        assertThat(get(authorize(parameters)).headers().firstValue("Location").orElseThrow())
                .contains("error=invalid_request");
    }

    @Test
    void wrongProofKeyGetsNoToken() throws Exception {
        Map<String, String> exchange = exchange(code("solo", "openid"));
        exchange.put("code_verifier", VERIFIER.replace('a', 'b'));
        invalidGrant(token(exchange));
        Map<String, String> without = exchange(code("solo", "openid"));
        without.remove("code_verifier");
        invalidGrant(token(without));
    }

    @Test
    void codeIsGoodForOneExchangeAndItsReplayEndsTheSession() throws Exception {
        Map<String, String> exchange = exchange(code("solo", "openid"));
        HttpResponse<String> first = token(exchange);
        assertThat(first.statusCode()).isEqualTo(200);
        invalidGrant(token(exchange));
        invalidGrant(refresh(JSON.readTree(first.body()).path("refresh_token").asText()));
    }

    @Test
    void codeIsBoundToTheAddressItWasSentTo() throws Exception {
        Map<String, String> exchange = exchange(code("solo", "openid"));
        exchange.put("redirect_uri", fixture().redirect() + "/other");
        invalidGrant(token(exchange));
    }

    @Test
    void unregisteredAddressIsNeverReturnedTo() throws Exception {
        for (String address : new String[] {
            "http://evil.example/callback",
            fixture().redirect() + "/deeper",
            fixture().redirect() + "?x=1"
        }) {
            Map<String, String> parameters = authorization("openid");
            parameters.put("redirect_uri", address);
            HttpResponse<String> answer = get(authorize(parameters));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.headers().firstValue("Location")).isEmpty();
        }
    }

    @Test
    void refreshTokenIsReplacedAndItsReuseEndsTheSession() throws Exception {
        String first =
                tokens("solo", "openid organization:*").path("refresh_token").asText();
        HttpResponse<String> renewed = refresh(first);
        assertThat(renewed.statusCode()).isEqualTo(200);
        JsonNode second = JSON.readTree(renewed.body());
        assertThat(second.path("refresh_token").asText()).isNotEqualTo(first);
        assertThat(whoami("acme", second.path("access_token").asText()).statusCode())
                .isEqualTo(200);
        invalidGrant(refresh(first));
        invalidGrant(refresh(second.path("refresh_token").asText()));
    }

    @Test
    void endedSessionIsNotRefreshed() throws Exception {
        JsonNode tokens = tokens("solo", "openid");
        get(URI.create(discovery().path("end_session_endpoint").asText() + "?id_token_hint="
                + tokens.path("id_token").asText()));
        invalidGrant(refresh(tokens.path("refresh_token").asText()));
    }

    @Test
    void stateAndNonceComeBack() throws Exception {
        Map<String, String> parameters = authorization("openid");
        parameters.put("nonce", "n-1");
        URI back = fixture().signIn(authorize(parameters), "solo");
        assertThat(back.getQuery()).contains("state=s-1");
        JsonNode tokens = JSON.readTree(token(exchange(code(back))).body());
        JWTClaimsSet identity =
                SignedJWT.parse(tokens.path("id_token").asText()).getJWTClaimsSet();
        assertThat(identity.getStringClaim("nonce")).isEqualTo("n-1");
        assertThat(identity.getIssuer()).isEqualTo(discovery().path("issuer").asText());
    }

    private JsonNode tokens(String user, String scope) throws Exception {
        HttpResponse<String> answer = token(exchange(code(user, scope)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private String code(String user, String scope) throws Exception {
        return code(fixture().signIn(authorize(authorization(scope)), user));
    }

    private static String code(URI back) {
        for (String pair : back.getRawQuery().split("&")) {
            if (pair.startsWith("code=")) {
                return pair.substring(5);
            }
        }
        throw new AssertionError("no code in " + back);
    }

    private Map<String, String> authorization(String scope) throws Exception {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("response_type", "code");
        parameters.put("client_id", fixture().client());
        parameters.put("redirect_uri", fixture().redirect());
        parameters.put("scope", scope);
        parameters.put("state", "s-1");
        parameters.put(
                "code_challenge",
                encoded(MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII))));
        parameters.put("code_challenge_method", "S256");
        return parameters;
    }

    private URI authorize(Map<String, String> parameters) throws Exception {
        return URI.create(discovery().path("authorization_endpoint").asText() + "?" + form(parameters));
    }

    private Map<String, String> exchange(String code) {
        return new TreeMap<>(Map.of(
                "grant_type",
                "authorization_code",
                "client_id",
                fixture().client(),
                "redirect_uri",
                fixture().redirect(),
                "code",
                code,
                "code_verifier",
                VERIFIER));
    }

    private HttpResponse<String> refresh(String token) throws Exception {
        return token(
                Map.of("grant_type", "refresh_token", "client_id", fixture().client(), "refresh_token", token));
    }

    private HttpResponse<String> token(Map<String, String> parameters) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(
                                URI.create(discovery().path("token_endpoint").asText()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(parameters)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode discovery() throws IOException, InterruptedException {
        return JSON.readTree(get(fixture().discovery()).body());
    }

    private HttpResponse<String> whoami(String tenant, String token) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(fixture().node().resolve("/v1/tenants/" + tenant + "/whoami"))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void refused(String token) throws Exception {
        HttpResponse<String> answer = whoami("acme", token);
        assertThat(answer.statusCode()).isEqualTo(401);
        JsonNode body = JSON.readTree(answer.body());
        assertThat(body.path("error").asText()).isEqualTo("invalid bearer token");
        assertThat(body.path("code").asText()).isEqualTo("unauthorized");
    }

    private void hidden(String tenant, String token) throws Exception {
        assertThat(whoami(tenant, token).statusCode()).isEqualTo(404);
    }

    private static void invalidGrant(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).path("error").asText()).isEqualTo("invalid_grant");
    }

    /** Claims of a genuine token, for forgeries. */
    private JWTClaimsSet claims() throws Exception {
        return SignedJWT.parse(tokens("solo", "openid organization:*")
                        .path("access_token")
                        .asText())
                .getJWTClaimsSet();
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** First value of a header of a response, for fixtures. */
    protected static Optional<String> header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name);
    }
}
