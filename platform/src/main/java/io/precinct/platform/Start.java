package io.precinct.platform;

import io.dropwizard.lifecycle.Managed;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.demo.Demonstration;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens between the first answered request and readiness: the demonstration is loaded, then the launcher is told
 * through {@code run/server.json} and a person through {@code run/welcome.txt} and standard output.
 */
final class Start {
    private static final Logger LOG = LoggerFactory.getLogger(Start.class);

    private final Wiring wiring;
    private final Node node;
    private final Optional<EmbeddedIssuer> issuer;
    private final Path run;
    private final AtomicBoolean demonstrationReady = new AtomicBoolean();

    Start(Wiring wiring, Node node, Optional<EmbeddedIssuer> issuer) {
        this.wiring = wiring;
        this.node = node;
        this.issuer = issuer;
        this.run = wiring.configuration().home().toAbsolutePath().resolve("run");
        wiring.manage(new Managed() {
            @Override
            public void stop() throws IOException {
                Files.deleteIfExists(run.resolve("server.json"));
            }
        });
    }

    /** Whether the demonstration is complete, or not wanted. */
    boolean demonstrationReady() {
        return demonstrationReady.get() || !wanted();
    }

    private boolean wanted() {
        return wiring.configuration().demonstration() && issuer.isPresent();
    }

    /** Called once, when the server answers at {@code base}; returns at once. */
    void serving(URI base) {
        Thread.ofVirtual().name("start").start(() -> {
            try {
                node.proof().await();
                issuer.filter(one -> wanted())
                        .ifPresent(one -> new Demonstration(
                                        node.provisioning(),
                                        node.policies(),
                                        one.accounts(),
                                        (tenant, user) -> token(base, tenant, user))
                                .load(base));
                demonstrationReady.set(true);
                announce(base);
            } catch (RuntimeException | IOException failed) {
                LOG.error("the start did not complete; this node stays unready", failed);
            }
        });
    }

    private String token(URI base, String tenant, String user) {
        try {
            return EmbeddedIssuer.mint(
                            new EmbeddedIssuer.MintOrder(
                                    wiring.configuration().home(),
                                    ((IdentitySettings.Embedded)
                                                    wiring.configuration().identity())
                                            .url()
                                            .map(URI::toString)
                                            .orElseGet(
                                                    () -> base.resolve("/oidc").toString()),
                                    tenant,
                                    user,
                                    Duration.ofMinutes(10)),
                            wiring.clock(),
                            wiring.ids())
                    .orElseThrow(() -> new IllegalStateException("there is no account " + tenant + "/" + user));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void announce(URI base) throws IOException {
        Files.createDirectories(run);
        StringBuilder text = new StringBuilder("\nPrecinct ")
                .append(Wiring.VERSION)
                .append(" is ready at ")
                .append(base)
                .append('\n');
        if (wanted()) {
            text.append("\nDemonstration accounts (sign in with one click, or with the password \"")
                    .append(Demonstration.PASSWORD)
                    .append("\"):\n");
            for (Demonstration.DemoTenant demo : Demonstration.TENANTS) {
                text.append("  ").append(demo.slug()).append(": ");
                text.append(String.join(
                        ", ",
                        new TreeSet<>(demo.accounts().keySet())
                                .stream().map(user -> user + "@" + demo.slug()).toList()));
                text.append('\n');
            }
            text.append("\nTry: curl -s -H \"Authorization: Bearer $(./precinct token skyways/west-analyst")
                    .append(Optional.ofNullable(System.getenv("PRECINCT_TOKEN_OPTIONS"))
                            .orElse(""))
                    .append(")\" ")
                    .append(base)
                    .append("v1/tenants/skyways/graphs/network/snapshot\n");
        }
        write("welcome.txt", text.toString());
        write(
                "server.json",
                wiring.json()
                                .writeValueAsString(new java.util.TreeMap<>(Map.of(
                                        "pid", ProcessHandle.current().pid(),
                                        "url", base.toString(),
                                        "version", Wiring.VERSION,
                                        "since",
                                                Instant.now()
                                                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                                                        .toString())))
                        + "\n");
        System.out.print(text);
        System.out.flush();
    }

    /** Whole or not at all: the launcher waits for the file. */
    private void write(String name, String text) throws IOException {
        Path temporary = run.resolve(name + ".new");
        Files.writeString(temporary, text);
        Files.move(temporary, run.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
