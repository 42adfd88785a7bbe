package io.precinct.platform.system;

import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import io.precinct.platform.PrecinctApplication;
import io.precinct.platform.config.AuditSettings;
import io.precinct.platform.config.EngineSettings;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.LimitSettings;
import io.precinct.platform.config.PrecinctConfiguration;
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
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A whole node in this process with the demonstration loaded: real PostgreSQL, real policy, real stores. */
final class RunningPrecinct implements AutoCloseable, ExtensionContext.Store.CloseableResource {
    private final Path home;
    private final DropwizardTestSupport<PrecinctConfiguration> support;

    RunningPrecinct(Path home) throws Exception {
        this.home = home;
        IdentitySettings.Embedded identity =
                new IdentitySettings.Embedded(Optional.empty(), List.of(), null, null, 1_000, Set.of(), null);
        PrecinctConfiguration configuration = new PrecinctConfiguration(
                home,
                identity,
                LimitSettings.DEFAULTS,
                AuditSettings.DEFAULTS,
                null,
                EngineSettings.DEFAULTS,
                null,
                true);
        HttpConnectorFactory connector =
                (HttpConnectorFactory) ((DefaultServerFactory) configuration.getServerFactory())
                        .getApplicationConnectors()
                        .getFirst();
        connector.setPort(0);
        support = new DropwizardTestSupport<>(PrecinctApplication.class, configuration);
        support.before();
        awaitReady();
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

    private void awaitReady() throws InterruptedException {
        Instant end = Instant.now().plusSeconds(120);
        Api.Answer answer = anonymous().get("/readyz");
        while (answer.status() != 200) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("not ready after two minutes: " + answer.body());
            }
            Thread.sleep(100);
            answer = anonymous().get("/readyz");
        }
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
