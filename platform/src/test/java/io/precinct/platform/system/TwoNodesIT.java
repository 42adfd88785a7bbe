package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.platform.identity.issuer.EmbeddedIssuer;
import io.precinct.platform.web.Ulids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two server processes on one store and one database, writers on both, upkeep running, each process killed in turn without
 * warning and started again, the one that runs the database too: what was acknowledged is there exactly once, and every
 * refusal is a typed conflict.
 */
class TwoNodesIT {
    private static final String GRAPH = "/v1/tenants/forge/graphs/soak";
    private static final String SCHEMA = "node Event { tag: String }";
    private static final String INSERT = "query add($tag: String) { insert Event { tag: $tag } }";
    private static final int WRITERS = 8;

    @Test
    @Tag("slow")
    void everyAcknowledgedWriteIsThereExactlyOnce(@TempDir Path home) throws Exception {
        soak(home, Duration.ofSeconds(12));
    }

    @Test
    @Tag("soak")
    void everyAcknowledgedWriteIsThereExactlyOnceAfterAMinute(@TempDir Path home) throws Exception {
        soak(home, Duration.ofSeconds(60));
    }

    private static void soak(Path home, Duration duration) throws Exception {
        int firstPort = freePort();
        Map<String, String> withDatabase = Map.of("PRECINCT_DEMO", "true");
        Server first = Server.start(home, firstPort, withDatabase);
        try {
            first.awaitReady();
            Api admin = first.as("forge", "admin");
            admin.post(
                            "/v1/tenants/forge/graphs",
                            Api.JSON.createObjectNode().put("graph_id", "soak").put("schema_source", SCHEMA))
                    .expect(200);
            Map<String, String> sameDatabase = database(home);
            int secondPort = freePort();
            Server second = Server.start(home, secondPort, sameDatabase);
            try {
                second.awaitReady();
                Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
                Set<String> unknown = ConcurrentHashMap.newKeySet();
                Queue<String> untyped = new ConcurrentLinkedQueue<>();
                AtomicBoolean stop = new AtomicBoolean();
                List<Thread> writers = new ArrayList<>();
                for (int node = 0; node < 2; node++) {
                    Server of = node == 0 ? first : second;
                    for (int writer = 0; writer < WRITERS; writer++) {
                        String name = "n" + node + "w" + writer;
                        Api api = of.as("forge", "admin");
                        Api other = (node == 0 ? second : first).as("forge", "admin");
                        boolean again = writer % 2 == 0;
                        writers.add(Thread.ofVirtual().start(() -> {
                            if (again) {
                                insist(List.of(api, other), name, stop, acknowledged, untyped);
                            } else {
                                write(api, name, stop, acknowledged, unknown, untyped);
                            }
                        }));
                    }
                }
                Duration third = duration.dividedBy(3);
                upkeep(admin, third);
                second.kill();
                second = Server.start(home, secondPort, sameDatabase);
                second.awaitReady();
                upkeep(admin, third);
                first.kill();
                first = Server.start(home, firstPort, withDatabase);
                first.awaitReady();
                upkeep(admin, third);
                stop.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
                Map<String, Integer> stored = tags(first);
                assertThat(admin.get("/v1/tenants/forge/jobs").expect(200).body())
                        .as("upkeep worked on the graph meanwhile")
                        .contains("soak.Event: folded");
                assertThat(untyped).isEmpty();
                assertThat(acknowledged).hasSizeGreaterThan(2 * WRITERS);
                assertThat(stored.values()).allMatch(count -> count == 1);
                assertThat(stored.keySet()).containsAll(acknowledged);
                stored.keySet().removeAll(new java.util.HashSet<>(acknowledged));
                assertThat(unknown).as("what nobody was told about").containsAll(stored.keySet());
                assertThat(tags(second)).hasSize(stored.size() + acknowledged.size());
                System.out.println(acknowledged.size() + " writes acknowledged, " + unknown.size()
                        + " of unknown outcome, by 2 x " + WRITERS + " writers in " + duration.toSeconds() + " s");
            } finally {
                second.close();
            }
        } finally {
            first.close();
        }
    }

    private static void upkeep(Api admin, Duration duration) throws InterruptedException {
        Instant end = Instant.now().plus(duration);
        while (Instant.now().isBefore(end)) {
            Api.Answer run = admin.post("/v1/tenants/forge/maintenance/optimize", Api.JSON.createObjectNode());
            assertThat(run.status()).as(run.body()).isIn(200, 409);
            TimeUnit.MILLISECONDS.sleep(300);
        }
    }

