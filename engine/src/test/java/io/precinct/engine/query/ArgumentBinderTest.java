package io.precinct.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.Diagnostic;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentBinderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-03-31T06:00:00Z");

    private static List<Parameter> declared(String type) {
        return QueryCompiler.list("query q($x: " + type + ") { delete A where b = $x }")
                .getFirst()
                .parameters();
    }

    private static Optional<Object> bound(String type, String json) throws JsonProcessingException {
        List<Parameter> parameters = declared(type);
        return ArgumentBinder.bind(parameters, JSON.readTree(json), NOW).value(parameters.getFirst());
    }

    private static List<String> codes(String type, String json) throws JsonProcessingException {
        try {
            bound(type, json);
            return List.of();
        } catch (EngineException e) {
            return ((EngineFailure.Invalid) e.failure())
                    .diagnostics().stream().map(Diagnostic::code).toList();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "String | \"a\" | a | String",
                "Bool | false | false | Boolean",
                "I32 | -2147483648 | -2147483648 | Integer",
                "I64 | \"9223372036854775807\" | 9223372036854775807 | Long",
                "U32 | 4294967295 | 4294967295 | Long",
                "U64 | 9223372036854775807 | 9223372036854775807 | Long",
                "F32 | 0.5 | 0.5 | Float",
                "F64 | 3 | 3.0 | Double",
                "Date | \"1970-01-02\" | 1 | Integer",
                "DateTime | \"1970-01-01T00:00:01.5+00:00\" | 1500 | Long",
                "[I32] | [1, \"2\"] | [1, 2] | ListN",
            })
    void acceptedValuesTakeTheirTypesForm(String type, String value, String text, String form) throws Exception {
        Object bound = bound(type, "{\"x\": " + value + ", \"undeclared\": 1}").orElseThrow();
        assertThat(bound.toString()).isEqualTo(text);
        if (!form.equals("ListN")) {
            assertThat(bound.getClass().getSimpleName()).isEqualTo(form);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "String | 1 | P4",
                "Bool | 1 | P4",
                "Bool | \"true\" | P4",
                "I32 | 3.0 | P4",
                "I32 | \"x\" | P4",
                "I32 | 2147483648 | P5",
                "I64 | 9223372036854775808 | P5",
                "U32 | -1 | P5",
                "U64 | 9223372036854775808 | P5",
                "F64 | \"1\" | P4",
                "F64 | 1e999 | P5",
                "F32 | 1e39 | P5",
                "Date | 1 | P4",
                "Date | \"2026-02-29\" | P6",
                "DateTime | \"noon\" | P6",
                "[I32] | 1 | P4",
                "[I32] | [null] | P4",
                "I32 | null | P3",
                "[I32] | [1.5, \"x\"] | P4 P4",
            })
    void otherValuesAreRefused(String type, String value, String codes) throws Exception {
        assertThat(codes(type, "{\"x\": " + value + "}")).containsExactly(codes.split(" "));
    }

    @Test
    void absentRequiredParameterIsAnErrorAndNotAnEmptyFilter() throws Exception {
        assertThat(codes("I32", "{}")).containsExactly(ArgumentBinder.MISSING);
        assertThat(codes("I32", "null")).containsExactly(ArgumentBinder.MISSING);
    }

    @Test
    void absentOptionalParameterIsNull() throws Exception {
        assertThat(bound("I32?", "{}")).isEmpty();
        assertThat(bound("I32?", "{\"x\": null}")).isEmpty();
        assertThat(ArgumentBinder.bind(declared("I32?"), MissingNode.getInstance(), NOW)
                        .now())
                .isEqualTo(NOW);
    }

    @Test
    void paramsMustBeAnObject() throws Exception {
        assertThat(codes("I32?", "[1]")).containsExactly(ArgumentBinder.NOT_AN_OBJECT);
    }

    @Test
    void everyFaultIsFound() {
        List<Parameter> parameters = QueryCompiler.list("query q($x: I32, $y: Bool) { delete A where b = $x }")
                .getFirst()
                .parameters();
        try {
            ArgumentBinder.bind(parameters, JSON.readTree("{\"x\": \"a\"}"), NOW);
        } catch (EngineException | JsonProcessingException e) {
            assertThat(((EngineFailure.Invalid) ((EngineException) e).failure()).diagnostics())
                    .hasSize(2);
            return;
        }
        throw new AssertionError("faulty parameters were bound");
    }

    @Test
    void vectorsHaveExactlyTheirNumbers() throws Exception {
        assertThat((float[]) bound("Vector(3)", "{\"x\": [1, -0.5, 1e3]}").orElseThrow())
                .containsExactly(1f, -0.5f, 1000f);
        assertThat(bound("Vector(3)?", "{}")).isEmpty();
        assertThat(codes("Vector(3)", "{}")).containsExactly(ArgumentBinder.MISSING);
        for (String json : List.of("[1, 2]", "[1, 2, 3, 4]", "[1, 2, \"3\"]", "[1, 2, null]", "7")) {
            assertThat(codes("Vector(3)", "{\"x\": " + json + "}")).as(json).containsExactly(ArgumentBinder.WRONG_TYPE);
        }
        assertThat(codes("Vector(3)", "{\"x\": [1, 2, 1e39]}")).containsExactly(ArgumentBinder.OUT_OF_RANGE);
    }
}
