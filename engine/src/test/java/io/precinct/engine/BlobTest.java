package io.precinct.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.write.ExternalBlobs;
import io.precinct.engine.write.LoadLimits;
import io.precinct.engine.write.WriteLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contents from a writer to a reader, on a real directory. */
class BlobTest {
    private static final String SCHEMA = """
            node Paper { name: String @key  area: String?  scan: Blob? }
            edge Cites: Paper -> Paper { page: Blob? }
            """;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_COPIED = 100_000;

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer elsewhere;
    private TestStores stores;
    private Graph graph;
    private Path root;

    @BeforeEach
    void create(@TempDir Path directory) throws IOException {
        root = directory;
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        elsewhere.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            asked.add(exchange.getRequestMethod() + " " + path);
            byte[] content = switch (path) {
                case "/open/small" -> random(10);
                case "/open/large" -> random(50_000);
                case "/open/huge" -> random(MOST_COPIED + 1);
                default -> new byte[0];
            };
            if (path.equals("/open/moved")) {
                exchange.getResponseHeaders().add("Location", at("/open/small"));
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            int status = path.equals("/open/moved") ? 302 : content.length == 0 ? 404 : 200;
            exchange.sendResponseHeaders(status, head || content.length == 0 ? -1 : content.length);
            if (!head && content.length > 0) {
                exchange.getResponseBody().write(content);
            }
            exchange.close();
        });
        elsewhere.start();
        stores = new TestStores(
                directory,
                new MockEmbedder(),
                new EngineLimits(
                        WriteLimits.DEFAULT,
                        LoadLimits.DEFAULT,
                        32,
                        new ExternalBlobs(List.of(URI.create(at("/open/"))), MOST_COPIED)));
        graph = stores.store.create(new GraphId("papers"), SCHEMA, TestStores.TESTER);
    }

    @AfterEach
    void close() {
        stores.close();
        elsewhere.stop(0);
    }

    private String at(String path) {
        return "http://127.0.0.1:" + elsewhere.getAddress().getPort() + path;
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    private static String paper(String name, String scan) {
        return "{\"type\":\"Paper\",\"data\":{\"name\":\"" + name + "\",\"area\":\"" + name + "\",\"scan\":" + scan
                + "}}";
    }

    private static String managed(byte[] content) {
        return "\"base64:" + Base64.getEncoder().encodeToString(content) + "\"";
    }

    private void load(Graph into, LoadMode mode, String... lines) {
        into.load(
                BranchName.MAIN,
                mode,
                new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
    }

    private Optional<Blob> scan(Target target, String name, AccessGate gate) {
        return graph.blob(graph.snapshot(target), "Paper", name, "scan", gate);
    }

    private Optional<Blob> scan(String name) {
        return scan(new Target.Branch(BranchName.MAIN), name, AccessGate.UNRESTRICTED);
    }

    private static byte[] content(Optional<Blob> blob) {
        assertThat(blob).isPresent();
        assertThat(blob.get()).isInstanceOf(Blob.Managed.class);
        Blob.Managed managed = (Blob.Managed) blob.get();
        return managed.content().read(0, (int) managed.length());
    }

    private long objects() throws IOException {
        Path blobs = root.resolve("graphs/papers/blob");
        if (!Files.isDirectory(blobs)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(blobs)) {
            return files.count();
        }
    }

    private EngineFailure failure(LoadMode mode, String line) {
        return catchThrowableOfType(EngineException.class, () -> load(graph, mode, line))
                .failure();
    }

    @Test
    void contentsOfAnySizeComeBackWholeAndInParts() throws Exception {
        for (int length : new int[] {0, 1, 4_096, 4_097, 3_000_000}) {
            byte[] content = random(length);
            load(graph, LoadMode.MERGE, paper("p" + length, managed(content)));
            assertThat(content(scan("p" + length))).isEqualTo(content);
            Blob.Managed blob = (Blob.Managed) scan("p" + length).orElseThrow();
            assertThat(blob.length()).isEqualTo(length);
            if (length > 2) {
                assertThat(blob.content().read(length / 2, length / 4))
                        .isEqualTo(Arrays.copyOfRange(content, length / 2, length / 2 + length / 4));
            }
        }
        assertThat(objects()).as("small ones stay in their rows").isEqualTo(2);
        load(graph, LoadMode.MERGE, paper("none", "null"));
        assertThat(scan("none")).as("null is no empty content").isEmpty();
        assertThat(scan("nobody")).isEmpty();
    }

    @Test
    void equalContentsAreOneObjectAndHaveOneTag() throws Exception {
        byte[] content = random(10_000);
        load(graph, LoadMode.APPEND, paper("a", managed(content)), paper("b", managed(content)));
        assertThat(objects()).isEqualTo(1);
        assertThat(((Blob.Managed) scan("a").orElseThrow()).digest())
                .isEqualTo(((Blob.Managed) scan("b").orElseThrow()).digest());
    }

    @Test
    void contentsGoThroughUpdatesBranchesMergesCompactionAndTheExport() throws Exception {
        byte[] first = random(9_000);
        byte[] second = random(9_001);
        load(graph, LoadMode.APPEND, paper("a", managed(first)), paper("b", managed(first)));
        BranchName side = new BranchName("side");
        graph.createBranch(side, BranchName.MAIN, TestStores.TESTER);
        mutate(side, "query q($s: Blob) { update Paper set { scan: $s } where name = \"a\" }", managed(second));
        mutate(
                BranchName.MAIN,
                "query q($s: Blob) { update Paper set { area: \"x\" } where name = \"b\" }",
                managed(first));
        CommitId before =
                graph.snapshot(new Target.Branch(BranchName.MAIN)).head().id();
        graph.merge(new MergeRequest(side, BranchName.MAIN), AccessGate.UNRESTRICTED, TestStores.TESTER);
        graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
        assertThat(content(scan("a"))).isEqualTo(second);
        assertThat(content(scan("b"))).isEqualTo(first);
        assertThat(content(scan(new Target.AtCommit(before), "a", AccessGate.UNRESTRICTED)))
                .isEqualTo(first);
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        graph.export(graph.snapshot(new Target.Branch(BranchName.MAIN)), Set.of(), AccessGate.UNRESTRICTED, exported);
        Graph copy = stores.store.create(new GraphId("copy"), SCHEMA, TestStores.TESTER);
        load(copy, LoadMode.APPEND, exported.toString(StandardCharsets.UTF_8));
        graph = copy;
        assertThat(content(scan("a"))).isEqualTo(second);
        assertThat(content(scan("b"))).isEqualTo(first);
    }

    private void mutate(BranchName branch, String text, String content) throws Exception {
        CheckedStatement.Write write = (CheckedStatement.Write)
                graph.compile(graph.snapshot(new Target.Branch(branch)), text, Optional.empty());
        graph.mutate(
                branch, write, JSON.readTree("{\"s\":" + content + "}"), AccessGate.UNRESTRICTED, TestStores.TESTER);
    }

    @Test
    void aContentExistsForWhoeverSeesItsRowAndItsValue() {
        load(graph, LoadMode.APPEND, paper("a", managed(random(9))), paper("b", managed(random(9))));
        Target main = new Target.Branch(BranchName.MAIN);
        Condition onlyA = new Condition.Field("area", Condition.Comparison.EQ, new Operand.Text("a"));
        assertThat(scan(main, "a", gate(onlyA, Map.of(), Set.of()))).isPresent();
        assertThat(scan(main, "b", gate(onlyA, Map.of(), Set.of()))).isEmpty();
        Map<String, Mask> masked = Map.of("scan", new Mask(Mask.Kind.NULL, onlyA));
        assertThat(scan(main, "a", gate(Condition.ALWAYS, masked, Set.of()))).isPresent();
        assertThat(scan(main, "b", gate(Condition.ALWAYS, masked, Set.of()))).isEmpty();
        assertThatThrownBy(() -> scan(main, "a", gate(Condition.ALWAYS, Map.of(), Set.of("scan"))))
                .hasMessageContaining("no property 'scan'");
        assertThatThrownBy(() -> graph.blob(graph.snapshot(main), "Paper", "a", "area", AccessGate.UNRESTRICTED))
                .hasMessageContaining("no property 'area' of type Blob");
    }

    private static AccessGate gate(Condition rows, Map<String, Mask> masks, Set<String> denied) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return new RowAccess(true, rows, masks, denied, Condition.NEVER);
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(List.of("reads_only"));
            }
        };
    }

    @Test
    void anEdgesContentNeedsBothItsEnds() {
        load(
                graph,
                LoadMode.APPEND,
                paper("a", "null"),
                paper("b", "null"),
                "{\"edge\":\"Cites\",\"from\":\"a\",\"to\":\"b\",\"data\":{\"id\":\"c\",\"page\":" + managed(random(5))
                        + "}}");
        Target main = new Target.Branch(BranchName.MAIN);
        assertThat(graph.blob(graph.snapshot(main), "Cites", "c", "page", AccessGate.UNRESTRICTED))
                .isPresent();
        AccessGate half = new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return typeName.equals("Cites")
                        ? RowAccess.ALL
                        : new RowAccess(
                                true,
                                new Condition.Field("area", Condition.Comparison.EQ, new Operand.Text("a")),
                                Map.of(),
                                Set.of(),
                                Condition.NEVER);
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(List.of("reads_only"));
            }
        };
        assertThat(graph.blob(graph.snapshot(main), "Cites", "c", "page", half)).isEmpty();
    }

    @Test
    void aDamagedOrMissingContentIsSaidToBe() throws Exception {
        load(graph, LoadMode.APPEND, paper("a", managed(random(10_000))));
        Path object;
        try (Stream<Path> files = Files.list(root.resolve("graphs/papers/blob"))) {
            object = files.findFirst().orElseThrow();
        }
        byte[] kept = Files.readAllBytes(object);
        byte[] damaged = kept.clone();
        damaged[77] ^= 1;
        Files.write(object, damaged);
        assertThatThrownBy(() -> graph.export(
                        graph.snapshot(new Target.Branch(BranchName.MAIN)),
                        Set.of(),
                        AccessGate.UNRESTRICTED,
                        new ByteArrayOutputStream()))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        thrown -> assertThat(thrown.failure()).isInstanceOf(EngineFailure.Corrupt.class));
        Files.delete(object);
        assertThatThrownBy(() -> content(scan("a")))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        thrown -> assertThat(thrown.failure()).isInstanceOf(EngineFailure.Corrupt.class));
        Files.write(object, kept);
        assertThat(content(scan("a"))).isEqualTo(random(10_000));
    }

    @Test
    void anExternalContentIsReferredToByAnOverwriteAndCopiedByOtherWrites() throws Exception {
        String address = "\"" + at("/open/large") + "\"";
        load(graph, LoadMode.OVERWRITE, paper("a", address));
        assertThat(scan("a")).contains(new Blob.External(at("/open/large")));
        assertThat(asked).containsExactly("HEAD /open/large");
        load(graph, LoadMode.MERGE, paper("b", address));
        assertThat(content(scan("b"))).isEqualTo(random(50_000));
        mutate(BranchName.MAIN, "query q($s: Blob) { insert Paper { name: \"c\", scan: $s } }", address);
        assertThat(content(scan("c"))).isEqualTo(random(50_000));
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        graph.export(graph.snapshot(new Target.Branch(BranchName.MAIN)), Set.of(), AccessGate.UNRESTRICTED, exported);
        assertThat(exported.toString(StandardCharsets.UTF_8)).contains("\"scan\":" + address);
    }

    @Test
    void whatLiesOutsideOfTheAllowedAddressesIsNeverAsked() {
        for (String outside : List.of(
                at("/secret/small"),
                at("/open/../secret/small"),
                at("/open/%2e%2e/secret/small"),
                at("/ope"),
                at("/open/small").replace("127.0.0.1", "127.0.0.1@evil"),
                at("/open/small").replace("http:", "https:"),
                at("/open/small#x"),
                "file:///etc/passwd",
                "s3://bucket/key",
                "nonsense",
                "")) {
            for (LoadMode mode : LoadMode.values()) {
                assertThat(failure(mode, paper("a", "\"" + outside + "\"")))
                        .as(outside)
                        .isInstanceOf(EngineFailure.Invalid.class);
            }
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void anExternalContentThatCannotBeReadFailsTheWholeWrite() {
        assertThat(failure(LoadMode.MERGE, paper("a", "\"" + at("/open/nothing") + "\""))
                        .message())
                .contains("404");
        assertThat(failure(LoadMode.OVERWRITE, paper("a", "\"" + at("/open/nothing") + "\""))
                        .message())
                .contains("404");
        assertThat(failure(LoadMode.MERGE, paper("a", "\"" + at("/open/moved") + "\""))
                        .message())
                .as("no redirect is followed")
                .contains("302");
        assertThat(failure(LoadMode.MERGE, paper("a", "\"" + at("/open/huge") + "\"")))
                .isInstanceOf(EngineFailure.ResourceLimit.class);
        assertThat(scan("a")).isEmpty();
    }
}
