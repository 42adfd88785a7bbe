package io.precinct.engine.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.LoadMode;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissiveRecordsTest {
    private static final Schema SCHEMA = SchemaCompiler.compile("""
            node Day { at: Date @key label: String? count: I32? tags: [String]? }
            node Port { zone: String number: I64 @key(zone, number) }
            edge Next: Day -> Day { weight: F32? }
            edge Near: Day -> Port
            """);

    private final MemoryGraph graph = new MemoryGraph(SCHEMA);

    @AfterEach
    void close() {
        graph.close();
    }

    private void load(String text) {
        graph.loadPermissively(LoadMode.MERGE, text);
    }

    private List<Diagnostic> refused(String text) {
        EngineException refusal = catchThrowableOfType(EngineException.class, () -> load(text));
        assertThat(refusal).isNotNull();
        return ((EngineFailure.Invalid) refusal.failure()).diagnostics();
    }

    @Test
    void readsValuesHoweverTheyAreSpreadOverLines() {
        load("""
                {
                  "type": "Day",
                  "data": { "at": "1970-01-02" }
                } {"type":"Day","data":{"at":2}}
                """);
        assertThat(graph.rows("Day").keySet()).containsExactly("1", "2");
    }

    @Test
    void theLastOfTwoMembersWinsAndUnknownOnesAreIgnored() {
        load("""
                {"type":"Day","edge":"Next","more":1,"data":{"at":1,"label":"a","label":"b","src":"x","_tombstone":true,"who":{}}}
                """);
        assertThat(graph.rows("Day").get("1").value(2)).contains("b");
    }

    @Test
    void aScalarOfAnotherTypeCountsAsMissing() {
        load("""
                {"type":"Day","data":{"at":1,"label":7,"count":"7","tags":"x"}}
                """);
        EntityRow day = graph.rows("Day").get("1");
        for (int position = 1; position < 4; position++) {
            assertThat(day.value(position)).isEmpty();
        }
        assertThat(refused("{\"type\":\"Day\",\"data\":{\"at\":true}}"))
                .extracting(Diagnostic::code)
                .containsExactly("required");
    }

    @Test
    void anIdInAnotherFormIsRewrittenInEdgesThatComeBeforeIt() {
        load("""
                {"edge":"Next","from":"1970-01-02","to":"2","data":{"weight":0.5}}
                {"edge":"Near","from":"1","to":"north"}
                {"type":"Day","data":{"id":"1970-01-02","at":"1970-01-02"}}
                {"type":"Day","data":{"id":2,"at":2}}
                {"type":"Port","data":{"id":"north","zone":"north","number":7}}
                """);
        assertThat(graph.rows("Next")
                        .values()
                        .iterator()
                        .next()
                        .ends()
                        .orElseThrow()
                        .source())
                .isEqualTo("1");
        assertThat(graph.rows("Near")
                        .values()
                        .iterator()
                        .next()
                        .ends()
                        .orElseThrow()
                        .destination())
                .isEqualTo(graph.rows("Port").firstKey());
    }

    @Test
    void anEdgeThatNamesTwoNodesIsRefused() {
        assertThat(refused("""
                {"type":"Day","data":{"at":1}}
                {"type":"Port","data":{"id":"north","zone":"north","number":7}}
                {"type":"Port","data":{"id":"north","zone":"north","number":8}}
                {"edge":"Near","from":"1","to":"north"}
                """).getFirst())
                .satisfies(found -> assertThat(found.line()).isEqualTo(4))
                .satisfies(found -> assertThat(found.code()).isEqualTo("load_id"));
    }

    @Test
    void bytesInNoOrderOfUtf32AreRefusedAsNoText() {
        byte[] middle = {0, 0, 0x7B, 0, 0, 0, 0x7D, 0};
        EngineException refusal = catchThrowableOfType(
                EngineException.class, () -> graph.load(LoadMode.MERGE, ReaderKind.PERMISSIVE, middle));
        assertThat(refusal.failure().message()).contains("not UTF-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1] | load_record | an object as a record",
                "{\"data\":{}} | load_record | 'type' or 'edge'",
                "{\"type\":\"Nothing\"} | load_record | no node type 'Nothing'",
                "{\"edge\":\"Next\",\"from\":\"1\"} | load_record | needs 'from' and 'to'",
                "{\"type\":\"Day\",\"data\":{\"id\":\"9\",\"at\":1}} | load_id | canonical id '1'",
                "{\"type\":\"Day\",\"data\":{\"at\":1,\"tags\":[\"a\",null]}} | load_value | an element is null",
                "{\"type\":\"Day\",\"data\":[]} | load_record | must be an object",
                "{\"type\":\"Day\" | load_syntax | the text ends inside a value",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ | load_syntax | nested too deeply",
                "// a comment | load_syntax | column 1: unexpected '/'",
            })
    void refusesWhatWouldBeLostInSilence(String text, String code, String message) {
        Diagnostic found =
                refused("{\"type\":\"Day\",\"data\":{\"at\":5}}\n" + text).getFirst();
        assertThat(found.code()).isEqualTo(code);
        assertThat(found.message()).contains(message);
        assertThat(found.line()).isEqualTo(2);
    }
}
