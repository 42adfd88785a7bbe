package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.LoadMode;
import io.precinct.engine.export.Exporter;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Graphs of random records, values at their limits included, are the same after an export and a load. */
class RandomRoundTripTest {
    private static final List<List<String>> VALUES = List.of(
            List.of("bool", "true", "false", "null"),
            List.of("i64", "-9223372036854775808", "9223372036854775807", "0"),
            List.of("u32", "0", "4294967295"),
            List.of("u64", "0", "18446744073709551615", "9223372036854775808"),
            List.of("f32", "0.1", "-3.4028235e38", "1e-45", "-0.0", "7"),
            List.of("f64", "0.1", "5e-324", "-1.7976931348623157e308", "9007199254740993", "-0.0"),
            List.of("date", "-2147483648", "2147483647", "\"0001-01-01\"", "\"2024-02-29\""),
            List.of("time", "-9223372036854775808", "9223372036854775807", "\"1969-12-31T23:59:59.999Z\""),
            List.of("blob", "\"base64:\"", "\"base64:AP8=\"", "null"),
            List.of("vector", "[0,1e-45,-3e38]", "[1,2,3]", "null"),
            List.of("tags", "[]", "[\"\",\"\\u0000\",\"\\ud83d\\ude00\\n\\\"\"]", "null"),
            List.of("counts", "[]", "[0,1]", "null"),
            List.of("i32", "-2147483648", "2147483647"));

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anExportLoadsToAnEqualGraphAndExportsTheSameBytes(long seed) {
        Random random = new Random(seed);
        StringBuilder lines = new StringBuilder();
        int people = 1 + random.nextInt(30);
        for (int i = 0; i < people; i++) {
            lines.append("{\"type\":\"Person\",\"data\":{\"slug\":\"p%d\",\"name\":\"%s\"}}\n"
                    .formatted(i, random.nextBoolean() ? "é\\u2028" : ""));
        }
        for (int i = 0; i < 40; i++) {
            lines.append("{\"type\":\"Sample\",\"data\":{\"id\":\"s").append(i).append('"');
            for (List<String> each : VALUES) {
                if (random.nextInt(3) > 0) {
                    lines.append(",\"%s\":".formatted(each.getFirst()))
                            .append(each.get(1 + random.nextInt(each.size() - 1)));
                }
            }
            lines.append("}}\n");
        }
        for (int i = random.nextInt(50); i > 0; i--) {
            lines.append("{\"edge\":\"Knows\",\"from\":\"p%d\",\"to\":\"p%d\",\"data\":{\"since\":%d}}\n"
                    .formatted(random.nextInt(people), random.nextInt(people), i));
        }
        try (MemoryGraph graph = new MemoryGraph(TestSchema.SCHEMA);
                MemoryGraph copy = new MemoryGraph(TestSchema.SCHEMA)) {
            graph.load(LoadMode.APPEND, lines.toString());
            String exported = export(graph);
            copy.load(LoadMode.APPEND, exported);
            for (var type : TestSchema.SCHEMA.types()) {
                assertThat(copy.rows(type.name())).isEqualTo(graph.rows(type.name()));
            }
            assertThat(export(copy)).isEqualTo(exported);
        }
    }

    private static String export(MemoryGraph graph) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try {
            new Exporter(TestSchema::bind, text -> text, Blobs::inRow)
                    .export(new Exporter.Request(graph.view(), Set.of(), AccessGate.UNRESTRICTED, () -> false), output);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return output.toString(StandardCharsets.UTF_8);
    }
}
