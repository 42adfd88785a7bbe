package io.precinct.engine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.LoadMode;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.TagName;
import io.precinct.engine.Target;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stores that earlier versions have written are opened for ever: each is read at every branch, tag and commit, written to,
 * compacted, collected and verified. A version whose stores differ adds its own, by {@code
 * -Dtest.jvm.more=-Dstores.record=v2}; one that is there is never written anew.
 */
class UpgradeTest {
    private static final Path STORES = Path.of("src", "test", "resources", "stores");
    private static final BranchName SIDE = new BranchName("side");
    private static final BranchName DRAFT = new BranchName("draft");
    private static final String SCHEMA = """
            node Person { name: String @key  age: I32  note: String?  tags: [String]?  photo: Blob? }
            edge Knows: Person -> Person { since: I32? }
            """;
    private static final String WIDER = """
            node Person { name: String @key  age: I32  note: String?  tags: [String]?  photo: Blob?  born: Date?  place: Vector(2)? }
            node City { code: String @key }
            edge Knows: Person -> Person { since: I32? }
            edge LivesIn: Person -> City
            """;

    @TempDir
    private Path root;

    static List<Path> stores() throws IOException {
        try (Stream<Path> all = Files.list(STORES)) {
            return all.map(folder -> folder.resolve("store.json")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aStoreOfEveryVersionIsReadWrittenAndKept(Path file) throws Exception {
        StorePage page = StorePage.read(file);
        assertThat(Files.size(file)).as("it is small").isLessThan(100_000);
        page.unpack(root);
        assertThat(page.graphs()).isNotEmpty();
        Map<String, Map<String, Integer>> written = new HashMap<>();
        try (TenantStore store = new TenantStore(root)) {
            for (Map.Entry<String, Map<Target, String>> one : page.graphs().entrySet()) {
                SmallGraph graph = store.open(one.getKey());
                requireHolds(graph, one.getValue());
                assertThat(StorePage.contentOf(graph).keySet())
                        .isEqualTo(one.getValue().keySet());
                assertThat(graph.graph().verify(() -> false).findings()).isEmpty();
                graph.insert("written by this version", 1);
                graph.update("ann", 77);
                graph.load("later", 0, 50);
                graph.graph().createBranch(new BranchName("later"), BranchName.MAIN, LocalEngine.BY);
                graph.load(new BranchName("later"), "merged", 0, 5);
                graph.graph()
                        .merge(
                                new MergeRequest(new BranchName("later"), BranchName.MAIN),
                                AccessGate.UNRESTRICTED,
                                LocalEngine.BY);
                graph.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
                assertThat(graph.content())
                        .containsEntry("written by this version", 1)
                        .containsEntry("ann", 77)
                        .containsEntry("later49", 49)
                        .containsEntry("merged4", 4);
                requireHolds(graph, withoutHead(one.getValue()));
                written.put(one.getKey(), graph.content());
            }
        }
        try (LocalEngine engine = new LocalEngine(root)) {
            for (String name : page.graphs().keySet()) {
                SmallGraph graph = new SmallGraph(engine.open(name).graph());
                CollectReport report = graph.graph()
                        .collect(
                                new CollectRequest(OptionalInt.of(1), Optional.empty(), false),
                                LocalEngine.BY,
                                () -> false);
                assertThat(report.complete()).isTrue();
                assertThat(report.objects()).isPositive();
            }
        }
        try (TenantStore store = new TenantStore(root)) {
            for (String name : page.graphs().keySet()) {
                SmallGraph graph = store.open(name);
                assertThat(graph.content()).isEqualTo(written.get(name));
                assertThat(graph.graph().verify(() -> false).findings()).isEmpty();
            }
        }
    }

    private static void requireHolds(SmallGraph graph, Map<Target, String> expected) throws IOException {
        for (Map.Entry<Target, String> one : expected.entrySet()) {
            assertThat(graph.export(one.getKey())).as(one.getKey().toString()).isEqualTo(one.getValue());
        }
    }

    /** Main has been written to; all else is as it was. */
    private static Map<Target, String> withoutHead(Map<Target, String> all) {
        Map<Target, String> rest = new HashMap<>(all);
        rest.remove(new Target.Branch(BranchName.MAIN));
        return rest;
    }

    /** One graph with all of its history, and one whose beginning a collection has taken. */
    @Test
    void whatThisVersionWritesIsOpenedByItAndRecordedWhenAsked() throws Exception {
        try (TenantStore store = new TenantStore(root)) {
            SmallGraph whole = store.create("whole", SCHEMA);
            write(whole, 10);
        }
        try (LocalEngine engine = new LocalEngine(root)) {
            SmallGraph cut = new SmallGraph(engine.create("cut", SCHEMA).graph());
            write(cut, 24);
            // They would hold all that came after them.
            cut.graph().deleteBranch(DRAFT, LocalEngine.BY);
            cut.graph().deleteTag(new TagName("early"), LocalEngine.BY);
            cut.graph()
                    .collect(
                            new CollectRequest(OptionalInt.of(2), Optional.empty(), false),
                            LocalEngine.BY,
                            () -> false);
            cut.insert("zoe", 9);
        }
        Map<String, Map<Target, String>> graphs = new HashMap<>();
        try (TenantStore store = new TenantStore(root)) {
            for (String name : List.of("cut", "whole")) {
                graphs.put(name, StorePage.contentOf(store.open(name)));
            }
        }
        assertThat(graphs.get("whole").size()).isGreaterThan(graphs.get("cut").size() + 5);
        StorePage page = new StorePage(StorePage.filesOf(root), new java.util.TreeMap<>(graphs));
        Path copy = root.resolve("copy.json");
        page.write(copy);
        assertThat(StorePage.read(copy).graphs()).isEqualTo(graphs);
        String version = System.getProperty("stores.record", "");
        if (!version.isEmpty()) {
            Path file = STORES.resolve(version).resolve("store.json");
            assertThat(file).as("stores of the past stay as they are").doesNotExist();
            page.write(file);
        }
    }

    /** @param updates beyond some twenty, the branch has a checkpoint of its own accord */
    private static void write(SmallGraph graph, int updates) {
        byte[] photo = new byte[4_200];
        new Random(1).nextBytes(photo);
        // Few different bytes, so that the page stays small.
        for (int i = 0; i < photo.length; i++) {
            photo[i] = (byte) (photo[i] & 1);
        }
        load(graph, BranchName.MAIN, """
                {"type":"Person","data":{"name":"ann","age":30,"note":"the first","tags":["a","b"]}}
                {"type":"Person","data":{"name":"pat","age":29,"photo":"base64:%s"}}
                {"type":"Person","data":{"name":"bob","age":31,"photo":"base64:AAEC"}}
                {"edge":"Knows","from":"ann","to":"bob","data":{"since":1999}}
                """.formatted(Base64.getEncoder().encodeToString(photo)));
        graph.insert("cid", 32);
        graph.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
        graph.delete("bob");
        CommitInfo early =
                graph.graph().commits(BranchName.MAIN, Optional.empty(), 1).getFirst();
        graph.graph().createTag(new TagName("early"), early.id(), LocalEngine.BY);
        graph.graph().compact(BranchName.MAIN, LocalEngine.BY, () -> false);
        graph.graph().createBranch(SIDE, BranchName.MAIN, LocalEngine.BY);
        load(graph, SIDE, """
                {"type":"Person","data":{"name":"eve","age":35}}
                {"edge":"Knows","from":"eve","to":"ann"}
                """);
        graph.update("cid", 33);
        graph.graph().merge(new MergeRequest(SIDE, BranchName.MAIN), AccessGate.UNRESTRICTED, LocalEngine.BY);
        graph.graph().createBranch(DRAFT, BranchName.MAIN, LocalEngine.BY);
        graph.graph()
                .applySchema(BranchName.MAIN, WIDER, SchemaOptions.DEFAULTS, AccessGate.UNRESTRICTED, LocalEngine.BY);
        load(graph, BranchName.MAIN, """
                {"type":"Person","data":{"name":"fay","age":36,"born":"1990-01-02","place":[0.5,-1.5]}}
                {"type":"City","data":{"code":"ZRH"}}
                {"edge":"LivesIn","from":"fay","to":"ZRH"}
                """);
        graph.graph().deleteBranch(SIDE, LocalEngine.BY);
        for (int i = 0; i < updates; i++) {
            graph.update("ann", 40 + i);
        }
        graph.mutate(DRAFT, "query m() { update Person set { note: \"a draft\" } where name = \"eve\" }");
    }

    private static void load(SmallGraph graph, BranchName branch, String lines) {
        graph.graph()
                .load(
                        branch,
                        LoadMode.APPEND,
                        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                        AccessGate.UNRESTRICTED,
                        LocalEngine.BY);
    }
}
