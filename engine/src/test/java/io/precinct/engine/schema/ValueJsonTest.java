package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Typed(PropertyType type, Optional<Object> value) {}

    private static String written(PropertyType type, Optional<?> value, ValueJson.Form form) throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            ValueJson.write(json, type, value, form);
        }
        return out.toString();
    }

    private static String shown(Scalar scalar, Object value) throws IOException {
        return written(PropertyType.of(scalar), Optional.of(value), ValueJson.Form.RESULT);
    }

    private static PropertyType type(String words) {
        return SchemaCompiler.compile("node A { a: " + words + " }")
                .nodes()
                .getFirst()
                .properties()
                .getFirst()
                .type();
    }

    private static ValueJson.Read read(String type, String json) throws JsonProcessingException {
        return ValueJson.read(JSON.readTree(json), type(type));
    }

    @Test
    void resultsShowValuesAsTheLanguageSays() throws Exception {
        assertThat(shown(Scalar.F32, 0.1f)).isEqualTo("0.10000000149011612");
        assertThat(shown(Scalar.F64, Double.NaN)).isEqualTo("\"NaN\"");
        assertThat(shown(Scalar.F64, Double.NEGATIVE_INFINITY)).isEqualTo("\"-Infinity\"");
        assertThat(shown(Scalar.F32, Float.POSITIVE_INFINITY)).isEqualTo("\"Infinity\"");
        assertThat(shown(Scalar.I64, Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
        assertThat(shown(Scalar.U64, -1L)).isEqualTo("18446744073709551615");
        assertThat(shown(Scalar.DATE, -1)).isEqualTo("\"1969-12-31\"");
        assertThat(shown(Scalar.DATE_TIME, 0L)).isEqualTo("\"1970-01-01T00:00:00.000Z\"");
        assertThat(shown(Scalar.VECTOR, new float[] {1, Float.NaN})).isEqualTo("[1.0,null]");
        assertThat(written(type("[Date]?"), Optional.of(List.of(0)), ValueJson.Form.RESULT))
                .isEqualTo("[\"1970-01-01\"]");
        assertThat(written(type("I32?"), Optional.empty(), ValueJson.Form.RESULT))
                .isEqualTo("null");
    }

    @Test
    void exportsWriteCalendarValuesAsNumbers() throws Exception {
        assertThat(written(type("Date"), Optional.of(12), ValueJson.Form.EXPORT))
                .isEqualTo("12");
        assertThat(written(type("DateTime"), Optional.of(-5L), ValueJson.Form.EXPORT))
                .isEqualTo("-5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "String | 1",
                "Bool | \"true\"",
                "I32 | 3.0",
                "I32 | \"3\"",
                "I32 | 2147483648",
                "U32 | -1",
                "U64 | 18446744073709551616",
                "F32 | 1e39",
                "F64 | 1e999",
                "F64 | \"1\"",
                "Date | 1.5",
                "Date | 2147483648",
                "Date | \"2026-02-29\"",
                "DateTime | \"2026-02-29T00:00:00Z\"",
                "DateTime | \"2026-02-28T24:00:00Z\"",
                "enum(a, b) | \"c\"",
                "[I32] | 1",
                "[I32] | [1, null]",
                "[I32] | [1, \"2\"]",
                "[String] | {}",
            })
    void loadsCoerceNothing(String type, String json) throws Exception {
        assertThat(read(type, json)).isInstanceOf(ValueJson.Read.Refused.class);
    }

    @Test
    void refusalsSayWhatWasMetAndWanted() throws Exception {
        assertThat(read("[I32]?", "[1, \"2\"]")).isEqualTo(new ValueJson.Read.Refused("element 1: \"2\" is no I32"));
        assertThat(read("enum(a, b)", "\"c\""))
                .isEqualTo(new ValueJson.Read.Refused("invalid enum value 'c' (expected: a, b)"));
    }

    @Test
    void nullAndMissingReadAsNull() throws Exception {
        assertThat(read("I32", "null")).isEqualTo(new ValueJson.Read.Value(Optional.empty()));
        assertThat(ValueJson.read(MissingNode.getInstance(), type("I32")))
                .isEqualTo(new ValueJson.Read.Value(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-02, 1",
        "19700102, 1",
        "1970-1-2, 1",
        "+1970-01-02, 1",
        "-0001-01-01, -719893",
        "1970-01-02T23:59:59-01:00, 2",
        "1970-01-02 23:59:59, 1"
    })
    void datesOfEveryShapeAreRead(String text, int days) {
        assertThat(CalendarText.date(text)).contains(days);
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:01Z, 1000",
        "1970-01-01t00:00:01z, 1000",
        "1970-01-01 00:00:01, 1000",
        "1970-01-01T01:00:01+01:00, 1000",
        "1970-01-01T00:00:00.1239999Z, 123",
        "1969-12-31T23:59:59.9999Z, -1",
        "1970-01-02, 86400000",
        "1970-01-01T00:01Z, 60000"
    })
    void instantsOfEveryShapeAreRead(String text, long millis) {
        assertThat(CalendarText.dateTime(text)).contains(millis);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "x",
        "2026-13-01",
        "2026-02-29",
        "1970-01-01T25:00:00Z",
        "1970-01-01T00:00:00+99:00",
        "1970-01-01T"
    })
    void otherTextIsNoInstant(String text) {
        assertThat(CalendarText.dateTime(text)).isEmpty();
        assertThat(CalendarText.date(text)).isEmpty();
    }

    @Property
    void exportedValuesLoadAsTheyWere(@ForAll("values") Typed typed) throws IOException {
        String json = written(typed.type(), typed.value(), ValueJson.Form.EXPORT);
        assertThat(ValueJson.read(JSON.readTree(json), typed.type()))
                .isEqualTo(new ValueJson.Read.Value(typed.value()));
    }

    @Property
    void calendarResultsLoadAsTheyWere(@ForAll int days, @ForAll long millis) {
        int day = days / 1000;
        long instant = millis / 1_000_000;
        assertThat(CalendarText.date(CalendarText.date(day))).contains(day);
        assertThat(CalendarText.dateTime(CalendarText.dateTime(instant))).contains(instant);
    }

    @Provide
    Arbitrary<Typed> values() {
        Arbitrary<Typed> scalar = Arbitraries.oneOf(
                of(Scalar.STRING, Arbitraries.strings()),
                of(Scalar.BOOL, Arbitraries.of(true, false)),
                of(Scalar.I32, Arbitraries.integers()),
                of(Scalar.I64, Arbitraries.longs()),
                of(Scalar.U32, Arbitraries.longs().between(0, 0xFFFF_FFFFL)),
                of(Scalar.U64, Arbitraries.longs()),
                of(Scalar.F32, Arbitraries.floats()),
                of(Scalar.F64, Arbitraries.doubles()),
                of(Scalar.DATE, Arbitraries.integers()),
                of(Scalar.DATE_TIME, Arbitraries.longs()));
        return Combinators.combine(scalar, Arbitraries.integers().between(0, 2)).as((one, shape) -> switch (shape) {
            case 0 -> one;
            case 1 -> new Typed(one.type().asNullable(), Optional.empty());
            default ->
                new Typed(
                        new PropertyType(one.type().scalar(), 0, Optional.empty(), true, true),
                        one.value().map(v -> List.of(v, v)));
        });
    }

    private static Arbitrary<Typed> of(Scalar scalar, Arbitrary<?> values) {
        return values.map(value -> new Typed(PropertyType.of(scalar), Optional.of(value)));
    }
}
