package io.precinct.platform;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.precinct.platform.config.AuditSettings;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.LimitSettings;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.identity.TenantDirectory;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.web.AuthenticationFilter;
import io.precinct.platform.web.Departures;
import io.precinct.platform.web.Governed;
import io.precinct.platform.web.UiServlet;
import io.precinct.tenants.TenantId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A real node on a free loopback port, with two tenants in a directory kept in memory and a resource that echoes. */
public final class TestNode implements AutoCloseable {
    public static final TenantId ACME = new TenantId("01ARZ3NDEKTSV4RRFFQ69G5FAA");
    public static final TenantId GLOBEX = new TenantId("01ARZ3NDEKTSV4RRFFQ69G5FAB");
    public static final TenantId INITECH = new TenantId("01ARZ3NDEKTSV4RRFFQ69G5FAC");

    /** For clients of the tests; follows no redirect. */
    public static final HttpClient HTTP = HttpClient.newHttpClient();

    public final Queue<AuthenticationFilter.Mismatch> mismatches = new ConcurrentLinkedQueue<>();
    private final DropwizardTestSupport<PrecinctConfiguration> support;
    private Wiring wiring;
    private EmbeddedIssuer issuer;

    /** {@code resources} are served besides the echoing one. */
    public TestNode(java.nio.file.Path home, Object... resources) throws Exception {
        support = new DropwizardTestSupport<>(PrecinctApplication.class, configuration(home, "127.0.0.1")) {
            @Override
            public PrecinctApplication newApplication() {
                return new PrecinctApplication() {
                    @Override
                    protected void compose(Wiring composed) throws Exception {
                        wiring = composed;
                        issuer = composed.embeddedIssuer((IdentitySettings.Embedded)
                                composed.configuration().identity());
                        issuer.accounts().publicClient(EmbeddedIssuer.UI_CLIENT, Set.of(REDIRECT), Set.of());
                        composed.addResource(new Echo());
                        composed.servlet("left-out-ui", new UiServlet("/no-such-folder"), "/left-out/*");
                        for (Object resource : resources) {
                            composed.addResource(resource);
                        }
                        composed.serve(() -> List.of(issuer.trusted()), new Directory(), mismatches::add);
                    }
                };
            }
        };
        support.before();
    }

    public static final String REDIRECT = "http://127.0.0.1:1/callback";

    /** A configuration on port 0, with cheap password hashes. */
    public static PrecinctConfiguration configuration(java.nio.file.Path home, String host) {
        IdentitySettings.Embedded identity =
                new IdentitySettings.Embedded(Optional.empty(), List.of(), null, null, 1_000, Set.of("dept"), null);
        PrecinctConfiguration configuration = new PrecinctConfiguration(
                home, identity, LimitSettings.DEFAULTS, AuditSettings.DEFAULTS, null, null, null, null, false);
        HttpConnectorFactory connector =
                (HttpConnectorFactory) ((DefaultServerFactory) configuration.getServerFactory())
                        .getApplicationConnectors()
                        .getFirst();
        connector.setPort(0);
        connector.setBindHost(host);
        return configuration;
    }

    public URI base() {
        return URI.create("http://127.0.0.1:" + support.getLocalPort());
    }

    public Wiring wiring() {
        return wiring;
    }

    public EmbeddedIssuer issuer() {
        return issuer;
    }

    public HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base().resolve(path)), headers);
    }

    public HttpResponse<String> send(HttpRequest.Builder request, String... headers)
            throws IOException, InterruptedException {
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        support.after();
    }

    private static final class Directory implements TenantDirectory {
        private static final Map<String, TenantId> NAMES = Map.of("acme", ACME, "globex", GLOBEX, "initech", INITECH);

        @Override
        public Optional<TenantId> named(String nameOrId) {
            return Optional.ofNullable(NAMES.get(nameOrId))
                    .or(() -> NAMES.values().stream()
                            .filter(id -> id.value().equals(nameOrId))
                            .findFirst());
        }

        @Override
        public Optional<TenantId> ofOrganization(String issuer, String organizationId) {
            return NAMES.values().stream()
                    .filter(id -> id.value().equals(organizationId))
                    .findFirst();
        }
    }

    /** Tells what reached the resource. */
    @Path("/tenants/{tenant}")
    @Produces(MediaType.APPLICATION_JSON)
    public static final class Echo {
        /** A request to {@code slow} tells here that it runs, and waits for the other one. */
        public static final Queue<CountDownLatch> RUNNING = new ConcurrentLinkedQueue<>();

        public static final Queue<CountDownLatch> RELEASE = new ConcurrentLinkedQueue<>();

        @GET
        @Path("/whoami")
        @Governed(action = "read", operation = "test.whoami")
        public Map<String, Object> whoami(@Context Caller caller) {
            return Map.of(
                    "subject", caller.subject(),
                    "type", caller.type().wireName(),
                    "tenant", caller.tenant().value(),
                    "roles", caller.roles().stream().sorted().collect(Collectors.toList()),
                    "claims", caller.claims(),
                    "operator", caller.operator(),
                    "virtual", Thread.currentThread().isVirtual());
        }

        @GET
        @Path("/slow")
        @Governed(action = "read", operation = "test.slow")
        public Map<String, Object> slow() throws InterruptedException {
            RUNNING.remove().countDown();
            RELEASE.remove().await();
            return Map.of("done", true);
        }

        /** Counts down when the client of a {@code waiting} request is found gone. */
        public static final Queue<CountDownLatch> DEPARTED = new ConcurrentLinkedQueue<>();

        @GET
        @Path("/waiting")
        @Governed(action = "read", operation = "test.waiting")
        public Map<String, Object> waiting(@Context HttpServletRequest request) throws InterruptedException {
            BooleanSupplier departed = Departures.of(request);
            RUNNING.remove().countDown();
            CountDownLatch released = RELEASE.remove();
            while (!departed.getAsBoolean() && !released.await(1, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
            if (departed.getAsBoolean()) {
                DEPARTED.remove().countDown();
            }
            return Map.of("departed", departed.getAsBoolean());
        }

        @GET
        @Path("/branches/{branch}")
        @Governed(action = "read", operation = "test.branch")
        public Map<String, Object> branch(@PathParam("branch") String branch) {
            return Map.of("branch", branch);
        }

        @GET
        @Path("/broken")
        @Governed(action = "read", operation = "test.broken")
        public Map<String, Object> broken() {
            throw new IllegalStateException("row 42 of /secret/place");
        }

        public record Body(String name) {}

        @POST
        @Path("/body")
        @Consumes(MediaType.APPLICATION_JSON)
        @Governed(action = "change", operation = "test.body")
        public Map<String, Object> body(Body body) {
            return Map.of("length", body.name().length());
        }

        @POST
        @Path("/graphs/g/load")
        @Governed(action = "change", operation = "test.load")
        public Map<String, Object> load(InputStream body) throws IOException {
            return Map.of("bytes", body.transferTo(java.io.OutputStream.nullOutputStream()));
        }
    }
}
