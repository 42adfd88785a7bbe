package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.EngineException;
import io.precinct.engine.LoadMode;
import io.precinct.engine.export.Exporter;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Predicate.Operator;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads, mutations and exports on real datasets in a local directory. */
class StoredGraphTest {
    @TempDir
    private Path directory;

    private static ByteArrayInputStream lines(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String export(StoredGraph graph) throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (var view = graph.views.of(graph.head)) {
            new Exporter(TestSchema::bind, text -> text, Blobs::inRow)
                    .export(new Exporter.Request(view, Set.of(), AccessGate.UNRESTRICTED, () -> false), output);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    private static void run(StoredGraph graph, CheckedStatement.Step... steps) {
        graph.commit(new Mutation(
                graph.tools,
                new Mutation.Request(
                        new CheckedStatement.Write(
                                "test",
                                List.of(),
                                List.of(steps),
                                TouchedTypes.of(Set.of(), Set.of(), Set.of(), Map.of()),
                                "sha256:test"),
                        new Arguments(Map.of(), Instant.EPOCH),
                        AccessGate.UNRESTRICTED,
                        MemoryGraph.BY)));
    }

    @Test
    void largeLoadsAndSmallMutationsMeetInFragmentsAndOverlay() throws IOException {
        try (StoredGraph graph = new StoredGraph(directory, TestSchema.SCHEMA)) {
            StringBuilder file = new StringBuilder();
            for (int i = 0; i < 3_000; i++) {
                file.append("{\"type\":\"Person\",\"data\":{\"slug\":\"p%d\",\"name\":\"n\",\"age\":%d}}\n"
                        .formatted(i, i % 100));
                file.append("{\"edge\":\"Knows\",\"from\":\"p%d\",\"to\":\"p%d\"}\n".formatted(i, (i + 1) % 3_000));
            }
            Affected loaded = graph.load(LoadMode.APPEND, lines(file.toString()));
            assertThat(loaded.nodeCount()).isEqualTo(3_000);
            assertThat(loaded.edgeCount()).isEqualTo(3_000);
            run(
                    graph,
                    Statements.person("new", "New", TestSchema.EMAIL, "e"),
                    Statements.insert(TestSchema.KNOWS, "new", "p0"));
            run(graph, Statements.delete(TestSchema.PERSON, Statements.where(TestSchema.SLUG, Operator.EQ, "p5")));
            run(
                    graph,
                    Statements.update(
                            Map.of(TestSchema.NAME, Statements.constant("old")),
                            Statements.where(TestSchema.AGE, Operator.GTE, 90L)));
            graph.load(
                    LoadMode.MERGE,
                    lines(
                            "{\"type\":\"Person\",\"data\":{\"slug\":\"p7\",\"name\":\"seven\",\"email\":\"seven@x\"}}\n"));
            for (String taken : List.of("e", "seven@x")) {
                assertThat(catchThrowableOfType(
                                EngineException.class,
                                () -> run(graph, Statements.person("p8", "eight", TestSchema.EMAIL, taken))))
                        .hasMessageStartingWith("@unique violation on Person.email: value '" + taken + "'");
            }
            graph.load(
                    LoadMode.MERGE, lines(file.toString().replace("\"name\":\"n\"", "\"name\":\"n\",\"email\":null")));
            run(graph, Statements.person("p8", "eight", TestSchema.EMAIL, "seven@x"));
            assertThat(catchThrowableOfType(
                            EngineException.class,
                            () -> run(graph, Statements.person("p9", "nine", TestSchema.EMAIL, "e"))))
                    .hasMessage("@unique violation on Person.email: value 'e' held by 'new' and 'p9'");
        }
    }

    @Test
    void hiddenBaseRowsAreNeitherExportedNorDoubled() throws IOException {
        try (StoredGraph graph = new StoredGraph(directory, TestSchema.SCHEMA)) {
            StringBuilder file = new StringBuilder();
            for (int i = 0; i < 3_000; i++) {
                file.append("{\"type\":\"Person\",\"data\":{\"slug\":\"p%d\",\"name\":\"n\",\"age\":%d}}\n"
                        .formatted(i, i % 100));
                file.append("{\"edge\":\"Knows\",\"from\":\"p%d\",\"to\":\"p%d\"}\n".formatted(i, (i + 1) % 3_000));
            }
            graph.load(LoadMode.APPEND, lines(file.toString()));
            run(graph, Statements.person("new", "New"), Statements.insert(TestSchema.KNOWS, "new", "p0"));
            run(graph, Statements.delete(TestSchema.PERSON, Statements.where(TestSchema.SLUG, Operator.EQ, "p5")));
            run(
                    graph,
                    Statements.update(
                            Map.of(TestSchema.NAME, Statements.constant("old")),
                            Statements.where(TestSchema.AGE, Operator.GTE, 90L)));
            graph.load(
                    LoadMode.MERGE,
                    lines(
                            "{\"type\":\"Person\",\"data\":{\"slug\":\"p7\",\"name\":\"seven\",\"email\":\"seven@x\"}}\n"));
            List<String> out = export(graph).lines().toList();
            assertThat(out).hasSize(3_000 + 2_999);
            assertThat(out.stream().filter(l -> l.contains("\"name\":\"old\""))).hasSize(300);
            assertThat(out).noneMatch(l -> l.contains("\"p5\""));
            assertThat(out)
                    .anyMatch(l -> l.contains("\"slug\":\"p7\",\"name\":\"seven\",\"age\":null,\"email\":\"seven@x\""));
        }
    }

    @Test
    void everyValueSurvivesTheStore() throws IOException {
        String samples = """
                {"type":"Sample","data":{"id":"a","bool":true,"i64":-9223372036854775808,"u32":4294967295,"u64":18446744073709551615,"f32":0.1,"f64":0.1,"date":-364,"time":-31532399999,"blob":"base64:AQI=","vector":[1.0E-40,2.5,-3.0],"tags":["x","😀"],"counts":[],"i32":7}}
                {"type":"Sample","data":{"id":"b","bool":null,"i64":null,"u32":null,"u64":null,"f32":null,"f64":null,"date":null,"time":null,"blob":"base64:","vector":null,"tags":null,"counts":null,"i32":null}}
                """;
        try (StoredGraph graph = new StoredGraph(directory, TestSchema.SCHEMA)) {
            graph.load(LoadMode.APPEND, lines(samples));
            assertThat(export(graph)).isEqualTo(samples);
            graph.load(LoadMode.OVERWRITE, lines(samples));
            assertThat(export(graph)).isEqualTo(samples);
        }
    }
}
