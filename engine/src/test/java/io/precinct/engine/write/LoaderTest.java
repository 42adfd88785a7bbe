package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.LoadMode;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt.WhenRefused;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.storage.BlobCell;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoaderTest {
    private static final String ANN = "{\"type\":\"Person\",\"data\":{\"slug\":\"ann\",\"name\":\"Ann\"}}\n";
    private static final String BOB = "{\"type\":\"Person\",\"data\":{\"slug\":\"bob\",\"name\":\"Bob\"}}\n";

    private final MemoryGraph graph = new MemoryGraph(TestSchema.SCHEMA);

    @AfterEach
    void close() {
        graph.close();
    }

    private List<Diagnostic> refused(LoadMode mode, String lines) {
        var before = graph.head;
        EngineException refusal = catchThrowableOfType(EngineException.class, () -> graph.load(mode, lines));
        assertThat(refusal).isNotNull();
        assertThat(graph.head).isSameAs(before);
        return ((EngineFailure.Invalid) refusal.failure()).diagnostics();
    }

    private static String person(String slug, String more) {
        return "{\"type\":\"Person\",\"data\":{\"slug\":\"" + slug + "\",\"name\":\"n\"" + more + "}}\n";
    }

    private static String knows(String from, String to) {
        return "{\"edge\":\"Knows\",\"from\":\"" + from + "\",\"to\":\"" + to + "\"}\n";
    }

    @Test
    void readsNodesAndEdgesInAnyOrderWithMembersInAnyOrder() {
        graph.load(
                LoadMode.APPEND,
                knows("ann", "bob")
                        + "{\"data\":{\"name\":\"Ann\",\"slug\":\"ann\",\"age\":40},\"type\":\"Person\"}\r\n"
                        + "   \n"
                        + BOB.trim());
        assertThat(graph.rows("Person").keySet()).containsExactly("ann", "bob");
        assertThat(graph.rows("Person").get("ann").value(2)).contains(40);
        var edge = graph.rows("Knows").values().iterator().next();
        assertThat(edge.ends().orElseThrow().source()).isEqualTo("ann");
        assertThat(edge.ends().orElseThrow().sourceNumber())
                .isEqualTo(graph.rows("Person").get("ann").number());
        assertThat(edge.ends().orElseThrow().destination()).isEqualTo("bob");
    }

    @Test
    void readsEveryTypeOfValue() {
        graph.load(LoadMode.APPEND, """
                {"type":"Sample","data":{"id":"a","bool":true,"i64":-9223372036854775808,"u32":4294967295,"u64":18446744073709551615,"f32":0.5,"f64":1e300,"date":"1970-01-02","time":"1970-01-01T01:00:00+01:00","blob":"base64:AQI=","vector":[1,2.5,-3],"tags":["x","y"],"counts":[],"i32":7}}
                {"type":"Sample","data":{"id":"b","date":-3,"time":12}}
                """);
        var row = graph.rows("Sample").get("a");
        assertThat(row.value(0)).contains(true);
        assertThat(row.value(1)).contains(Long.MIN_VALUE);
        assertThat(row.value(2)).contains(4294967295L);
        assertThat(row.value(3)).contains(-1L);
        assertThat(row.value(4)).contains(0.5f);
        assertThat(row.value(5)).contains(1e300);
        assertThat(row.value(6)).contains(1);
        assertThat(row.value(7)).contains(0L);
        assertThat(BlobCell.of((byte[]) row.value(8).orElseThrow())).isEqualTo(new BlobCell.Inline(new byte[] {1, 2}));
        assertThat((float[]) row.value(9).orElseThrow()).containsExactly(1f, 2.5f, -3f);
        assertThat(row.value(10)).contains(List.of("x", "y"));
        assertThat(row.value(11)).contains(List.of());
        assertThat(graph.rows("Sample").get("b").value(6)).contains(-3);
        assertThat(graph.rows("Sample").get("b").value(7)).contains(12L);
        assertThat(graph.rows("Sample").get("b").value(0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"Person\"                        | load_syntax | the text ends inside a value",
                "[1]                                         | load_syntax | one JSON object",
                "{\"type\":\"Note\",\"data\":{\"text\":\"a\"}} {} | load_syntax | more follows",
                "{}                                          | load_record | 'type' or 'edge'",
                "{\"type\":\"Note\",\"edge\":\"Knows\"}      | load_record | has both",
                "{\"type\":\"Note\",\"type\":\"Note\"}       | load_record | twice",
                "{\"type\":\"Nothing\"}                      | load_record | no node type 'Nothing'",
                "{\"type\":\"note\"}                         | load_record | no node type 'note'",
                "{\"edge\":\"Nothing\"}                      | load_record | no edge type",
                "{\"type\":\"Note\",\"from\":\"a\",\"data\":{\"text\":\"a\"}} | load_record | no 'from'",
                "{\"edge\":\"Knows\",\"from\":\"ann\"}       | load_record | needs 'from' and 'to'",
                "{\"edge\":\"Knows\",\"from\":1,\"to\":\"b\"} | load_value | 'from': expected String",
                "{\"type\":\"Note\",\"more\":1}              | load_record | unknown member 'more'",
                "{\"type\":\"Note\",\"data\":[]}             | load_record | must be an object",
                "{\"type\":\"Note\",\"data\":{\"text\":\"a\",\"text\":\"b\"}} | load_record | Note.text is there twice",
                "{\"type\":\"Note\",\"data\":{\"txet\":\"a\"}} | load_record | no property 'txet'",
                "{\"type\":\"Note\",\"data\":{\"text\":\"a\",\"_tombstone\":true}} | load_record | no property",
                "{\"type\":\"Note\",\"data\":{\"text\":1}}   | load_value | Note.text: expected String, got a whole",
                "{\"type\":\"Note\",\"data\":{\"text\":{\"a\":1}}} | load_value | got an object",
                "{\"type\":\"Note\",\"data\":{\"id\":7,\"text\":\"a\"}} | load_value | Note.id: expected String",
                "{\"type\":\"Note\",\"data\":{\"text\":\"\\ud800\"}} | load_value | surrogate",
                "{\"type\":\"Note\"}                         | required | non-nullable property 'text'",
                "{\"type\":\"Person\",\"data\":{\"id\":\"x\",\"slug\":\"y\",\"name\":\"n\"}} | load_id | canonical id 'y'",
                "{\"type\":\"Sample\",\"data\":{\"i32\":3.0}} | load_value | Sample.i32: expected I32?, got a number with",
                "{\"type\":\"Sample\",\"data\":{\"i32\":\"3\"}} | load_value | got a string",
                "{\"type\":\"Sample\",\"data\":{\"i32\":2147483648}} | load_value | out of its range",
                "{\"type\":\"Sample\",\"data\":{\"u32\":-1}} | load_value | out of its range",
                "{\"type\":\"Sample\",\"data\":{\"u64\":18446744073709551616}} | load_value | out of its range",
                "{\"type\":\"Sample\",\"data\":{\"f32\":1e39}} | load_value | out of its range",
                "{\"type\":\"Sample\",\"data\":{\"f64\":1e999}} | load_value | out of its range",
                "{\"type\":\"Sample\",\"data\":{\"date\":\"2020-02-30\"}} | load_value | invalid Date literal",
                "{\"type\":\"Sample\",\"data\":{\"time\":\"noon\"}} | load_value | invalid DateTime literal",
                "{\"type\":\"Sample\",\"data\":{\"blob\":\"s3://x/y\"}} | load_value | an external address",
                "{\"type\":\"Sample\",\"data\":{\"vector\":[1,2]}} | load_value | got 2 numbers",
                "{\"type\":\"Sample\",\"data\":{\"vector\":[1,2,3,4]}} | load_value | more numbers",
                "{\"type\":\"Sample\",\"data\":{\"vector\":[1,\"2\",3]}} | load_value | got a string",
                "{\"type\":\"Sample\",\"data\":{\"tags\":[\"a\",null]}} | load_value | an element is null",
                "{\"type\":\"Sample\",\"data\":{\"tags\":\"a\"}} | load_value | expected [String]?",
            })
    void refusesWhatIsNotStrict(String line, String code, String message) {
        List<Diagnostic> found = refused(LoadMode.APPEND, "\n" + ANN + line + "\n" + BOB);
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().code()).isEqualTo(code);
        assertThat(found.getFirst().message()).contains(message);
        assertThat(found.getFirst().line()).isEqualTo(3);
    }

    @Test
    void onlyUtf8IsRead() {
        for (byte[] input : List.of(
                ANN.getBytes(StandardCharsets.UTF_16LE),
                ANN.getBytes(StandardCharsets.UTF_16BE),
                ANN.getBytes(StandardCharsets.UTF_16),
                ("\uFEFF" + ANN).getBytes(StandardCharsets.UTF_8),
                ("\0" + ANN).getBytes(StandardCharsets.UTF_8),
                ANN.replace("Ann", "\u00e9").getBytes(StandardCharsets.ISO_8859_1),
                ANN.replace("Ann", "\0").getBytes(StandardCharsets.UTF_8))) {
            try (Loader loader = new Loader(
                    graph.tools,
                    new Loader.Request(
                            new ByteArrayInputStream(input),
                            LoadMode.APPEND,
                            AccessGate.UNRESTRICTED,
                            MemoryGraph.BY,
                            LoadProgress.SILENT,
                            () -> false))) {
                EngineException refusal = catchThrowableOfType(EngineException.class, () -> loader.prepare(graph.head));
                assertThat(refusal.failure().code()).isEqualTo("load_syntax");
            }
        }
    }

    @Test
    void anEscapedNulAndAPairOfSurrogatesAreText() {
        graph.load(LoadMode.APPEND, person("a", "").replace("\"n\"", "\"\\u0000\\ud83d\\ude00\""));
        assertThat(graph.rows("Person").get("a").value(1)).contains("\0\uD83D\uDE00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "i32 | -2147483648 | -2147483649",
                "i32 | 2147483647 | 2147483648",
                "i64 | 9223372036854775807 | 9223372036854775808",
                "i64 | -9223372036854775808 | -9223372036854775809",
                "u32 | 0 | -1",
                "u32 | 4294967295 | 4294967296",
                "u64 | 0 | -1",
                "u64 | 18446744073709551615 | 18446744073709551616",
                "f32 | 3.4028234663852886e38 | 3.5e38",
                "f32 | -7 | -1e39",
                "f64 | 1.7976931348623157e308 | 1.8e308",
                "f64 | 5e-324 | NaN",
                "bool | false | 0",
                "date | -2147483648 | -2147483649",
                "date | `2024-02-29` | `2023-02-29`",
                "time | 9223372036854775807 | 9223372036854775808",
                "time | `2024-02-29T23:59:59.999Z` | 1.5",
                "vector | [1,-2.5,3e38] | [1,2,3e39]",
                "vector | null | [1,null,2]",
                "blob | `base64:` | `base64:A`",
                "blob | `base64:AQ==` | `base64:AQ`",
                "tags | [] | [[]]",
                "counts | [1] | [1.0]",
            })
    void readsEachScalarUpToItsLimits(String property, String within, String beyond) {
        String record = "{\"type\":\"Sample\",\"data\":{\"id\":\"s\",\"%s\":%s}}\n";
        graph.load(LoadMode.APPEND, record.formatted(property, json(within)));
        assertThat(graph.rows("Sample")).hasSize(1);
        assertThat(refused(LoadMode.MERGE, record.formatted(property, json(beyond))))
                .hasSize(1);
    }

    private static String json(String text) {
        return text.matches("\\d{4}-.*|base64:.*") ? '"' + text + '"' : text;
    }

    @Test
    void deepNestingAndMembersGivenTwiceInsideAreRefused() {
        for (String value : List.of("[".repeat(5_000) + "]".repeat(5_000), "{\"a\":1,\"a\":2}")) {
            String line = "{\"type\":\"Sample\",\"data\":{\"tags\":" + value + "}}\n";
            assertThat(refused(LoadMode.APPEND, line)).isNotEmpty();
            assertThat(refused(LoadMode.APPEND, line.replace("tags", "nothing")))
                    .isNotEmpty();
        }
        assertThat(refused(LoadMode.APPEND, "{\"data\":{},\"type\":\"Sample\",\"data\":{}}\n"))
                .hasSize(1);
    }

    @Test
    void aLineOfTooManyBytesIsTooLarge() {
        String line = "{\"type\":\"Note\",\"data\":{\"text\":\"" + "x".repeat(LoadLimits.DEFAULT.lineBytes()) + "\"}}";
        EngineException refusal = catchThrowableOfType(EngineException.class, () -> graph.load(LoadMode.APPEND, line));
        assertThat(((EngineFailure.ResourceLimit) refusal.failure()).resource()).isEqualTo("bytes of line 1");
    }

    @Test
    void aWrongValueDoesNotHideTheNextOneOnTheLine() {
        List<Diagnostic> found = refused(
                LoadMode.APPEND,
                "{\"type\":\"Sample\",\"data\":{\"vector\":[1,{\"a\":[2]}],\"i32\":true,\"bool\":1}}\n");
        assertThat(found).extracting(Diagnostic::message).hasSize(3);
    }

    @Test
    void oneBadLineInTenThousandIsNamedAndNothingIsLoaded() {
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 10_000; i++) {
            lines.append(person("p" + i, ",\"age\":" + (i == 7_777 ? "\"old\"" : "30")));
        }
        List<Diagnostic> found = refused(LoadMode.APPEND, lines.toString());
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().line()).isEqualTo(7_777);
        assertThat(found.getFirst().message()).isEqualTo("Person.age: expected I32?, got a string");
        assertThat(graph.rows("Person")).isEmpty();
    }

    @Test
    void stopsAtAHundredFindings() {
        assertThat(refused(LoadMode.APPEND, "{}\n".repeat(500))).hasSize(100);
    }

    @Test
    void judgesEveryRuleOfAValue() {
        assertThat(refused(
                        LoadMode.APPEND,
                        person("a", ",\"age\":151")
                                + person("b", ",\"age\":-1")
                                + person("c", ",\"code\":\"X\"")
                                + person("d", ",\"role\":\"king\"")))
                .extracting(Diagnostic::message)
                .containsExactly(
                        "@range violation on Person.age: value 151 > max 150",
                        "@range violation on Person.age: value -1 < min 0",
                        "@check violation on Person.code: value 'X' does not match pattern '^H-[0-9]+$'",
                        "invalid enum value 'king' for Person.role (expected: guest, owner)");
    }

    @Test
    void refusesAUniqueValueTwiceInTheFileAndAgainstTheBase() {
        assertThat(refused(
                        LoadMode.APPEND,
                        person("a", ",\"email\":\"e\"") + person("b", ",\"email\":\"e\"") + person("c", "")))
                .extracting(Diagnostic::message)
                .containsExactly("@unique violation on Person.email: value 'e' held by 'a' and 'b'");
        graph.load(LoadMode.APPEND, person("a", ",\"email\":\"e\""));
        List<Diagnostic> found = refused(LoadMode.APPEND, person("b", "") + person("c", ",\"email\":\"e\""));
        assertThat(found)
                .extracting(Diagnostic::message)
                .containsExactly("@unique violation on Person.email: value 'e' held by 'a' and 'c'");
        assertThat(found.getFirst().line()).isEqualTo(2);
    }

    @Test
    void aMergeMayHandAUniqueValueOver() {
        graph.load(LoadMode.APPEND, person("a", ",\"email\":\"e\""));
        graph.load(LoadMode.MERGE, person("b", ",\"email\":\"e\"") + person("a", ""));
        assertThat(graph.rows("Person").get("b").value(3)).contains("e");
        assertThat(graph.rows("Person").get("a").value(3)).isEmpty();
    }

    @Test
    void tuplesOfUniqueAreNotJoinedText() {
        graph.load(
                LoadMode.APPEND,
                person("a", "")
                        + person("a,b", "")
                        + person("b", "")
                        + person("b,b", "")
                        + knows("a,b", "b")
                        + knows("a", "b,b"));
        assertThat(refused(
                        LoadMode.APPEND,
                        "{\"edge\":\"Knows\",\"from\":\"a\",\"to\":\"b\",\"data\":{\"since\":1}}\n".repeat(2)))
                .extracting(Diagnostic::message)
                .singleElement()
                .asString()
                .startsWith("@unique violation on Knows.(src, dst, since): value '(a, b, 1)' held by");
    }

    @Test
    void refusesAnEndThatIsNowhere() {
        List<Diagnostic> found = refused(LoadMode.APPEND, ANN + knows("ann", "bob") + knows("carl", "ann"));
        assertThat(found)
                .extracting(Diagnostic::message)
                .containsExactly("src 'carl' not found in Person", "dst 'bob' not found in Person");
        assertThat(found).extracting(Diagnostic::line).containsExactly(3L, 2L);
    }

    @Test
    void boundsOutgoingEdgesOverFileAndBase() {
        String note = "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"t\"}}\n";
        String owns = "{\"edge\":\"Owns\",\"from\":\"ann\",\"to\":\"n\"}\n";
        assertThat(refused(LoadMode.APPEND, ANN + note + owns.repeat(3)))
                .extracting(Diagnostic::message)
                .containsExactly("@card violation on edge Owns: source 'ann' has 3 edges (max 2)");
        graph.load(LoadMode.APPEND, ANN + note + owns.repeat(2));
        assertThat(refused(LoadMode.APPEND, owns))
                .extracting(Diagnostic::message)
                .containsExactly("@card violation on edge Owns: source 'ann' has 3 edges (max 2)");
        graph.load(LoadMode.OVERWRITE, owns);
        assertThat(graph.rows("Owns")).hasSize(1);
    }

    @Test
    void movingAnEdgeCountsTheSourceItLeaves() {
        String note = "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"t\"}}\n";
        graph.load(
                LoadMode.APPEND,
                ANN + BOB + note + "{\"edge\":\"Owns\",\"from\":\"ann\",\"to\":\"n\",\"data\":{\"id\":\"e\"}}\n");
        assertThat(refused(
                        LoadMode.MERGE, "{\"edge\":\"Owns\",\"from\":\"bob\",\"to\":\"n\",\"data\":{\"id\":\"e\"}}\n"))
                .extracting(Diagnostic::message)
                .containsExactly("@card violation on edge Owns: source 'ann' has 0 edges (min 1)");
    }

    @Test
    void appendRefusesAnIdThatExists() {
        graph.load(LoadMode.APPEND, ANN);
        EngineException refusal =
                catchThrowableOfType(EngineException.class, () -> graph.load(LoadMode.APPEND, BOB + ANN));
        assertThat(refusal.failure()).isEqualTo(new EngineFailure.KeyConflict("Person", Optional.of("ann")));
        assertThat(graph.rows("Person")).hasSize(1);
    }

    @Test
    void mergeReplacesWholeRecords() {
        graph.load(LoadMode.APPEND, person("ann", ",\"age\":40") + BOB);
        Prepared prepared = graph.load(LoadMode.MERGE, ANN + person("eve", ""));
        assertThat(graph.rows("Person").keySet()).containsExactly("ann", "bob", "eve");
        assertThat(graph.rows("Person").get("ann").value(2)).isEmpty();
        var change = prepared.changes().get(TestSchema.PERSON.id());
        assertThat(change.inserted()).containsExactly("eve");
        assertThat(change.updated()).containsExactly("ann");
    }

    @Test
    void overwriteReplacesMentionedTypesOnly() {
        graph.load(LoadMode.APPEND, ANN + "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"t\"}}\n");
        Prepared prepared = graph.load(LoadMode.OVERWRITE, BOB);
        assertThat(graph.rows("Person").keySet()).containsExactly("bob");
        assertThat(graph.rows("Note")).hasSize(1);
        assertThat(prepared.changes().get(TestSchema.PERSON.id()).deleted()).containsExactly("ann");
        assertThat(prepared.writes().get(TestSchema.PERSON.id())).isInstanceOf(TypeWrite.Replacement.class);
        assertThat(prepared.footprint().types().get(TestSchema.PERSON.id()).whole())
                .isTrue();
        assertThat(prepared.footprint().types().get(TestSchema.KNOWS.id()).whole())
                .isTrue();
    }

    @Test
    void overwriteRefusesToLeaveAnEdgeWithoutItsEnd() {
        graph.load(LoadMode.APPEND, ANN + BOB + knows("ann", "bob"));
        assertThat(refused(LoadMode.OVERWRITE, ANN))
                .extracting(Diagnostic::message)
                .singleElement()
                .asString()
                .startsWith("dst 'bob' not found in Person");
        graph.load(LoadMode.OVERWRITE, ANN + knows("ann", "ann"));
        assertThat(graph.rows("Knows")).hasSize(1);
    }

    @Test
    void anOverwriteOfEdgesMeetsTheNodesThatStay() {
        graph.load(LoadMode.APPEND, ANN + BOB + knows("ann", "bob"));
        graph.load(LoadMode.OVERWRITE, knows("bob", "ann"));
        assertThat(graph.rows("Knows")
                        .values()
                        .iterator()
                        .next()
                        .ends()
                        .orElseThrow()
                        .source())
                .isEqualTo("bob");
    }

    @Test
    void theSameIdTwiceIsAnErrorOrTheLastWins() {
        String first = "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"first\"}}\n";
        String last = "{\"type\":\"Note\",\"data\":{\"id\":\"n\",\"text\":\"last\"}}\n";
        assertThat(refused(LoadMode.APPEND, first + last).getFirst().code()).isEqualTo("load_id");
        assertThat(refused(LoadMode.OVERWRITE, first + last).getFirst().code()).isEqualTo("load_id");
        assertThat(refused(LoadMode.MERGE, ANN + ANN).getFirst().code()).isEqualTo("unique");
        graph.load(LoadMode.MERGE, first + last);
        assertThat(graph.rows("Note").get("n").value(0)).contains("last");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 3_000, 150_000})
    void theLastRecordWithAnIdWinsHoweverLargeTheFile(int notes) {
        StringBuilder lines = new StringBuilder(ANN + BOB);
        for (int i = 0; i < notes; i++) {
            lines.append("{\"type\":\"Note\",\"data\":{\"id\":\"n%d\",\"text\":\"first\"}}\n".formatted(i));
        }
        for (String text : List.of("second", "last")) {
            for (int i : new int[] {0, 7, notes - 1}) {
                lines.append("{\"type\":\"Note\",\"data\":{\"id\":\"n%d\",\"text\":\"%s\"}}\n".formatted(i, text));
            }
            lines.append("{\"type\":\"Note\",\"data\":{\"id\":\"%s\",\"text\":\"new\"}}\n".formatted(text));
        }
        lines.append("{\"type\":\"Note\",\"data\":{\"id\":\"second\",\"text\":\"newer\"}}\n");
        graph.load(LoadMode.MERGE, lines.toString());
        var rows = graph.rows("Note");
        assertThat(rows).hasSize(notes + 2);
        assertThat(rows.values().stream().filter(r -> !r.value(0).equals(Optional.of("first"))))
                .extracting(r -> r.id() + " " + r.value(0).orElseThrow())
                .containsExactlyInAnyOrder(
                        "n0 last", "n7 last", "n" + (notes - 1) + " last", "second newer", "last new");
    }

    @Test
    void aReplacedRecordOfALargeFileGivesUpItsUniqueTupleAndItsEnds() {
        StringBuilder lines = new StringBuilder(ANN + BOB);
        String edge = "{\"edge\":\"Knows\",\"from\":\"%s\",\"to\":\"bob\",\"data\":{\"id\":\"e%d\",\"since\":%d}}\n";
        for (int i = 0; i < 3_000; i++) {
            lines.append(edge.formatted("ann", i, i));
        }
        String repeated = lines + edge.formatted("ann", 3_000, 5) + edge.formatted("nobody", 3_001, 3_001);
        graph.load(LoadMode.MERGE, repeated + edge.formatted("ann", 5, 9_999) + edge.formatted("ann", 3_001, 3_001));
        assertThat(graph.rows("Knows")).hasSize(3_002);
        assertThat(refused(
                        LoadMode.MERGE,
                        repeated + edge.formatted("ann", 6, 9_998) + edge.formatted("ann", 3_001, 3_001)))
                .extracting(Diagnostic::message)
                .containsExactly(
                        "@unique violation on Knows.(src, dst, since): value '(ann, bob, 5)' held by 'e5' and 'e3000'");
    }

    @Test
    void aReplacedRecordGivesUpItsUniqueTuple() {
        String edge = "{\"edge\":\"Knows\",\"from\":\"ann\",\"to\":\"%s\",\"data\":{\"id\":\"%s\",\"since\":1}}\n";
        graph.load(
                LoadMode.MERGE,
                ANN + BOB + edge.formatted("bob", "e1") + edge.formatted("bob", "e2") + edge.formatted("ann", "e1"));
        assertThat(graph.rows("Knows")).hasSize(2);
    }

    @Test
    void compositeKeysAreArraysOfCanonicalTextsInOrderOfPropertyIds() {
        graph.load(
                LoadMode.APPEND,
                "{\"type\":\"Port\",\"data\":{\"id\":\"[\\\"7\\\",\\\"eu\\\"]\",\"zone\":\"eu\",\"number\":7}}\n");
        assertThat(graph.rows("Port").keySet()).containsExactly("[\"7\",\"eu\"]");
    }

    @Test
    void edgeNamesMatchWithoutRegardToCase() {
        graph.load(LoadMode.APPEND, ANN + "{\"edge\":\"knows\",\"from\":\"ann\",\"to\":\"ann\"}\n");
        assertThat(graph.rows("Knows")).hasSize(1);
    }

    @Test
    void smallLoadsRideInTheRecordAndLargeOnesAreStaged() {
        assertThat(graph.load(LoadMode.APPEND, ANN).writes().get(TestSchema.PERSON.id()))
                .isInstanceOf(TypeWrite.Inline.class);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 70_000; i++) {
            lines.append(person("p" + i, ""));
        }
        Prepared prepared = graph.load(LoadMode.MERGE, lines.toString() + ANN);
        TypeWrite.Fragments staged = (TypeWrite.Fragments) prepared.writes().get(TestSchema.PERSON.id());
        assertThat(staged.added()).hasSize(2);
        assertThat(staged.replaced()).containsExactly("ann");
        assertThat(prepared.footprint().types().get(TestSchema.PERSON.id()).whole())
                .isTrue();
        assertThat(prepared.changes().get(TestSchema.PERSON.id()).complete()).isFalse();
        assertThat(graph.rows("Person")).hasSize(70_001);
    }

    @Test
    void isPreparedAgainOnAnotherBaseWithoutReadingAgain() {
        try (Loader loader = graph.loader(LoadMode.APPEND, BOB + knows("ann", "bob"), AccessGate.UNRESTRICTED)) {
            assertThat(catchThrowableOfType(EngineException.class, () -> loader.prepare(graph.head)))
                    .hasMessage("src 'ann' not found in Person");
            graph.load(LoadMode.APPEND, ANN);
            Prepared prepared = loader.prepare(graph.head);
            assertThat(prepared.footprint().types().get(TestSchema.PERSON.id()).present())
                    .containsExactly("ann");
            assertThat(prepared.footprint().types().get(TestSchema.PERSON.id()).absent())
                    .containsExactly("bob");
            graph.apply(prepared);
            assertThat(graph.rows("Knows")).hasSize(1);
            assertThat(catchThrowableOfType(EngineException.class, () -> loader.prepare(graph.head))
                            .failure())
                    .isInstanceOf(EngineFailure.KeyConflict.class);
        }
    }

    @Test
    void anInputWhoseReadingFailedIsNotTakenForAShorterOne() {
        try (Loader loader = graph.loader(LoadMode.APPEND, "{}\n".repeat(100) + ANN, AccessGate.UNRESTRICTED)) {
            assertThat(catchThrowableOfType(EngineException.class, () -> loader.prepare(graph.head)))
                    .isNotNull();
            assertThatIllegalStateException().isThrownBy(() -> loader.prepare(graph.head));
        }
    }

    @Test
    void progressIsToldAndCancellationIsHeard() {
        List<Long> told = new ArrayList<>();
        byte[] input = ANN.repeat(1).concat("\n".repeat(20_000)).getBytes(StandardCharsets.UTF_8);
        for (boolean cancelled : new boolean[] {false, true}) {
            told.clear();
            try (Loader loader = new Loader(
                    graph.tools,
                    new Loader.Request(
                            new ByteArrayInputStream(input),
                            LoadMode.MERGE,
                            AccessGate.UNRESTRICTED,
                            MemoryGraph.BY,
                            (lines, rows, bytes) -> told.add(lines),
                            () -> cancelled))) {
                if (cancelled) {
                    assertThat(catchThrowableOfType(EngineException.class, () -> loader.prepare(graph.head))
                                    .failure())
                            .isEqualTo(new EngineFailure.Interrupted(false));
                } else {
                    loader.prepare(graph.head);
                    assertThat(told).containsExactly(8_192L, 16_384L, 20_001L);
                }
            }
        }
    }

    @Test
    void onlyAnOverwriteFailsWhenRefused() {
        for (LoadMode mode : LoadMode.values()) {
            try (Loader loader = graph.loader(mode, "", AccessGate.UNRESTRICTED)) {
                assertThat(loader.whenRefused())
                        .isEqualTo(mode == LoadMode.OVERWRITE ? WhenRefused.FAIL : WhenRefused.PREPARE_AGAIN);
            }
        }
    }

    @Test
    void anEmptyFileChangesNothing() {
        Prepared prepared = graph.load(LoadMode.OVERWRITE, "\n \n");
        assertThat(prepared.changes()).isEmpty();
        assertThat(prepared.writes()).isEmpty();
    }

    @Test
    void linesAreBounded() {
        String line = "{\"type\":\"Sample\",\"data\":{\"counts\":[" + "1,".repeat(131_072) + "1]}}\n";
        EngineException refusal = catchThrowableOfType(EngineException.class, () -> graph.load(LoadMode.APPEND, line));
        assertThat(((EngineFailure.ResourceLimit) refusal.failure()).resource())
                .isEqualTo("structural characters of line 1");
    }

    private static AccessGate gate(RowAccess person) {
        return new AccessGate() {
            @Override
            public RowAccess access(String typeName) {
                return typeName.equals("Person") ? person : RowAccess.ALL;
            }

            @Override
            public Verdict verdict(List<TypeChange> changes) {
                return new Verdict.Allowed();
            }
        };
    }

    private static final Condition YOUNG = new Condition.Field("age", Condition.Comparison.LT, new Operand.Whole(50));

    @Test
    void whatTheCallerMayNotSeeIsNoEnd() {
        graph.load(LoadMode.APPEND, person("old", ",\"age\":90") + person("young", ",\"age\":9"));
        AccessGate gate = gate(new RowAccess(true, YOUNG, Map.of(), Set.of(), Condition.ALWAYS));
        assertThat(catchThrowableOfType(
                        EngineException.class, () -> graph.load(LoadMode.APPEND, knows("young", "old"), gate)))
                .hasMessage("dst 'old' not found in Person");
        graph.load(LoadMode.APPEND, knows("young", "young"), gate);
        assertThat(graph.rows("Knows")).hasSize(1);
    }

    @Test
    void everyModeAnswersAHiddenRowLikeAFailedWriteCheck() {
        graph.load(LoadMode.APPEND, person("old", ",\"age\":90,\"email\":\"e\""));
        AccessGate hiding = gate(new RowAccess(true, YOUNG, Map.of(), Set.of(), Condition.ALWAYS));
        AccessGate readOnly = gate(new RowAccess(true, Condition.ALWAYS, Map.of(), Set.of(), Condition.NEVER));
        EngineFailure denied = new EngineFailure.Denied(List.of("row_not_writable"));
        for (LoadMode mode : LoadMode.values()) {
            for (AccessGate gate : List.of(hiding, readOnly)) {
                assertThat(catchThrowableOfType(EngineException.class, () -> graph.load(mode, person("old", ""), gate))
                                .failure())
                        .isEqualTo(denied);
            }
        }
        assertThat(catchThrowableOfType(
                                EngineException.class,
                                () -> graph.load(LoadMode.APPEND, person("new", ",\"email\":\"e\""), hiding))
                        .failure())
                .isEqualTo(denied);
    }

    @Test
    void aPropertyThatTheCallerMayNotNameCanBeNeitherSetNorLost() {
        graph.load(LoadMode.APPEND, person("ann", ",\"secret\":\"s\"") + person("bob", ""));
        AccessGate gate = gate(new RowAccess(true, Condition.ALWAYS, Map.of(), Set.of("secret"), Condition.ALWAYS));
        assertThat(catchThrowableOfType(
                                EngineException.class,
                                () -> graph.load(LoadMode.MERGE, person("bob", ",\"secret\":\"t\""), gate))
                        .failure()
                        .message())
                .isEqualTo("Person has no property 'secret'");
        assertThat(catchThrowableOfType(
                                EngineException.class, () -> graph.load(LoadMode.MERGE, person("ann", ""), gate))
                        .failure()
                        .code())
                .isEqualTo("denied");
        graph.load(LoadMode.MERGE, person("bob", ",\"age\":3"), gate);
        assertThat(graph.rows("Person").get("bob").value(2)).contains(3);
    }

    @Test
    void aTypeThatIsNotGrantedReadsAsUndeclared() {
        assertThat(catchThrowableOfType(
                                EngineException.class, () -> graph.load(LoadMode.APPEND, ANN, gate(RowAccess.NONE)))
                        .failure()
                        .message())
                .isEqualTo("no node type 'Person' in the schema");
    }
}
