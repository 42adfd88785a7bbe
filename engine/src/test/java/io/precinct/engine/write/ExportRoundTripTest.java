package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.LoadMode;
import io.precinct.engine.export.Exporter;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExportRoundTripTest {
    private final MemoryGraph graph = new MemoryGraph(TestSchema.SCHEMA);

    @BeforeEach
    void fill() {
        graph.load(LoadMode.APPEND, """
                {"type":"Person","data":{"slug":"zoe","name":"Zoë \\"quoted\\"\\n","age":90,"email":"z@x","role":"owner","code":"H-1","secret":"s"}}
                {"type":"Person","data":{"slug":"ann","name":"😀","age":9}}
                {"type":"Person","data":{"slug":"\uFF5E","name":"a","age":9}}
                {"type":"Person","data":{"slug":"😀","name":"b","age":9}}
                {"type":"Port","data":{"zone":"eu","number":7}}
                {"type":"Note","data":{"text":""}}
                {"type":"Sample","data":{"id":"a","bool":true,"i64":-9223372036854775808,"u32":4294967295,"u64":18446744073709551615,"f32":0.1,"f64":0.1,"date":"1969-01-02","time":"1969-01-01T01:00:00.001Z","blob":"base64:AQI=","vector":[1e-40,2.5,-3],"tags":["x","y"],"counts":[],"i32":7}}
                {"type":"Sample","data":{"id":"b","blob":"base64:"}}
                {"edge":"Knows","from":"zoe","to":"ann","data":{"since":5}}
                {"edge":"Knows","from":"ann","to":"ann"}
                """);
    }

    @AfterEach
    void close() {
        graph.close();
    }

    private String export(AccessGate gate, String... types) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try {
            new Exporter(TestSchema::bind, text -> "#" + text.length(), Blobs::inRow)
                    .export(new Exporter.Request(graph.view(), Set.of(types), gate, () -> false), output);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return output.toString(StandardCharsets.UTF_8);
    }

    private static AccessGate gate(Map<String, RowAccess> restricted) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return restricted.getOrDefault(typeName, RowAccess.ALL);
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Allowed();
            }
        };
    }

    @Test
    void whatIsExportedLoadsToTheSameGraph() {
        String lines = export(AccessGate.UNRESTRICTED);
        try (MemoryGraph copy = new MemoryGraph(TestSchema.SCHEMA)) {
            copy.load(LoadMode.APPEND, lines);
            for (var type : TestSchema.SCHEMA.types()) {
                assertThat(copy.rows(type.name())).isEqualTo(graph.rows(type.name()));
            }
        }
        assertThat(lines.lines()).hasSize(10);
    }

    @Test
    void nodesComeBeforeEdgesAndRowsInUtf8OrderOfTheirIds() {
        assertThat(export(AccessGate.UNRESTRICTED, "Person").lines().map(l -> l.split("\"")[9]))
                .containsExactly("ann", "zoe", "\uFF5E", "😀");
        String all = export(AccessGate.UNRESTRICTED);
        assertThat(all.indexOf("\"edge\"")).isGreaterThan(all.lastIndexOf("\"type\""));
    }

    @Test
    void valuesAreWrittenAsTheLoaderReadsThem() {
        assertThat(export(AccessGate.UNRESTRICTED, "Sample").lines().findFirst())
                .contains(
                        "{\"type\":\"Sample\",\"data\":{\"id\":\"a\",\"bool\":true,\"i64\":-9223372036854775808,\"u32\":4294967295,"
                                + "\"u64\":18446744073709551615,\"f32\":0.1,\"f64\":0.1,\"date\":-364,\"time\":-31532399999,"
                                + "\"blob\":\"base64:AQI=\",\"vector\":[1.0E-40,2.5,-3.0],\"tags\":[\"x\",\"y\"],\"counts\":[],\"i32\":7}}");
        assertThat(export(AccessGate.UNRESTRICTED, "Person"))
                .contains("\"slug\":\"ann\",\"name\":\"😀\",\"age\":9,\"email\":null");
    }

    @Test
    void onlyVisibleRowsAndEdgesBetweenThemAreExported() {
        Condition young = new Condition.Field("age", Condition.Comparison.LT, new Operand.Whole(50));
        String lines = export(gate(Map.of("Person", new RowAccess(true, young, Map.of(), Set.of(), Condition.NEVER))));
        assertThat(lines).doesNotContain("zoe");
        assertThat(lines.lines().filter(l -> l.contains("Knows"))).hasSize(1);
        String without = export(gate(Map.of("Person", RowAccess.NONE)));
        assertThat(without).doesNotContain("Person").doesNotContain("Knows").contains("Port");
        EngineException refusal = catchThrowableOfType(
                EngineException.class, () -> export(gate(Map.of("Person", RowAccess.NONE)), "Knows"));
        assertThat(refusal.failure()).isEqualTo(new EngineFailure.Denied(List.of("type_not_granted")));
    }

    @Test
    void masksAndDenialsHold() {
        Condition young = new Condition.Field("age", Condition.Comparison.LT, new Operand.Whole(50));
        RowAccess access = new RowAccess(
                true,
                Condition.ALWAYS,
                Map.of(
                        "name", new Mask(Mask.Kind.HASH, young),
                        "email", new Mask(Mask.Kind.NULL, Condition.NEVER)),
                Set.of("secret"),
                Condition.NEVER);
        List<String> lines =
                export(gate(Map.of("Person", access)), "Person").lines().toList();
        assertThat(lines.get(1))
                .contains("\"name\":\"#13\"")
                .contains("\"email\":null")
                .doesNotContain("secret");
        assertThat(lines.get(0)).contains("\"name\":\"😀\"");
    }

    @Test
    void aTypeWhoseKeyIsMaskedIsRefusedBecauseItsIdsTellTheKey() {
        RowAccess access = new RowAccess(
                true,
                Condition.ALWAYS,
                Map.of("slug", new Mask(Mask.Kind.NULL, Condition.NEVER)),
                Set.of(),
                Condition.NEVER);
        for (String type : List.of("Person", "Likes")) {
            EngineException refusal =
                    catchThrowableOfType(EngineException.class, () -> export(gate(Map.of("Person", access)), type));
            assertThat(refusal.failure()).isEqualTo(new EngineFailure.Denied(List.of("property_masked")));
        }
    }
}
