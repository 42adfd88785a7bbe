package io.precinct.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.schema.GoldenCases;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LintTest {
    private static final Schema SCHEMA = SchemaCompiler.compile(GoldenCases.text("fleet.pg"));
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    List<DynamicTest> reportsAreWhatTheFileSays() {
        return GoldenCases.of("lint.txt", LintTest::lines);
    }

    private static JsonNode json(String text) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            LintJson.write(json, Lint.check(text, SCHEMA), new LintJson.SchemaSource(true, "fleet.pg"), "queries.gq");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return JSON.readTree(out.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lines(String text) {
        JsonNode report = json(text);
        StringBuilder lines = new StringBuilder("%s processed %s errors %s warnings %s infos %s"
                .formatted(
                        report.get("status").textValue(),
                        report.get("queries_processed"),
                        report.get("errors"),
                        report.get("warnings"),
                        report.get("infos")));
        report.get("results").forEach(result -> lines.append('\n').append(result));
        report.get("findings").forEach(finding -> lines.append('\n').append(finding));
        return lines.toString();
    }

    @Test
    void theReportHasTheKeysOfTheContractInOrder() {
        assertThat(json("query q() { match { $t: Truck } return { $t } }").fieldNames())
                .toIterable()
                .containsExactly(
                        "status",
                        "schema_source",
                        "query_path",
                        "queries_processed",
                        "errors",
                        "warnings",
                        "infos",
                        "results",
                        "findings");
        assertThat(json("").get("schema_source").toString()).isEqualTo("{\"kind\":\"file\",\"path\":\"fleet.pg\"}");
    }

    @Test
    void resultNamesAreThoseOfTheRows() {
        String text =
                "query q($p: String) { match { $t: Truck $t stopsAt $d } return { $t, $t.load, count($d.name), $d.code as c } }";
        CheckedStatement.Read read = (CheckedStatement.Read) QueryCompiler.compile(text, Optional.empty(), SCHEMA);
        assertThat(Lint.check(text, SCHEMA)
                        .results()
                        .getFirst()
                        .operation()
                        .orElseThrow()
                        .result())
                .extracting(LintReport.Column::name)
                .containsExactlyElementsOf(read.projections().stream()
                        .map(CheckedStatement.Projection::column)
                        .toList());
    }
}
