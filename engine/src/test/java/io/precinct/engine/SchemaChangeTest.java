package io.precinct.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.storage.Pin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schemas that change under data, on a real directory. */
class SchemaChangeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PEOPLE = """
            node Person { name: String @key  age: I32?  score: F32  tags: [I32]? }
            edge Knows: Person -> Person { since: U32? }
            """;
    private static final String DATA = """
            {"type":"Person","data":{"name":"ann","age":31,"score":0.5,"tags":[1,2]}}
            {"type":"Person","data":{"name":"bob","score":1.5}}
            {"type":"Person","data":{"name":"cid","age":33,"score":2.5}}
            {"edge":"Knows","from":"ann","to":"bob","data":{"since":4000000000}}
            {"edge":"Knows","from":"ann","to":"cid","data":{}}
            """;

    private static Graph graph(TestStores stores) {
        Graph graph = stores.store.create(new GraphId("people"), PEOPLE, TestStores.TESTER);
        load(graph, DATA);
        mutate(graph, "query i() { insert Person { name: \"dot\", score: 3.5 } }");
        return graph;
    }

    private static void load(Graph graph, String lines) {
        graph.load(
                BranchName.MAIN,
                LoadMode.APPEND,
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
    }

    private static SchemaReceipt apply(Graph graph, String source) {
        return graph.applySchema(
                BranchName.MAIN, source, SchemaOptions.DEFAULTS, AccessGate.UNRESTRICTED, TestStores.TESTER);
    }

    private static void mutate(Graph graph, String text) {
        Snapshot snapshot = head(graph);
        graph.mutate(
                BranchName.MAIN,
                (CheckedStatement.Write) graph.compile(snapshot, text, Optional.empty()),
                JSON.createObjectNode(),
                AccessGate.UNRESTRICTED,
                TestStores.TESTER);
    }

    private static Snapshot head(Graph graph) {
        return graph.snapshot(new Target.Branch(BranchName.MAIN));
    }

    private static List<String> rows(Graph graph, Snapshot snapshot, String text) {
        CheckedStatement.Read read = (CheckedStatement.Read) graph.compile(snapshot, text, Optional.empty());
        List<String> rows = new ArrayList<>();
        try (RowCursor cursor = graph.query(
                snapshot, read, JSON.createObjectNode(), AccessGate.UNRESTRICTED, ExecutionBudget.unbounded())) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    List<String> cells = new ArrayList<>();
                    for (int column = 0; column < read.projections().size(); column++) {
                        cells.add(String.valueOf(batch.get().value(row, column).orElse("null")));
                    }
                    rows.add(String.join(" ", cells));
                }
            }
        }
        return rows;
    }

    private static List<String> rows(Graph graph, String text) {
        return rows(graph, head(graph), text);
    }

    private static String export(Graph graph, Snapshot snapshot) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        graph.export(snapshot, Set.of(), AccessGate.UNRESTRICTED, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Map<Integer, Pin> pins(Snapshot snapshot) {
        Map<Integer, Pin> pins = new TreeMap<>();
        snapshot.types().forEach((type, state) -> pins.put(type.value(), state.pin()));
        return pins;
    }

    private static EngineFailure failure(Callable<?> call) {
        try {
            call.call();
        } catch (EngineException e) {
            return e.failure();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it went through");
    }

    @Test
    void aSchemaOfTheSameShapeIsNotApplied(@TempDir Path root) {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            Snapshot before = head(graph);
            SchemaReceipt receipt = apply(graph, "// the same\n" + PEOPLE);
            assertThat(receipt.applied()).isFalse();
            assertThat(receipt.plan().steps()).isEmpty();
            assertThat(head(graph)).isEqualTo(before);
        }
    }

    @Test
    void metadataAloneMovesNoDataset(@TempDir Path root) throws Exception {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            Snapshot before = head(graph);
            String old = export(graph, before);
            SchemaReceipt receipt = apply(graph, """
                    node Human @rename_from("Person") @description("someone") {
                      name: String @key  years: I32? @rename_from("age") @index  score: F32?  tags: [I32]?
                      @range(score, 0..100)
                    }
                    edge Likes: Human -> Human @card(0..2) @rename_from("Knows") { since: U32? }
                    """);
            assertThat(receipt.applied()).isTrue();
            assertThat(receipt.commit().orElseThrow().kind()).isEqualTo(CommitInfo.Kind.SCHEMA);
            assertThat(pins(head(graph))).isEqualTo(pins(before));
            assertThat(
                            rows(
                                    graph,
                                    "query q() { match { $a: Human { name: \"ann\" } $a likes $b } return { $b.name, $b.years } order { $b.name } }"))
                    .containsExactly("bob null", "cid 33");
            assertThat(export(graph, before))
                    .as("the commit before keeps its schema")
                    .isEqualTo(old);
            mutate(graph, "query i() { insert Human { name: \"eve\", years: 5 } }");
            assertThat(rows(graph, "query q() { match { $a: Human } return { count($a) } }"))
                    .containsExactly("5");
            assertThat(failure(() -> {
                                mutate(graph, "query i() { insert Human { name: \"far\", score: 101.0 } }");
                                return graph;
                            })
                            .code())
                    .isEqualTo("range");
        }
        try (TestStores stores = new TestStores(root)) {
            Graph graph = stores.store.open(new GraphId("people"));
            assertThat(rows(graph, "query q() { match { $a: Human } return { count($a) } }"))
                    .containsExactly("5");
        }
    }

    @Test
    void aNewNullablePropertyWritesNoRowsAndIsWrittenFromThenOn(@TempDir Path root) throws Exception {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            Pin before = head(graph).type(new TypeId(2)).pin();
            apply(
                    graph,
                    PEOPLE.replace("tags:", "email: String?  nick: [String]?  tags:")
                            .replace("since:", "why: String?  since:"));
            TypeId person = head(graph).schema().node("Person").orElseThrow().id();
            Pin wide = head(graph).type(person).pin();
            assertThat(wide.dataset())
                    .isEqualTo(stores.store
                            .open(new GraphId("people"))
                            .snapshot(new Target.Branch(BranchName.MAIN))
                            .type(person)
                            .pin()
                            .dataset());
            assertThat(before.dataset()).isNotBlank();
            assertThat(
                            rows(
                                    graph,
                                    "query q() { match { $a: Person } return { $a.name, $a.email, $a.nick } order { $a.name } }"))
                    .containsExactly("ann null null", "bob null null", "cid null null", "dot null null");
            mutate(graph, "query u() { update Person set { email: \"a@x\" } where name = \"ann\" }");
            load(
                    graph,
                    "{\"type\":\"Person\",\"data\":{\"name\":\"eve\",\"score\":1,\"email\":\"e@x\",\"nick\":[\"n\"]}}\n"
                            + "{\"edge\":\"Knows\",\"from\":\"eve\",\"to\":\"ann\",\"data\":{\"why\":\"work\"}}\n");
            StringBuilder many = new StringBuilder();
            for (int i = 0; i < 3_000; i++) {
                many.append("{\"type\":\"Person\",\"data\":{\"name\":\"p")
                        .append(i)
                        .append("\",\"score\":1,\"email\":\"")
                        .append(i)
                        .append("@x\"}}\n");
            }
            load(graph, many.toString());
            String exported = export(graph, head(graph));
            graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
            assertThat(export(graph, head(graph))).isEqualTo(exported);
            assertThat(rows(graph, "query q() { match { $a: Person { email: \"2999@x\" } } return { $a.name } }"))
                    .containsExactly("p2999");
            // A column of before that nothing reads any more, and one that takes its place.
            apply(graph, PEOPLE.replace("tags: [I32]?", "nick: [String]?  mail: String?"));
            assertThat(rows(graph, "query q() { match { $a: Person { name: \"eve\" } } return { $a.nick, $a.mail } }"))
                    .containsExactly("[n] null");
            load(graph, many.toString().replace("\"p", "\"q").replace("email", "mail"));
            mutate(graph, "query u() { update Person set { mail: \"z\" } where name = \"eve\" }");
            graph.compact(BranchName.MAIN, TestStores.TESTER, () -> false);
            assertThat(rows(graph, "query q() { match { $a: Person { mail: \"7@x\" } } return { $a.name } }"))
                    .containsExactly("q7");
        }
    }

    @Test
    void aSoftDropLeavesTheDataToHistoryAndAHardOneWritesTheRestAnew(@TempDir Path root) throws Exception {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            Snapshot before = head(graph);
            TypeId person = before.schema().node("Person").orElseThrow().id();
            apply(graph, PEOPLE.replace("age: I32?", ""));
            assertThat(head(graph).type(person).pin().dataset())
                    .isEqualTo(before.type(person).pin().dataset());
            assertThat(rows(graph, "query q() { match { $a: Person } return { $a.name, $a.score } order { $a.name } }"))
                    .containsExactly("ann 0.5", "bob 1.5", "cid 2.5", "dot 3.5");
            // The same name again is another property: what was dropped does not come back.
            apply(graph, PEOPLE);
            assertThat(rows(graph, "query q() { match { $a: Person { name: \"ann\" } } return { $a.age } }"))
                    .containsExactly("null");
            SchemaReceipt hard = graph.applySchema(
                    BranchName.MAIN,
                    "node Person { name: String @key  score: F32 }",
                    new SchemaOptions(true),
                    AccessGate.UNRESTRICTED,
                    TestStores.TESTER);
            assertThat(hard.plan().steps()).hasSize(3);
            assertThat(head(graph).type(person).pin().dataset())
                    .isNotEqualTo(before.type(person).pin().dataset());
            assertThat(head(graph).types()).hasSize(1);
            assertThat(export(graph, head(graph)).lines()).hasSize(4);
            assertThat(rows(graph, before, "query q() { match { $a: Person { name: \"ann\" } } return { $a.age } }"))
                    .containsExactly("31");
        }
    }

    @Test
    void numbersAreWidenedAndRequiredPropertiesAreFilled(@TempDir Path root) {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            apply(graph, """
                    node Person {
                      name: String @key  age: I64 @backfill(-1)  score: F64  tags: [I64]?
                      kind: enum(new, old) @backfill(old)  born: Date @backfill("1970-01-02")  on: Bool @backfill(true)
                    }
                    edge Knows: Person -> Person { since: I64? }
                    """);
            assertThat(
                            rows(
                                    graph,
                                    "query q() { match { $a: Person } return { $a.name, $a.age, $a.score, $a.tags, $a.kind, $a.born, $a.on } order { $a.name } }"))
                    .containsExactly(
                            "ann 31 0.5 [1, 2] old 1 true",
                            "bob -1 1.5 null old 1 true",
                            "cid 33 2.5 null old 1 true",
                            "dot -1 3.5 null old 1 true");
            assertThat(
                            rows(
                                    graph,
                                    "query q() { match { $a: Person $a $e:knows $b } return { $b.name, $e.since } order { $b.name } }"))
                    .containsExactly("bob 4000000000", "cid null");
            mutate(
                    graph,
                    "query i() { insert Person { name: \"eve\", age: 9000000000, score: 1.0, kind: \"new\", born: date(\"2020-01-01\"), on: false } }");
            assertThat(rows(graph, "query q() { match { $a: Person } return { max($a.age) } }"))
                    .containsExactly("9000000000");
        }
    }

    @Test
    void dataThatBreaksANewDemandStandsAgainstIt(@TempDir Path root) throws Exception {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            String before = export(graph, head(graph));
            Map<String, String> refused = new TreeMap<>(Map.of(
                    PEOPLE.replace("age: I32?", "age: I32"),
                            "OG-MF-104 [OG-MF-104] non-nullable property 'age' has null or invalid values (Person needs a I32)",
                    PEOPLE.replace("tags", "@range(score, 0..3) tags"),
                            "OG-CD-103 [OG-CD-103] @range violation on Person.score: value 3.5 > max 3",
                    PEOPLE.replace("tags", "@check(name, \"^[a-c]\") tags"),
                            "OG-CD-104 [OG-CD-104] @check violation on Person.name: value 'dot' does not match pattern '^[a-c]'",
                    PEOPLE.replace("since: U32?", "since: U32? @unique(src)"),
                            "OG-CD-102 [OG-CD-102] @unique violation on Knows.src: value 'ann'",
                    PEOPLE.replace("-> Person {", "-> Person @card(0..1) {"),
                            "OG-CD-101 [OG-CD-101] @card violation on edge Knows: source 'ann' has 2 edges (max 1)",
                    PEOPLE.replace("-> Person {", "-> Person @card(3..) {"),
                            "OG-CD-101 [OG-CD-101] @card violation on edge Knows: source 'ann' has 2 edges (min 3)",
                    PEOPLE.replace("name: String", "name: I32"), "OG-MF-106 [OG-MF-106] node:Person.name"));
            refused.forEach((source, expected) -> {
                EngineFailure failure = failure(() -> apply(graph, source));
                assertThat(failure.code() + " " + failure.message()).as(source).startsWith(expected);
            });
            assertThat(export(graph, head(graph))).isEqualTo(before);
            apply(
                    graph,
                    PEOPLE.replace("tags", "@range(score, 0..3.5) @unique(name, score) tags")
                            .replace("-> Person {", "-> Person @card(2..2) {"));
            mutate(graph, "query d() { delete Person where name = \"ann\" }");
        }
    }

    @Test
    void dataIsNamedOnlyToWhoSeesAllOfIt(@TempDir Path root) {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            AccessGate some = new AccessGate() {
                @Override
                public RowAccess access(String type) {
                    return new RowAccess(true, Condition.NEVER, Map.of(), Set.of(), Condition.ALWAYS);
                }

                @Override
                public Verdict verdict(List<TypeChange> changes) {
                    return AccessGate.UNRESTRICTED.verdict(changes);
                }
            };
            EngineFailure failure = failure(() -> graph.applySchema(
                    BranchName.MAIN,
                    PEOPLE.replace("tags", "@range(score, 0..3) tags"),
                    SchemaOptions.DEFAULTS,
                    some,
                    TestStores.TESTER));
            assertThat(failure.message()).isEqualTo("[OG-CD-103] entities of Person stand against this change");
        }
    }

    @Test
    void aBranchKeepsTheSchemaItHas(@TempDir Path root) {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            BranchName side = new BranchName("side");
            graph.createBranch(side, BranchName.MAIN, TestStores.TESTER);
            apply(graph, PEOPLE.replace("age: I32?", "years: I64? @rename_from(\"age\")"));
            Snapshot there = graph.snapshot(new Target.Branch(side));
            assertThat(rows(graph, there, "query q() { match { $a: Person { name: \"ann\" } } return { $a.age } }"))
                    .containsExactly("31");
            graph.applySchema(
                    side,
                    PEOPLE + "node Place { }",
                    SchemaOptions.DEFAULTS,
                    AccessGate.UNRESTRICTED,
                    TestStores.TESTER);
            assertThat(graph.snapshot(new Target.Branch(side)).schema().node("Place"))
                    .isPresent();
            assertThat(head(graph).schema().node("Place")).isEmpty();
            assertThat(rows(graph, "query q() { match { $a: Person { name: \"ann\" } } return { $a.years } }"))
                    .containsExactly("31");
        }
    }

    @Test
    void aStatementOfTheOldSchemaIsAConflictAndNoSurprise(@TempDir Path root) {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            CheckedStatement.Write old = (CheckedStatement.Write) graph.compile(
                    head(graph), "query i() { insert Person { name: \"eve\", score: 1.0 } }", Optional.empty());
            apply(
                    graph,
                    PEOPLE.replace("tags", "@range(score, 2..) tags")
                            .replace("score: F32", "score: F32 ")
                            .replace("@range(score, 2..)", "@range(score, 0.25..)"));
            EngineFailure failure = failure(() -> graph.mutate(
                    BranchName.MAIN, old, JSON.createObjectNode(), AccessGate.UNRESTRICTED, TestStores.TESTER));
            assertThat(failure).isInstanceOf(EngineFailure.ReadSetChanged.class);
            assertThat(failure.retry()).isEqualTo(EngineFailure.Retry.AFTER_REFRESH);
        }
    }

    @Test
    void writersLandBeforeAChangeOrFollowIt(@TempDir Path root) throws Exception {
        try (TestStores stores = new TestStores(root);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Graph graph = graph(stores);
            AtomicBoolean over = new AtomicBoolean();
            AtomicBoolean pause = new AtomicBoolean();
            List<Future<Integer>> writers = new ArrayList<>();
            for (int w = 0; w < 3; w++) {
                int writer = w;
                writers.add(threads.submit(() -> {
                    int written = 0;
                    while (!over.get()) {
                        if (pause.get()) {
                            Thread.onSpinWait();
                            continue;
                        }
                        Snapshot snapshot = head(graph);
                        boolean required = !snapshot.schema()
                                .node("Person")
                                .orElseThrow()
                                .property("age")
                                .orElseThrow()
                                .type()
                                .nullable();
                        String text = "query i() { insert Person { name: \"w" + writer + "-" + written
                                + "\", score: 1.0" + (required ? ", age: 7" : "") + " } }";
                        try {
                            graph.mutate(
                                    BranchName.MAIN,
                                    (CheckedStatement.Write) graph.compile(snapshot, text, Optional.empty()),
                                    JSON.createObjectNode(),
                                    AccessGate.UNRESTRICTED,
                                    TestStores.TESTER);
                            written++;
                        } catch (EngineException refused) {
                            assertThat(refused.failure()).isInstanceOf(EngineFailure.ReadSetChanged.class);
                        }
                    }
                    return written;
                }));
            }
            int applied = 0;
            try {
                for (String source : List.of(
                        PEOPLE.replace("tags", "mail: String?  tags"),
                        PEOPLE.replace("age: I32?", "age: I64 @backfill(0)"),
                        PEOPLE.replace("age: I32?", "age: I64  more: Date?"),
                        PEOPLE.replace("age: I32?", "age: I64"),
                        PEOPLE.replace("age: I32?", "age: I64?"),
                        PEOPLE.replace("age: I32?", "age: I64 @backfill(1)"))) {
                    boolean data = source.contains("backfill");
                    for (boolean done = false; !done; ) {
                        try {
                            done = apply(graph, source).applied();
                        } catch (EngineException busy) {
                            // Only a change that looks at every row may lose against writers that never pause.
                            assertThat(data).as(source).isTrue();
                            assertThat(busy.failure()).isInstanceOf(EngineFailure.ReadSetChanged.class);
                            pause.set(true);
                        }
                    }
                    pause.set(false);
                    applied++;
                }
            } finally {
                over.set(true);
            }
            int written = 0;
            for (Future<Integer> writer : writers) {
                written += writer.get();
            }
            assertThat(applied).isEqualTo(6);
            assertThat(rows(graph, "query q() { match { $a: Person } return { count($a), count($a.age) } }"))
                    .containsExactly((4 + written) + " " + (4 + written));
        }
    }

    @Test
    void aPlanLooksAtNoDataAndWritesNothing(@TempDir Path root) {
        try (TestStores stores = new TestStores(root)) {
            Graph graph = graph(stores);
            Snapshot before = head(graph);
            assertThat(graph.planSchema(
                                    BranchName.MAIN, PEOPLE.replace("age: I32?", "age: I32"), SchemaOptions.DEFAULTS)
                            .supported())
                    .isTrue();
            assertThat(graph.planSchema(BranchName.MAIN, PEOPLE.replace("F32", "I32"), SchemaOptions.DEFAULTS)
                            .supported())
                    .isFalse();
            assertThat(head(graph)).isEqualTo(before);
            assertThatThrownBy(() -> graph.planSchema(BranchName.MAIN, "node", SchemaOptions.DEFAULTS))
                    .isInstanceOf(EngineException.class);
        }
    }
}
