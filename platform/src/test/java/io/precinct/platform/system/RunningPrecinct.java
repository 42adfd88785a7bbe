package io.precinct.platform.system;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.precinct.platform.PrecinctApplication;
import io.precinct.platform.config.AuditSettings;
import io.precinct.platform.config.EngineSettings;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.LimitSettings;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.config.StoreSettings;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.web.Ulids;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A whole node in this process with the demonstration loaded: real PostgreSQL, real policy, real stores. */
final class RunningPrecinct implements AutoCloseable, ExtensionContext.Store.CloseableResource {
    private final Path home;
    private final DropwizardTestSupport<PrecinctConfiguration> support;

    RunningPrecinct(Path home) throws Exception {
        this(home, StoreSettings.DEFAULTS);
    }

    RunningPrecinct(Path home, StoreSettings store) throws Exception {
        this(home, configuration(home, store));
        awaitReadiness(answer -> answer.path("ready").asBoolean());
    }

    private RunningPrecinct(Path home, PrecinctConfiguration configuration) throws Exception {
        this.home = home;
        support = new DropwizardTestSupport<>(PrecinctApplication.class, configuration);
        support.before();
    }

    /** One that serves, whether or not it will ever be ready. */
    static RunningPrecinct unready(Path home, StoreSettings store) throws Exception {
        return new RunningPrecinct(home, configuration(home, store));
    }

    private static PrecinctConfiguration configuration(Path home, StoreSettings store) {
        IdentitySettings.Embedded identity =
                new IdentitySettings.Embedded(Optional.empty(), List.of(), null, null, 1_000, Set.of(), null);
        PrecinctConfiguration configuration = new PrecinctConfiguration(
                home,
                identity,
                LimitSettings.DEFAULTS,
                AuditSettings.DEFAULTS,
                null,
                EngineSettings.DEFAULTS,
                store,
                null,
                true);
        ((HttpConnectorFactory) ((DefaultServerFactory) configuration.getServerFactory())
                        .getApplicationConnectors()
                        .getFirst())
                .setPort(0);
        return configuration;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + support.getLocalPort() + "/");
    }

    Api anonymous() {
        return new Api(base(), Optional.empty());
    }

    Api as(String tenant, String user) {
        return new Api(base(), Optional.of(token(tenant, user)));
    }

    String token(String tenant, String user) {
        try {
            return EmbeddedIssuer.mint(
                            new EmbeddedIssuer.MintOrder(
                                    home, base().resolve("/oidc").toString(), tenant, user, Duration.ofMinutes(30)),
                            Clock.systemUTC(),
                            new Ulids(Clock.systemUTC()))
                    .orElseThrow();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    /** Asks for readiness until the answer is as wished. */
    JsonNode awaitReadiness(Predicate<JsonNode> wished) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(120);
        JsonNode answer = anonymous().get("/readyz").json();
        while (!wished.test(answer)) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("not as wished after two minutes: " + answer);
            }
            Thread.sleep(100);
            answer = anonymous().get("/readyz").json();
        }
        return answer;
    }

    @Override
    public void close() {
        support.after();
    }

    /** One node for all classes of a run; stopped when the last one is done. */
    static final class Extension implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType().equals(RunningPrecinct.class);
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.GLOBAL)
                    .getOrComputeIfAbsent(RunningPrecinct.class, unused -> {
                        try {
                            return new RunningPrecinct(Files.createTempDirectory("precinct-node"));
                        } catch (Exception failed) {
                            throw new AssertionError("the node did not start", failed);
                        }
                    });
        }
    }
}
