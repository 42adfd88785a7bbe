package io.precinct.platform.identity.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.platform.TestNode;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.identity.IdentityContract;
import io.precinct.platform.web.Ulids;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedIssuerTest extends IdentityContract {
    private static final Pattern TICKET = Pattern.compile("name=\"ticket\" value=\"([^\"]+)\"");
    private static final String PASSWORD = "correct horse battery";

    @TempDir
    static Path home;

    private static TestNode node;
    private static String serviceSecret;

    @BeforeAll
    static void start() throws Exception {
        node = new TestNode(home);
        Accounts accounts = node.issuer().accounts();
        IssuerState.Account solo = accounts.create(account("solo", false), Optional.of(PASSWORD));
        accounts.assign(solo.id(), TestNode.ACME, "acme", Set.of("editor"));
        IssuerState.Account duo = accounts.create(account("duo", false), Optional.of(PASSWORD));
        accounts.assign(duo.id(), TestNode.ACME, "acme", Set.of("viewer"));
        accounts.assign(duo.id(), TestNode.GLOBEX, "globex", Set.of("admin"));
        serviceSecret = accounts.serviceClient("importer", TestNode.ACME, "acme", Set.of("loader"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Accounts.NewAccount account(String name, boolean demonstration) {
        return new Accounts.NewAccount(name, name + " <&>", Map.of("dept", "emea"), false, demonstration);
    }

    @Override
    protected Fixture fixture() {
        return new Fixture() {
            @Override
            public URI node() {
                return node.base();
            }

            @Override
            public URI discovery() {
                return node.base().resolve("/oidc/.well-known/openid-configuration");
            }

            @Override
            public String client() {
                return EmbeddedIssuer.UI_CLIENT;
            }

            @Override
            public String redirect() {
                return TestNode.REDIRECT;
            }

            @Override
            public URI signIn(URI authorization, String user) throws Exception {
                Page page = open(authorization);
                HttpResponse<String> answer = post(page.ticket(), page.cookie(), user, PASSWORD);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
                return URI.create(header(answer, "Location").orElseThrow());
            }

            @Override
            public Map.Entry<String, String> service() {
                return Map.entry("importer", serviceSecret);
            }
        };
    }

    private record Page(String ticket, String cookie, HttpResponse<String> answer) {}

    private static Page open(URI authorization) throws Exception {
        HttpResponse<String> answer = node.send(HttpRequest.newBuilder(authorization));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Matcher ticket = TICKET.matcher(answer.body());
        assertThat(ticket.find()).isTrue();
        return new Page(
                ticket.group(1), header(answer, "Set-Cookie").orElseThrow().split(";")[0], answer);
    }

    private static HttpResponse<String> post(String ticket, String cookie, String user, String password)
            throws Exception {
        return node.send(
                HttpRequest.newBuilder(node.base().resolve("/oidc/authorize"))
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "ticket=" + ticket + "&username=" + user + "&password=" + password.replace(' ', '+'))),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Cookie",
                cookie);
    }

    private static URI authorization() {
        return node.base()
                .resolve("/oidc/authorize?response_type=code&client_id=precinct-ui&scope=openid&redirect_uri="
                        + java.net.URLEncoder.encode(TestNode.REDIRECT, java.nio.charset.StandardCharsets.UTF_8)
                        + "&code_challenge_method=S256&code_challenge=" + "a".repeat(43));
    }

    @Test
    void signInFromAnotherBrowserIsRefused() throws Exception {
        Page mine = open(authorization());
        Page theirs = open(authorization());
        assertThat(post(mine.ticket(), theirs.cookie(), "solo", PASSWORD).statusCode())
                .isEqualTo(400);
        assertThat(post(mine.ticket(), mine.cookie(), "solo", PASSWORD).statusCode())
                .isEqualTo(303);
        assertThat(post(mine.ticket(), mine.cookie(), "solo", PASSWORD).statusCode())
                .isEqualTo(400);
    }

    @Test
    void pageRunsNoScriptAndCannotBeFramed() throws Exception {
        HttpResponse<String> page = open(authorization()).answer();
        assertThat(header(page, "Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'");
        assertThat(header(page, "Set-Cookie").orElseThrow())
                .contains("HttpOnly")
                .contains("SameSite=Strict");
        assertThat(header(page, "Cache-Control")).contains("no-store");
        assertThat(page.body()).doesNotContain("<script");
    }

    @Test
    void guessingIsStopped() throws Exception {
        node.issuer().accounts().create(account("victim", false), Optional.of(PASSWORD));
        Page page = open(authorization());
        for (int attempt = 0; attempt < SignInLimit.FAILURES; attempt++) {
            assertThat(post(page.ticket(), page.cookie(), "victim", "wrong").statusCode())
                    .isEqualTo(401);
        }
        assertThat(post(page.ticket(), page.cookie(), "victim", PASSWORD).statusCode())
                .isEqualTo(429);
        assertThat(post(page.ticket(), page.cookie(), "solo", PASSWORD).statusCode())
                .isEqualTo(303);
    }

    @Test
    void onlyDemonstrationAccountsAreEnteredWithAClick() throws Exception {
        Accounts accounts = node.issuer().accounts();
        IssuerState.Account demo = accounts.create(account("demo", true), Optional.empty());
        try {
            Page page = open(authorization());
            assertThat(page.answer().body()).contains(demo.id()).contains("demo &lt;&amp;&gt;");
            String solo = accounts.named("solo").orElseThrow().id();
            assertThat(page.answer().body()).doesNotContain(solo);
            assertThat(click(page, solo).statusCode()).isEqualTo(401);
            assertThat(click(page, demo.id()).statusCode()).isEqualTo(303);
        } finally {
            accounts.remove(demo.id());
        }
        assertThat(open(authorization()).answer().body()).doesNotContain("Demonstration");
    }

    private static HttpResponse<String> click(Page page, String account) throws Exception {
        return node.send(
                HttpRequest.newBuilder(node.base().resolve("/oidc/authorize"))
                        .POST(HttpRequest.BodyPublishers.ofString("ticket=" + page.ticket() + "&account=" + account)),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Cookie",
                page.cookie());
    }

    @Test
    void disabledAccountCannotSignIn() throws Exception {
        IssuerState.Account gone = node.issuer().accounts().create(account("gone", false), Optional.of(PASSWORD));
        node.issuer().accounts().disable(gone.id());
        Page page = open(authorization());
        assertThat(post(page.ticket(), page.cookie(), "gone", PASSWORD).statusCode())
                .isEqualTo(401);
    }

    @Test
    void whoReadsTheHomeGetsATokenWithoutSigningIn() throws Exception {
        Optional<String> token = mint("acme", "solo");
        assertThat(node.get("/v1/tenants/acme/whoami", "Authorization", "Bearer " + token.orElseThrow())
                        .statusCode())
                .isEqualTo(200);
        assertThat(mint("globex", "solo")).isEmpty();
        assertThat(mint("acme", "nobody")).isEmpty();
    }

    private static Optional<String> mint(String tenant, String user) throws Exception {
        Clock clock = Clock.systemUTC();
        return EmbeddedIssuer.mint(
                new EmbeddedIssuer.MintOrder(home, node.base() + "/oidc", tenant, user, Duration.ofMinutes(5)),
                clock,
                new Ulids(clock));
    }

    @Test
    void stateSurvivesARestartInFilesOnlyTheOwnerReads() throws Exception {
        Path folder = home.resolve(EmbeddedIssuer.FOLDER);
        for (String file : new String[] {"signing-key.json", "accounts.json"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(file))))
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(folder.resolve("accounts.json"))).doesNotContain(PASSWORD, serviceSecret);
        assertThat(new IssuerStore(folder).state().accounts())
                .isEqualTo(new IssuerStore(folder).state().accounts())
                .isNotEmpty();
        assertThat(SigningKey.loadOrCreate(folder)).isEqualTo(SigningKey.load(folder));
    }

    @Test
    void keyThatOthersCanReadIsRefused(@TempDir Path other) throws Exception {
        SigningKey.loadOrCreate(other);
        Files.setPosixFilePermissions(other.resolve("signing-key.json"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> SigningKey.loadOrCreate(other)).hasMessageContaining("can be read by others");
    }

    @Test
    void issuerRefusesAnAddressOthersCanReach(@TempDir Path other) {
        Clock clock = Clock.systemUTC();
        assertThatThrownBy(() -> new EmbeddedIssuer(
                        other,
                        IdentitySettings.Embedded.DEFAULTS,
                        () -> "http://x/oidc",
                        false,
                        new Ulids(clock),
                        clock))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("127.0.0.1");
    }
}
