package io.precinct.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Embedder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors and embedding from text to durable records and back, on a real directory. */
class EmbeddedGraphTest {
    private static final String SCHEMA = """
            node Note {
              code: String @key
              text: String?
              year: I32?
              vec: Vector(3)? @embed("text", model="mock")
              own: Vector(2)?
            }
            node Must { code: String @key  text: String  vec: Vector(2) @embed("text") }
            edge Links: Note -> Note
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Counts what it is asked, and fails when told to. */
    private static final class Counting implements Embedder {
        private final MockEmbedder mock = new MockEmbedder();
        private final List<String> texts = new ArrayList<>();
        private int calls;
        private int failsAtCall = Integer.MAX_VALUE;

        @Override
        public String model() {
            return mock.model();
        }

        @Override
        public List<float[]> embed(List<String> asked, int dimension) {
            calls++;
            if (calls >= failsAtCall) {
                throw new EngineException(new EngineFailure.EmbeddingFailed(
                        EngineFailure.EmbeddingFailed.Cause.UNAVAILABLE, "out of order", EngineFailure.Retry.LATER));
            }
            texts.addAll(asked);
            return mock.embed(asked, dimension);
        }
    }

    private final Counting embedder = new Counting();
    private TestStores stores;
    private Graph graph;

    @BeforeEach
    void create(@TempDir Path root) {
        stores = new TestStores(root, embedder);
        graph = stores.store.create(new GraphId("notes"), SCHEMA, TestStores.TESTER);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private float[] vector(String text) {
        return new MockEmbedder().embed(List.of(text), 3).getFirst();
    }

    private Snapshot head() {
        return graph.snapshot(new Target.Branch(BranchName.MAIN));
    }

    private void load(LoadMode mode, String... lines) {
        graph.load(
                BranchName.MAIN,
                mode,
                new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
    }

    private static String note(String code, String data) {
        return "{\"type\":\"Note\",\"data\":{\"code\":\"" + code + "\"" + (data.isEmpty() ? "" : "," + data) + "}}";
    }

    private void mutate(String text, String parameters) throws Exception {
        graph.mutate(
                BranchName.MAIN,
                (CheckedStatement.Write) graph.compile(head(), text, Optional.empty()),
                JSON.readTree(parameters),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
    }

    private List<List<Object>> rows(String text, String parameters) throws Exception {
        Snapshot snapshot = head();
        CheckedStatement.Read read = (CheckedStatement.Read) graph.compile(snapshot, text, Optional.empty());
        List<List<Object>> rows = new ArrayList<>();
        try (RowCursor cursor = graph.query(
                snapshot, read, JSON.readTree(parameters), AccessGate.UNRESTRICTED, ExecutionBudget.unbounded())) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (int column = 0; column < cursor.columns().size(); column++) {
                        values.add(batch.get().value(row, column).orElse(null));
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    private float[] stored(String property, String code) throws Exception {
        return (float[]) rows(
                        "query q($c: String) { match { $n: Note { code: $c } } return { $n." + property + " } }",
                        "{\"c\":\"" + code + "\"}")
                .getFirst()
                .getFirst();
    }

    @Test
    void vectorsOfTheDataAreStoredReadRankedExportedAndFolded() throws Exception {
        load(LoadMode.APPEND, note("a", "\"own\":[1,2.5]"), note("b", "\"own\":[0,0]"), note("c", ""));
        mutate("query m() { insert Note { code: \"d\" own: [3, 4] } }", "{}");
        mutate("query m($v: Vector(2)) { update Note set { own: $v } where code = \"c\" }", "{\"v\":[-1, 0.5]}");
        assertThat(stored("own", "a")).containsExactly(1f, 2.5f);
        assertThat(stored("own", "c")).containsExactly(-1f, 0.5f);
        String nearest = "query q($v: Vector(2)) { match { $n: Note } return { $n, nearest($n.own, $v) }"
                + " order { nearest($n.own, $v) } limit 3 }";
        List<List<Object>> ranked = rows(nearest, "{\"v\":[0,0]}");
        assertThat(ranked).extracting(List::getFirst).containsExactly("b", "c", "a");
        String exported = export();
        assertThat(exported).contains("\"own\":[1.0,2.5]", "\"own\":[3.0,4.0]");
        graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
        assertThat(rows(nearest, "{\"v\":[0,0]}")).isEqualTo(ranked);
        assertThat(export()).isEqualTo(exported);
        graph.load(
                BranchName.MAIN,
                LoadMode.OVERWRITE,
                new ByteArrayInputStream(exported.getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
        assertThat(export()).isEqualTo(exported);
        assertThat(embedder.calls).isZero();
    }

    private String export() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        graph.export(head(), Set.of(), AccessGate.UNRESTRICTED, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void vectorsOfTheWrongFormAreRefused() {
        for (String vector : List.of("[1]", "[1,2,3]", "[1,null]", "[1,\"2\"]", "[1e39,1]", "7")) {
            assertThatThrownBy(() -> load(LoadMode.APPEND, note("a", "\"own\":" + vector)))
                    .as(vector)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure().code()).isEqualTo("load_value"));
        }
        for (String vector : List.of("[1]", "[1,null]", "[1e39,1]", "\"x\"")) {
            assertThatThrownBy(() -> mutate(
                            "query m($v: Vector(2)) { insert Note { code: \"d\" own: $v } }", "{\"v\":" + vector + "}"))
                    .as(vector)
                    .isInstanceOf(EngineException.class);
        }
    }

    @Test
    void loadFillsVectorsInBatchesAndKeepsThoseThatAreBrought() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add(note("n" + i, "\"text\":\"text " + i % 250 + "\""));
        }
        lines.add(note("own", "\"text\":\"x\",\"vec\":[1,2,3]"));
        lines.add(note("null", "\"text\":\"x\",\"vec\":null"));
        lines.add(note("blank", "\"text\":\" \""));
        lines.add(note("none", ""));
        lines.add("{\"type\":\"Must\",\"data\":{\"code\":\"m\",\"text\":\"must\"}}");
        load(LoadMode.APPEND, lines.toArray(String[]::new));
        assertThat(stored("vec", "n7")).isEqualTo(vector("text 7"));
        assertThat(stored("vec", "n299")).isEqualTo(vector("text 49"));
        assertThat(stored("vec", "own")).containsExactly(1, 2, 3);
        for (String code : List.of("null", "blank", "none")) {
            assertThat(stored("vec", code)).as(code).isNull();
        }
        assertThat(embedder.calls).isLessThanOrEqualTo(6);
        assertThat(embedder.texts).contains("must").doesNotContain("x", " ");
        assertThat(rows("query q() { match { $m: Must } return { $m.vec } }", "{}")
                        .getFirst()
                        .getFirst())
                .isNotNull();
    }

    @Test
    void mergeAsksOnlyForTextsThatChanged() throws Exception {
        load(LoadMode.APPEND, note("a", "\"text\":\"one\""), note("b", "\"text\":\"two\""));
        embedder.texts.clear();
        load(
                LoadMode.MERGE,
                note("a", "\"text\":\"one\",\"year\":7"),
                note("b", "\"text\":\"three\""),
                note("c", "\"text\":\"four\""));
        assertThat(embedder.texts).containsExactly("three", "four");
        assertThat(stored("vec", "a")).isEqualTo(vector("one"));
        assertThat(stored("vec", "b")).isEqualTo(vector("three"));
    }

    @Test
    void mutationsFillAndRefreshVectors() throws Exception {
        mutate("query m() { insert Note { code: \"a\" text: \"one\" } insert Must { code: \"m\" text: \"m\" } }", "{}");
        assertThat(stored("vec", "a")).isEqualTo(vector("one"));
        assertThat(embedder.texts).containsExactly("one", "m");

        embedder.texts.clear();
        mutate("query m() { update Note set { year: 3 } where code = \"a\" }", "{}");
        mutate("query m() { update Note set { text: \"one\" } where code = \"a\" }", "{}");
        mutate("query m() { insert Note { code: \"a\" text: \"one\" year: 4 } }", "{}");
        assertThat(embedder.texts).isEmpty();
        assertThat(stored("vec", "a")).isEqualTo(vector("one"));

        mutate("query m() { update Note set { text: \"two\" } where code = \"a\" }", "{}");
        assertThat(stored("vec", "a")).isEqualTo(vector("two"));

        mutate("query m() { update Note set { text: \"three\" vec: [1, 2, 3] } where code = \"a\" }", "{}");
        assertThat(stored("vec", "a")).containsExactly(1, 2, 3);
        mutate("query m($t: String?) { update Note set { text: $t } where code = \"a\" }", "{}");
        assertThat(stored("vec", "a")).isNull();
        assertThat(embedder.texts).containsExactly("two");

        mutate(
                "query m() { insert Note { code: \"b\" text: \"x\" } update Note set { text: \"y\" } where code = \"b\" }",
                "{}");
        assertThat(stored("vec", "b")).isEqualTo(vector("y"));
        assertThat(embedder.texts).containsExactly("two", "y");
    }

    @Test
    void providerThatFailsLeavesNothingBehind() throws Exception {
        embedder.failsAtCall = 2;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add(note("n" + i, "\"text\":\"text " + i + "\""));
        }
        CommitId before = head().head().id();
        EngineException failed =
                catchThrowableOfType(EngineException.class, () -> load(LoadMode.APPEND, lines.toArray(String[]::new)));
        assertThat(failed.failure().code()).isEqualTo("embedding_unavailable");
        assertThatThrownBy(() -> mutate("query m() { insert Note { code: \"a\" text: \"one\" } }", "{}"))
                .isInstanceOf(EngineException.class);
        assertThat(head().head().id()).isEqualTo(before);
        assertThat(graph.count(head(), "Note", AccessGate.UNRESTRICTED, ExecutionBudget.unbounded()))
                .isZero();
    }

    @Test
    void textsOfNearestAreEmbeddedOnceAndOnlyThen() throws Exception {
        load(LoadMode.APPEND, note("a", "\"text\":\"one\""), note("b", "\"text\":\"two\""), note("c", ""));
        embedder.texts.clear();
        List<List<Object>> rows = rows(
                "query q($t: String) { match { $n: Note } return { $n, nearest($n.vec, $t) as d }"
                        + " order { nearest($n.vec, $t) } limit 5 }",
                "{\"t\":\"two\"}");
        assertThat(rows.getFirst()).containsExactly("b", 0.0);
        assertThat(rows).hasSize(2);
        assertThat(embedder.texts).containsExactly("two");
        rows(
                "query q() { match { $n: Note search($n.text, \"one\") } return { $n } order { bm25($n.text, \"one\") } }",
                "{}");
        assertThat(rows(
                        "query q($t: String?) { match { $n: Note } return { $n } order { nearest($n.vec, $t) } limit 5 }",
                        "{}"))
                .isEmpty();
        assertThat(embedder.texts).hasSize(1);
        assertThatThrownBy(() -> rows(
                        "query q() { match { $n: Note } return { $n } order { nearest($n.vec, \" \") } limit 5 }",
                        "{}"))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.failure().code()).isEqualTo("T15"));
    }

    @Test
    void deniedReadAsksNoProvider() {
        AccessGate none = new AccessGate() {
            @Override
            public io.precinct.engine.spi.RowAccess access(String typeName) {
                return io.precinct.engine.spi.RowAccess.NONE;
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Denied(Arrays.asList("no"));
            }
        };
        Snapshot snapshot = head();
        CheckedStatement.Read read = (CheckedStatement.Read) graph.compile(
                snapshot,
                "query q() { match { $n: Note } return { $n } order { nearest($n.vec, \"two\") } limit 5 }",
                Optional.empty());
        assertThatThrownBy(
                        () -> graph.query(snapshot, read, JSON.createObjectNode(), none, ExecutionBudget.unbounded()))
                .isInstanceOf(EngineException.class);
        assertThat(embedder.calls).isZero();
    }

    @Test
    void searchSeesOverlaysAndFoldedRowsAlike() throws Exception {
        load(LoadMode.APPEND, note("a", "\"text\":\"the whale\""), note("b", "\"text\":\"the map\""));
        graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
        mutate("query m() { update Note set { text: \"maps\" } where code = \"a\" }", "{}");
        mutate("query m() { insert Note { code: \"c\" text: \"whales of the sea\" } }", "{}");
        String search =
                "query q($t: String) { match { $n: Note search($n.text, $t) } return { $n } order { $n.code } }";
        String ranked =
                "query q($t: String) { match { $n: Note } return { $n, bm25($n.text, $t) as s } order { bm25($n.text, $t) } }";
        List<List<Object>> scores = rows(ranked, "{\"t\":\"map sea\"}");
        for (int i = 0; i < 2; i++) {
            assertThat(rows(search, "{\"t\":\"whale\"}")).containsExactly(List.of("c"));
            assertThat(rows(search, "{\"t\":\"map\"}")).containsExactly(List.of("a"), List.of("b"));
            assertThat(rows(ranked, "{\"t\":\"map sea\"}")).isEqualTo(scores).hasSize(3);
            graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
        }
    }
}
