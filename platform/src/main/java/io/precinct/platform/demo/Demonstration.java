package io.precinct.platform.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.platform.identity.issuer.Accounts;
import io.precinct.platform.identity.issuer.IssuerState;
import io.precinct.policy.store.PolicyStore;
import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantProvisioning;
import io.precinct.tenants.TenantSlug;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two tenants with real data. Tenants, accounts and policies are made where an operator would make them; graphs are
 * created and loaded through the public API, as any client would. Every step may be repeated: a start that was cut off
 * goes on where it stopped.
 */
public final class Demonstration {
    private static final Logger LOG = LoggerFactory.getLogger(Demonstration.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Password of every demonstration account, for programs that sign in; people sign in with one click. */
    public static final String PASSWORD = "demonstration";

    /** {@code accounts} map a user name, without the tenant, to its roles. */
    public record DemoTenant(
            String slug,
            String displayName,
            String graph,
            String schemaResource,
            String policyResource,
            Map<String, Set<String>> accounts) {}

    public static final List<DemoTenant> TENANTS = List.of(
            new DemoTenant(
                    "skyways",
                    "Skyways",
                    "network",
                    "/demo/skyways/network.pg",
                    "/io/precinct/policy/demonstration/flights.json",
                    Map.of(
                            "admin", Set.of("admin"),
                            "west-analyst", Set.of("west-analyst"),
                            "guest", Set.of("guest"))),
            new DemoTenant(
                    "forge",
                    "Forge",
                    "supply-chain",
                    "/demo/forge/supply-chain.pg",
                    "/io/precinct/policy/demonstration/supply-chain.json",
                    Map.of("admin", Set.of("admin"), "auditor", Set.of("auditor"))));

    private final TenantProvisioning provisioning;
    private final PolicyStore policies;
    private final Accounts accounts;
    private final BiFunction<String, String, String> tokens;
    private final HttpClient client = HttpClient.newHttpClient();

    /** @param tokens gives a bearer token of a tenant's user */
    public Demonstration(
            TenantProvisioning provisioning,
            PolicyStore policies,
            Accounts accounts,
            BiFunction<String, String, String> tokens) {
        this.provisioning = provisioning;
        this.policies = policies;
        this.accounts = accounts;
        this.tokens = tokens;
    }

    /**
     * Makes what is not there yet.
     *
     * @param base address of this node
     */
    public void load(URI base) {
        for (DemoTenant demo : TENANTS) {
            Tenant tenant = provisioning.create(new CreateTenant(
                    new TenantSlug(demo.slug()),
                    demo.displayName(),
                    "demonstration",
                    "local",
                    Optional.of("demonstration-" + demo.slug())));
            // Sequence 1 is the starter policy of every new tenant; whatever came later is somebody's own.
            if (policies.current(tenant.id().value()).sequence() == 1) {
                policies.publish(tenant.id().value(), text(demo.policyResource()), 1, "precinct");
            }
            demo.accounts().forEach((user, roles) -> {
                String username = user + "@" + demo.slug();
                if (accounts.named(username).isEmpty()) {
                    IssuerState.Account account = accounts.create(
                            new Accounts.NewAccount(
                                    username, user + " of " + demo.displayName(), Map.of(), false, true),
                            Optional.of(PASSWORD));
                    accounts.assign(account.id(), tenant.id(), demo.slug(), roles);
                }
            });
            graph(base, demo);
        }
    }

    private void graph(URI base, DemoTenant demo) {
        String token = tokens.apply(demo.slug(), "admin");
        URI graphs = base.resolve("/v1/tenants/" + demo.slug() + "/graphs");
        HttpResponse<String> created = send(
                HttpRequest.newBuilder(graphs)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.createObjectNode()
                                .put("graph_id", demo.graph())
                                .put("schema_source", text(demo.schemaResource()))
                                .toString())),
                token);
        if (created.statusCode() != 200 && created.statusCode() != 409) {
            throw new IllegalStateException("the demonstration graph " + demo.graph() + " was refused: "
                    + created.statusCode() + " " + created.body());
        }
        if (holdsData(base, demo, token)) {
            return;
        }
        URI load = base.resolve("/v1/tenants/" + demo.slug() + "/graphs/"
                + URLEncoder.encode(demo.graph(), StandardCharsets.UTF_8) + "/load/ndjson?mode=append");
        HttpResponse<String> loaded = send(
                HttpRequest.newBuilder(load)
                        .header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(records(demo))),
                token);
        if (loaded.statusCode() != 200) {
            throw new IllegalStateException("the demonstration data of " + demo.graph() + " were refused: "
                    + loaded.statusCode() + " " + loaded.body());
        }
        LOG.info("loaded the demonstration graph {} of {}", demo.graph(), demo.slug());
    }

    private boolean holdsData(URI base, DemoTenant demo, String token) {
        HttpResponse<String> snapshot = send(
                HttpRequest.newBuilder(
                                base.resolve("/v1/tenants/" + demo.slug() + "/graphs/" + demo.graph() + "/snapshot"))
                        .GET(),
                token);
        if (snapshot.statusCode() != 200) {
            throw new IllegalStateException("the demonstration graph " + demo.graph() + " can't be read: "
                    + snapshot.statusCode() + " " + snapshot.body());
        }
        try {
            for (var dataset : JSON.readTree(snapshot.body()).path("datasets")) {
                if (dataset.path("entity_count").asLong() > 0) {
                    return true;
                }
            }
            return false;
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String token) {
        try {
            return client.send(
                    request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped while loading the demonstration", stopped);
        }
    }

    /** Whole before it is sent: a source that breaks off must not look like a short one. */
    private static byte[] records(DemoTenant demo) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Writer writer = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            if (demo.slug().equals("skyways")) {
                Airlines.writeTo(writer);
            } else {
                BillOfMaterials.ofThisBuild().writeTo(writer);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return bytes.toByteArray();
    }

    private static String text(String resource) {
        try (InputStream in = Demonstration.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
