package io.precinct.platform;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Suppliers;
import io.dropwizard.core.setup.Environment;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.precinct.engine.spi.IdSource;
import io.precinct.platform.audit.AuditTrail;
import io.precinct.platform.audit.ReadBuffer;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.config.ServerDefaults;
import io.precinct.platform.errors.ErrorResponses;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.identity.TenantDirectory;
import io.precinct.platform.identity.TenantGuard;
import io.precinct.platform.identity.TokenVerifier;
import io.precinct.platform.identity.TrustedIssuer;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.web.AuthenticationFilter;
import io.precinct.platform.web.BodyLimitFilter;
import io.precinct.platform.web.Callers;
import io.precinct.platform.web.DeclaredOperations;
import io.precinct.platform.web.DepartureFilter;
import io.precinct.platform.web.Departures;
import io.precinct.platform.web.Drain;
import io.precinct.platform.web.DrainFilter;
import io.precinct.platform.web.MetricsServlet;
import io.precinct.platform.web.OpenApiDocument;
import io.precinct.platform.web.PlainRefusals;
import io.precinct.platform.web.Probes;
import io.precinct.platform.web.RequestIdFilter;
import io.precinct.platform.web.RequestLogFilter;
import io.precinct.platform.web.RouteActions;
import io.precinct.platform.web.SecurityHeadersFilter;
import io.precinct.platform.web.TenantHealthResource;
import io.precinct.platform.web.UiServlet;
import io.precinct.platform.web.Ulids;
import io.precinct.tenants.postgres.ControlDatabase;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where the parts of a node are put together. Collect what serves with the {@code add} methods, then call
 * {@link #serve} once: it registers everything in the order requests meet it.
 */
public final class Wiring {
    /** What {@code healthz} and the API's description name. */
    public static final String VERSION = "0.1.0";

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

    private final PrecinctConfiguration configuration;
    private final Environment environment;
    private final InstantSource clock = Clock.systemUTC();
    private final IdSource ids = new Ulids(clock);
    private final Drain drain = new Drain();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Object> resources = new ArrayList<>();
    private final List<Object> filters = new ArrayList<>();
    private final List<Function<Throwable, Optional<PlatformFailure>>> translators = new ArrayList<>();
    private final Map<String, Probes.ReadinessCheck> checks = new LinkedHashMap<>();

    public Wiring(PrecinctConfiguration configuration, Environment environment) {
        this.configuration = configuration;
        this.environment = environment;
    }

    public PrecinctConfiguration configuration() {
        return configuration;
    }

    public InstantSource clock() {
        return clock;
    }

    public IdSource ids() {
        return ids;
    }

    public Drain drain() {
        return drain;
    }

    public PrometheusMeterRegistry meters() {
        return meters;
    }

    /** The issuer inside this process, mounted at {@code /oidc}, with the administration application registered. */
    public EmbeddedIssuer embeddedIssuer(IdentitySettings.Embedded settings) throws IOException {
        EmbeddedIssuer issuer = new EmbeddedIssuer(
                configuration.home(),
                settings,
                () -> ServerDefaults.issuer(configuration, this::openedPort),
                ServerDefaults.loopbackOnly(configuration.getServerFactory()),
                ids,
                clock);
        int port = ServerDefaults.connector(configuration.getServerFactory()).getPort();
        Set<String> redirects = settings.redirects().isEmpty()
                ? Set.of("http://127.0.0.1:" + port + "/callback", "http://localhost:" + port + "/callback")
                : settings.redirects().stream().map(URI::toString).collect(Collectors.toSet());
        Set<String> origins = redirects.stream()
                .map(URI::create)
                .map(uri -> uri.getScheme() + "://" + uri.getAuthority() + "/")
                .collect(Collectors.toSet());
        issuer.accounts().publicClient(EmbeddedIssuer.UI_CLIENT, redirects, origins);
        servlet("issuer", issuer.servlet(), "/oidc/*");
        return issuer;
    }

    /** The issuers the configuration names; the embedded one is made and mounted here. */
    public Supplier<List<TrustedIssuer>> issuers() throws IOException {
        return switch (configuration.identity()) {
            case IdentitySettings.Embedded settings -> {
                EmbeddedIssuer issuer = embeddedIssuer(settings);
                yield () -> List.of(issuer.trusted());
            }
            case IdentitySettings.External settings -> {
                List<TrustedIssuer> issuers =
                        settings.issuers().stream().map(TrustedIssuer::of).toList();
                yield () -> issuers;
            }
        };
    }

    /**
     * The trail in the control database, and the buffer through which reads reach it; the buffer starts and stops with
     * the node. A database that does not answer makes the node not ready.
     */
    public Trail audit(ControlDatabase database) {
        AuditTrail trail = new AuditTrail(database, ids, clock);
        ReadBuffer reads = new ReadBuffer(trail, configuration.audit());
        environment.lifecycle().manage(reads);
        addReadiness("control-database", Probes.ReadinessCheck.that(() -> answers(database), "no_answer"));
        return new Trail(trail, reads);
    }

    /** Where records go: what must be durable first into {@code trail}, reads into {@code reads}. */
    public record Trail(AuditTrail trail, ReadBuffer reads) {}

    private static boolean answers(ControlDatabase database) {
        try {
            return database.jdbi()
                            .withHandle(handle -> handle.createQuery("select 1")
                                    .mapTo(Integer.class)
                                    .one())
                    == 1;
        } catch (JdbiException unreachable) {
            LOG.warn("the control database does not answer", unreachable);
            return false;
        }
    }

    private int openedPort() {
        Connector first = environment.getApplicationContext().getServer().getConnectors()[0];
        if (first instanceof NetworkConnector network && network.getLocalPort() > 0) {
            return network.getLocalPort();
        }
        throw new IllegalStateException("the server is not listening yet");
    }

    /** The mapper of request and response bodies. */
    public ObjectMapper json() {
        return environment.getObjectMapper();
    }

    /** An instance of a class with JAX-RS annotations; it appears in the API's description. */
    public void addResource(Object resource) {
        resources.add(resource);
    }

    /** A filter of requests whose caller and route are known. */
    public void addFilter(Object filter) {
        filters.add(filter);
    }

    /** Turns exceptions of another module into failures; asked before the built-in ones, in the order added. */
    public void addTranslator(Function<Throwable, Optional<PlatformFailure>> translator) {
        translators.add(translator);
    }

    /** A condition of {@code readyz}, by a name an operator understands. */
    public void addReadiness(String name, Probes.ReadinessCheck check) {
        checks.put(name, check);
    }

    /**
     * Registers everything. {@code issuers} is asked once, with the first request, when the port is known;
     * {@code mismatches} is told when a token knocks at a tenant it doesn't speak for.
     */
    public void serve(
            Supplier<List<TrustedIssuer>> issuers,
            TenantDirectory tenants,
            java.util.function.Consumer<AuthenticationFilter.Mismatch> mismatches) {
        IdentitySettings identity = configuration.identity();
        Supplier<TokenVerifier> verifier = Suppliers.memoize(() -> new TokenVerifier(
                issuers.get(),
                IdentitySettings.AUDIENCE,
                identity.claims(),
                Duration.ofMillis(identity.clockSkew().toMilliseconds()),
                clock));
        Probes probes = new Probes(drain, checks, VERSION, json());
        addResource(new TenantHealthResource(probes.healthBody()));

        ServerDefaults.acceptEncodedSeparators(configuration.getServerFactory());
        environment.getApplicationContext().getServletHandler().setDecodeAmbiguousURIs(true);
        filter("request-id", new RequestIdFilter(ids), "/*");
        filter("request-log", new RequestLogFilter(meters), "/*");
        filter("security-headers", new SecurityHeadersFilter(), "/*");
        filter("drain", new DrainFilter(drain, json()), "/v1/*", "/oidc/*");
        Departures departures = new Departures();
        manage(departures);
        filter("departures", new DepartureFilter(departures), "/v1/*");
        filter("body-limit", new BodyLimitFilter(configuration.limits(), json()), "/*");

        Set<Class<?>> described = new LinkedHashSet<>();
        resources.forEach(resource -> {
            environment.jersey().register(resource);
            described.add(resource.getClass());
        });
        environment.jersey().register(new ErrorResponses(translators));
        environment.jersey().register(new AuthenticationFilter(verifier, new TenantGuard(tenants), mismatches));
        environment.jersey().register(new DeclaredOperations());
        filters.forEach(environment.jersey()::register);
        environment.jersey().register(new Callers());
        environment.jersey().register(new RouteActions());

        servlet("healthz", probes.health(), "/healthz");
        servlet("readyz", probes.readiness(), "/readyz");
        servlet("metrics", new MetricsServlet(meters), "/metrics");
        servlet("openapi", new OpenApiDocument(described, VERSION).servlet(), "/openapi.json");
        servlet("ui", new UiServlet("/ui"), "/*");

        environment.lifecycle().addServerLifecycleListener(server -> {
            server.setErrorHandler(new PlainRefusals());
            server.addEventListener(new LifeCycle.Listener() {
                @Override
                public void lifeCycleStopping(LifeCycle stopping) {
                    drain.begin();
                }
            });
        });
    }

    /** A part that starts with the node and stops with it, in reverse order. */
    public void manage(io.dropwizard.lifecycle.Managed part) {
        environment.lifecycle().manage(part);
    }

    /** Called once the server answers, with its address. */
    public void whenServing(java.util.function.Consumer<URI> action) {
        environment
                .lifecycle()
                .addServerLifecycleListener(
                        server -> action.accept(URI.create(ServerDefaults.issuer(configuration, this::openedPort))
                                .resolve("/")));
    }

    /** Adds a filter behind those added before. */
    public void filter(String name, Filter filter, String... paths) {
        environment
                .servlets()
                .addFilter(name, filter)
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, paths);
    }

    public void servlet(String name, Servlet servlet, String... paths) {
        environment.servlets().addServlet(name, servlet).addMapping(paths);
    }
}