    private static void write(
            Api api,
            String name,
            AtomicBoolean stop,
            Queue<String> acknowledged,
            Set<String> unknown,
            Queue<String> untyped) {
        for (int i = 0; !stop.get(); i++) {
            String tag = name + "-" + i;
            ObjectNode body = Api.JSON.createObjectNode().put("query", INSERT);
            body.set("params", Api.JSON.createObjectNode().put("tag", tag));
            try {
                Api.Answer answer = api.post(GRAPH + "/mutate", body);
                switch (answer.status()) {
                    case 200 -> acknowledged.add(tag);
                    case 409, 429 -> {}
                    default -> untyped.add(answer.status() + " " + answer.body());
                }
            } catch (UncheckedIOException gone) {
                unknown.add(tag);
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /** Sends every write again, to the one node and the other, until it is told what became of it. */
    private static void insist(
            List<Api> nodes, String name, AtomicBoolean stop, Queue<String> acknowledged, Queue<String> untyped) {
        for (int i = 0; !stop.get(); i++) {
            String tag = name + "-" + i;
            ObjectNode body = Api.JSON.createObjectNode().put("query", INSERT);
            body.set("params", Api.JSON.createObjectNode().put("tag", tag));
            Instant end = Instant.now().plusSeconds(120);
            for (int times = 0; ; times++) {
                String answered = "the connection ended";
                try {
                    Api.Answer answer =
                            nodes.get(times % 2).post(GRAPH + "/mutate", body, Map.of("Idempotency-Key", tag));
                    if (answer.status() == 200) {
                        acknowledged.add(tag);
                        break;
                    }
                    answered = answer.status() + " " + answer.body();
                    if (!List.of(409, 429, 500, 503).contains(answer.status())) {
                        untyped.add(answered);
                        break;
                    }
                } catch (UncheckedIOException gone) {
                    // The other node knows, or finds out.
                }
                if (Instant.now().isAfter(end)) {
                    untyped.add(tag + " was never answered: " + answered);
                    return;
                }
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /** The process is gone for a moment; asking it in a tight loop would starve its start. */
    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Map<String, Integer> tags(Server server) {
        JsonNode rows = server.as("forge", "admin")
                .query(GRAPH, "query all() { match { $e: Event } return { $e.tag as tag } }")
                .expect(200)
                .json()
                .get("rows");
        Map<String, Integer> tags = new HashMap<>();
        rows.forEach(row -> tags.merge(row.get("tag").asText(), 1, Integer::sum));
        return tags;
    }

    /** How the second process reaches the database that the first one runs. */
    private static Map<String, String> database(Path home) throws IOException {
        Path postgres = home.resolve("postgres");
        List<String> postmaster = Files.readAllLines(postgres.resolve("data/postmaster.pid"));
        return Map.of(
                "PRECINCT_DEMO",
                "false",
                "PRECINCT_DB_URL",
                "jdbc:postgresql://127.0.0.1:" + postmaster.get(3).strip() + "/precinct",
                "PRECINCT_DB_OWNER",
                "precinct_owner",
                "PRECINCT_DB_OWNER_PASSWORD",
                Files.readString(postgres.resolve("owner.password")).strip(),
                "PRECINCT_DB_PASSWORD",
                Files.readString(postgres.resolve("application.password")).strip());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A server process from the packaged folder. */
    private record Server(Process process, Path home, int port) implements AutoCloseable {
        static Server start(Path home, int port, Map<String, String> environment) throws IOException {
            Path temporary = Files.createDirectories(home.resolve("tmp"));
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--add-opens=java.base/java.nio=ALL-UNNAMED",
                            "--enable-native-access=ALL-UNNAMED",
                            "-Djava.io.tmpdir=" + temporary,
                            "-Xmx384m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            Path.of("target", "server").toAbsolutePath() + "/*",
                            "io.precinct.platform.PrecinctApplication",
                            "server",
                            "shipped")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            home.resolve("server-" + port + ".log").toFile()));
            builder.environment().put("LANCE_CPU_THREADS", "4");
            builder.environment().put("PRECINCT_HOME", home.toString());
            builder.environment().put("PRECINCT_PORT", Integer.toString(port));
            builder.environment().putAll(environment);
            return new Server(builder.start(), home, port);
        }

        URI base() {
            return URI.create("http://127.0.0.1:" + port + "/");
        }

        Api as(String tenant, String user) {
            try {
                return new Api(
                        base(),
                        Optional.of(EmbeddedIssuer.mint(
                                        new EmbeddedIssuer.MintOrder(
                                                home,
                                                base().resolve("/oidc").toString(),
                                                tenant,
                                                user,
                                                Duration.ofMinutes(30)),
                                        Clock.systemUTC(),
                                        new Ulids(Clock.systemUTC()))
                                .orElseThrow()));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        void awaitReady() throws InterruptedException, IOException {
            Instant end = Instant.now().plusSeconds(120);
            while (true) {
                try {
                    if (new Api(base(), Optional.empty()).get("/readyz").status() == 200) {
                        return;
                    }
                } catch (UncheckedIOException notYet) {
                    // It does not listen yet.
                }
                if (!process.isAlive() || Instant.now().isAfter(end)) {
                    throw new AssertionError(
                            "the server is not ready:\n" + Files.readString(home.resolve("server-" + port + ".log")));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }

        void kill() throws InterruptedException {
            process.destroyForcibly();
            process.waitFor();
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        }
    }
}
