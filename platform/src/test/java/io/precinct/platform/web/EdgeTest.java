package io.precinct.platform.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.platform.TestNode;
import io.precinct.platform.identity.issuer.Accounts;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.identity.issuer.IssuerState;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static java.nio.file.Path home;

    private static TestNode node;
    private static String bearer;
    private static String operator;

    @BeforeAll
    static void start() throws Exception {
        node = new TestNode(home);
        Accounts accounts = node.issuer().accounts();
        IssuerState.Account ann =
                accounts.create(new Accounts.NewAccount("ann", "Ann", Map.of(), false, false), Optional.empty());
        accounts.assign(ann.id(), TestNode.ACME, "acme", Set.of("editor"));
        IssuerState.Account olga =
                accounts.create(new Accounts.NewAccount("olga", "Olga", Map.of(), true, false), Optional.empty());
        accounts.assign(olga.id(), TestNode.GLOBEX, "globex", Set.of());
        bearer = "Bearer " + token(node, home, "acme", "ann");
        operator = "Bearer " + token(node, home, "globex", "olga");
    }

    private static String token(TestNode of, java.nio.file.Path home, String tenant, String user) throws Exception {
        Clock clock = Clock.systemUTC();
        return EmbeddedIssuer.mint(
                        new EmbeddedIssuer.MintOrder(home, of.base() + "/oidc", tenant, user, Duration.ofMinutes(5)),
                        clock,
                        new Ulids(clock))
                .orElseThrow();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void requestIdIsOursAndInHeaderAndBody() throws Exception {
        HttpResponse<String> answer = node.get("/v1/tenants/acme/whoami", "X-Request-Id", "chosen");
        String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(id).matches("[0-7][0-9A-HJKMNP-TV-Z]{25}");
        assertThat(JSON.readTree(answer.body()).path("request_id").asText()).isEqualTo(id);
    }

    @Test
    void nothingBelowTheApiTellsAnythingWithoutAToken() throws Exception {
        for (String path : new String[] {"/v1/tenants/acme/whoami", "/v1/tenants/nobody/x", "/v1/nowhere", "/v1/"}) {
            HttpResponse<String> answer = node.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(JSON.readTree(answer.body()).path("error").asText()).isEqualTo("missing bearer token");
        }
        assertThat(error(node.get("/v1/tenants/acme/whoami", "Authorization", "Basic YTpi")))
                .isEqualTo("missing bearer token");
        assertThat(error(node.get("/v1/tenants/acme/whoami", "Authorization", "Bearer x")))
                .isEqualTo("invalid bearer token");
        assertThat(error(node.get("/v1/tenants/acme/whoami", "Authorization", bearer, "Authorization", bearer)))
                .isEqualTo("invalid bearer token");
        assertThat(node.get("/v1/tenants/acme/whoami?access_token=" + bearer.substring(7))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void foreignUnknownAndMalformedTenantsLookAlike() throws Exception {
        Set<String> bodies = new HashSet<>();
        Set<Map<String, List<String>>> headers = new HashSet<>();
        for (String tenant :
                new String[] {"globex", "nobody", TestNode.GLOBEX.value(), "ACME", "%20acme", "a%2Fb", "-"}) {
            HttpResponse<String> answer = node.get("/v1/tenants/" + tenant + "/whoami", "Authorization", bearer);
            assertThat(answer.statusCode()).as(tenant).isEqualTo(404);
            String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
            bodies.add(answer.body().replace(id, "ID"));
            Map<String, List<String>> told =
                    new java.util.HashMap<>(answer.headers().map());
            told.keySet().removeIf(name -> name.equalsIgnoreCase("date") || name.equalsIgnoreCase("x-request-id"));
            headers.add(told);
        }
        assertThat(bodies).hasSize(1);
        assertThat(headers).hasSize(1);
        assertThat(node.mismatches).anyMatch(one -> one.pathTenant().equals("globex"));
    }

    @Test
    void unknownRouteOfTheOwnTenantLooksLikeAForeignTenant() throws Exception {
        HttpResponse<String> route = node.get("/v1/tenants/acme/nowhere", "Authorization", bearer);
        assertThat(route.statusCode()).isEqualTo(404);
        assertThat(error(route)).isEqualTo("not found");
    }

    @Test
    void tenantIsReachedByNameAndIdOnAVirtualThread() throws Exception {
        JsonNode byName = JSON.readTree(
                node.get("/v1/tenants/acme/whoami", "Authorization", bearer).body());
        JsonNode byId = JSON.readTree(node.get("/v1/tenants/" + TestNode.ACME + "/whoami", "Authorization", bearer)
                .body());
        assertThat(byName).isEqualTo(byId);
        assertThat(byName.path("virtual").asBoolean()).isTrue();
    }

    @Test
    void operatorReachesATenantWithoutRolesThere() throws Exception {
        JsonNode caller = JSON.readTree(
                node.get("/v1/tenants/acme/whoami", "Authorization", operator).body());
        assertThat(caller.path("operator").asBoolean()).isTrue();
        assertThat(caller.path("roles")).isEmpty();
        assertThat(caller.path("tenant").asText()).isEqualTo(TestNode.ACME.value());
    }

    @Test
    void encodedSeparatorStaysInsideItsSegmentAndIsDecodedOnce() throws Exception {
        assertThat(node.get("/v1/tenants/acme/branches/u%2Fann", "Authorization", bearer)
                        .body())
                .isEqualTo("{\"branch\":\"u/ann\"}");
        HttpResponse<String> twice = node.get("/v1/tenants/acme/branches/u%252Fann", "Authorization", bearer);
        assertThat(twice.statusCode()).isEqualTo(400);
        assertThat(code(twice)).isEqualTo("bad_request");
        assertThat(twice.body()).doesNotContain("%");
        for (String evil : new String[] {"..%2Fwhoami", "%2e%2e/whoami", "x;/whoami", "..;/whoami", "a%00b"}) {
            HttpResponse<String> answer = node.get("/v1/tenants/acme/branches/" + evil, "Authorization", bearer);
            assertThat(answer.statusCode() == 400
                            || answer.statusCode() == 404
                            || answer.body().startsWith("{\"branch\":"))
                    .as(evil + " " + answer.body())
                    .isTrue();
            assertThat(answer.body()).doesNotContain("subject");
        }
    }

    @Test
    void wrongMethodTypeAndJsonAnswerInTheErrorShape() throws Exception {
        HttpResponse<String> method = node.send(
                HttpRequest.newBuilder(node.base().resolve("/v1/tenants/acme/whoami"))
                        .DELETE(),
                "Authorization",
                bearer);
        assertThat(method.statusCode()).isEqualTo(405);
        assertThat(method.headers().firstValue("Allow").orElseThrow()).contains("GET");
        assertThat(code(method)).isEqualTo("method_not_allowed");
        HttpResponse<String> type = post("/v1/tenants/acme/body", "x", "text/plain");
        assertThat(type.statusCode()).isEqualTo(415);
        assertThat(code(type)).isEqualTo("bad_request");
        HttpResponse<String> json = post("/v1/tenants/acme/body", "{\"name\": \"secret\", oops", "application/json");
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(json.body())
                .contains("line 1, column")
                .doesNotContain("secret")
                .doesNotContain("oops");
        HttpResponse<String> unknown = post("/v1/tenants/acme/body", "{\"name\":\"a\",\"x\":1}", "application/json");
        assertThat(unknown.statusCode()).isIn(200, 400);
    }

    @Test
    void uncaughtFailureTellsNothing() throws Exception {
        HttpResponse<String> answer = node.get("/v1/tenants/acme/broken", "Authorization", bearer);
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(error(answer)).isEqualTo("internal error");
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("Exception");
    }

    @Test
    void bodyLimitHoldsToTheByteWithAndWithoutADeclaredLength() throws Exception {
        int limit = 1024 * 1024;
        String frame = "{\"name\":\"\"}";
        String fits = "{\"name\":\"" + "a".repeat(limit - frame.length()) + "\"}";
        String over = "{\"name\":\"" + "a".repeat(limit - frame.length() + 1) + "\"}";
        assertThat(post("/v1/tenants/acme/body", fits, "application/json").statusCode())
                .isEqualTo(200);
        assertThat(chunked("/v1/tenants/acme/body", fits).statusCode()).isEqualTo(200);
        for (HttpResponse<String> answer : List.of(
                post("/v1/tenants/acme/body", over, "application/json"), chunked("/v1/tenants/acme/body", over))) {
            assertThat(answer.statusCode()).isEqualTo(413);
            JsonNode detail = JSON.readTree(answer.body()).path("resource_limit");
            assertThat(detail.path("resource").asText()).isEqualTo("request_body_bytes");
            assertThat(detail.path("limit").asLong()).isEqualTo(limit);
        }
        assertThat(post("/v1/tenants/acme/graphs/g/load", over, "application/json")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void securityHeadersAreOnEveryAnswer() throws Exception {
        for (String path : new String[] {"/", "/v1/x", "/healthz", "/missing.js"}) {
            HttpResponse<String> answer = node.get(path);
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("frame-ancestors 'none'");
            assertThat(answer.headers().firstValue("Server")).isEmpty();
        }
    }

    @Test
    void deepLinksGetThePageAndMissingFilesDoNot() throws Exception {
        HttpResponse<String> link = node.get("/tenants/acme/graphs", "Accept", "text/html,*/*");
        assertThat(link.statusCode()).isEqualTo(200);
        assertThat(link.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(link.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(node.get("/assets/missing-12345678.js").statusCode()).isEqualTo(404);
        assertThat(node.get("/../precinct.yml").body()).doesNotContain("bindHost");
    }

    @Test
    void filesWithAHashInTheirNameAreKeptForEverAndThePageIsNot() throws Exception {
        HttpResponse<String> script = node.get("/assets/app-Ab12Cd34.js");
        assertThat(script.body()).contains("export default 1");
        assertThat(script.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/javascript");
        assertThat(script.headers().firstValue("Cache-Control")).contains("public, max-age=31536000, immutable");
        HttpResponse<String> page = node.get("/deep/link", "Accept", "text/html");
        assertThat(page.body()).contains("<title>application</title>");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
    }

    @Test
    void buildWithoutTheApplicationServesAPlaceholder() throws Exception {
        HttpResponse<String> page = node.get("/left-out/x", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("without the administration application");
    }

    @Test
    void healthOfATenantIsOpenAndSaysTheSameForEveryName() throws Exception {
        HttpResponse<String> acme = node.get("/v1/tenants/acme/healthz");
        assertThat(acme.statusCode()).isEqualTo(200);
        assertThat(node.get("/v1/tenants/nobody/healthz").body()).isEqualTo(acme.body());
        assertThat(node.get("/healthz").body()).isEqualTo(acme.body());
    }

    @Test
    void metricsNameOperationsAndNeverPaths() throws Exception {
        node.get("/v1/tenants/acme/whoami", "Authorization", bearer);
        node.get("/v1/tenants/acme/some-secret-name", "Authorization", bearer);
        String metrics = node.get("/metrics").body();
        assertThat(metrics)
                .contains("operation=\"test.whoami\"")
                .doesNotContain("some-secret-name")
                .doesNotContain("acme");
    }

    @Test
    void descriptionIsServedWithPrefixedPaths() throws Exception {
        JsonNode document = JSON.readTree(node.get("/openapi.json").body());
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        JsonNode whoami =
                document.path("paths").path("/v1/tenants/{tenant}/whoami").path("get");
        assertThat(whoami.path("security")).hasSize(1);
        assertThat(whoami.has("requestBody")).isFalse();
    }

    @Test
    void drainingRefusesNewWorkAndFinishesRunningWork(@TempDir java.nio.file.Path other) throws Exception {
        TestNode draining = new TestNode(other);
        try {
            Accounts accounts = draining.issuer().accounts();
            IssuerState.Account ann =
                    accounts.create(new Accounts.NewAccount("ann", "Ann", Map.of(), false, false), Optional.empty());
            accounts.assign(ann.id(), TestNode.ACME, "acme", Set.of());
            String token = "Bearer " + token(draining, other, "acme", "ann");
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            TestNode.Echo.RUNNING.add(running);
            TestNode.Echo.RELEASE.add(release);
            CompletableFuture<HttpResponse<String>> slow = TestNode.HTTP.sendAsync(
                    HttpRequest.newBuilder(draining.base().resolve("/v1/tenants/acme/slow"))
                            .header("Authorization", token)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(draining.get("/readyz").statusCode()).isEqualTo(200);
            draining.wiring().drain().begin();
            HttpResponse<String> readiness = draining.get("/readyz");
            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("draining");
            HttpResponse<String> refused = draining.get("/v1/tenants/acme/whoami", "Authorization", token);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(JSON.readTree(refused.body()).path("retry").asText()).isEqualTo("later");
            release.countDown();
            assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        } finally {
            draining.close();
        }
    }

    @Test
    void stoppingTheServerBeginsToDrainByItself(@TempDir java.nio.file.Path other) throws Exception {
        TestNode stopped = new TestNode(other);
        assertThat(stopped.wiring().drain().draining()).isFalse();
        stopped.close();
        assertThat(stopped.wiring().drain().draining()).isTrue();
    }

    /** Has a route that says nothing about policy. */
    @Path("/tenants/{tenant}/forgotten")
    public static final class Forgotten {
        @GET
        public String forgotten() {
            return "";
        }
    }

    @Test
    void routeThatDeclaresNoActionStopsTheStart(@TempDir java.nio.file.Path other) {
        assertThatThrownBy(() -> new TestNode(other, new Forgotten()))
                .hasStackTraceContaining("GET /tenants/{tenant}/forgotten (Forgotten.forgotten)")
                .hasStackTraceContaining("neither @Governed nor @Ungoverned");
    }

    private static HttpResponse<String> post(String path, String body, String type) throws Exception {
        return node.send(
                HttpRequest.newBuilder(node.base().resolve(path)).POST(HttpRequest.BodyPublishers.ofString(body)),
                "Authorization",
                bearer,
                "Content-Type",
                type);
    }

    private static HttpResponse<String> chunked(String path, String body) throws Exception {
        return node.send(
                HttpRequest.newBuilder(node.base().resolve(path))
                        .POST(HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))),
                "Authorization",
                bearer,
                "Content-Type",
                "application/json");
    }

    private static String error(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body()).path("error").asText();
    }

    private static String code(HttpResponse<String> answer) throws Exception {
        return JSON.readTree(answer.body()).path("code").asText();
    }
}
