package io.precinct.engine.query;

import com.fasterxml.jackson.core.JsonGenerator;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.stream.Collectors;

/** Lint reports as JSON. Stateless. */
public final class LintJson {
    private LintJson() {}

    /** Where the schema came from: {@code file} at a path, or {@code graph} at a URI. */
    public record SchemaSource(boolean file, String place) {}

    /** @param queryPath what the text is called */
    public static void write(JsonGenerator json, LintReport report, SchemaSource schema, String queryPath)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("status", status(report.ok()));
        json.writeObjectFieldStart("schema_source");
        json.writeStringField("kind", schema.file() ? "file" : "graph");
        json.writeStringField(schema.file() ? "path" : "uri", schema.place());
        json.writeEndObject();
        json.writeStringField("query_path", queryPath);
        json.writeNumberField("queries_processed", report.results().size());
        json.writeNumberField("errors", report.errors());
        json.writeNumberField("warnings", report.warnings());
        json.writeNumberField("infos", report.infos());
        json.writeArrayFieldStart("results");
        for (LintReport.Result result : report.results()) {
            result(json, result);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("findings");
        for (LintReport.Finding finding : report.findings()) {
            finding(json, finding);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String status(boolean ok) {
        return ok ? "ok" : "error";
    }

    private static void result(JsonGenerator json, LintReport.Result result) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", result.name());
        json.writeStringField("kind", result.mutation() ? "mutation" : "read");
        json.writeStringField("status", status(result.ok()));
        texts(json, "warnings", result.warnings());
        if (!result.ok()) {
            json.writeStringField(
                    "error", result.errors().stream().map(LintJson::line).collect(Collectors.joining("\n")));
        }
        if (result.operation().isPresent()) {
            LintReport.Operation operation = result.operation().get();
            json.writeObjectFieldStart("operation");
            json.writeArrayFieldStart("result");
            for (LintReport.Column column : operation.result()) {
                column(json, column);
            }
            json.writeEndArray();
            types(json, "reads", operation.reads());
            types(json, "writes", operation.writes());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static String line(Diagnostic found) {
        return found.code() + ": " + found.message()
                + found.span()
                        .map(s -> " (" + s.line() + ":" + s.column() + ")")
                        .orElse("");
    }

    private static void column(JsonGenerator json, LintReport.Column column) throws IOException {
        PropertyType type = column.type();
        json.writeStartObject();
        json.writeStringField("name", column.name());
        json.writeStringField("kind", type.list() ? "list" : kind(type.scalar()));
        if (type.list()) {
            json.writeStringField("item_kind", kind(type.scalar()));
        }
        if (type.scalar() == Scalar.VECTOR) {
            json.writeNumberField("vector_dim", type.dimension());
        }
        json.writeBooleanField("nullable", type.nullable());
        json.writeEndObject();
    }

    private static String kind(Scalar scalar) {
        return switch (scalar) {
            case STRING -> "string";
            case BOOL -> "bool";
            case I32, U32 -> "int";
            case I64, U64 -> "bigint";
            case F32, F64 -> "float";
            case DATE -> "date";
            case DATE_TIME -> "datetime";
            case BLOB -> "blob";
            case VECTOR -> "vector";
        };
    }

    private static void types(JsonGenerator json, String field, SortedSet<LintReport.TypeName> types)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (LintReport.TypeName type : types) {
            json.writeStartObject();
            json.writeStringField("kind", type.kind());
            json.writeStringField("type_name", type.name());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void finding(JsonGenerator json, LintReport.Finding finding) throws IOException {
        json.writeStartObject();
        json.writeStringField("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        json.writeStringField("code", finding.code());
        json.writeStringField("message", finding.message());
        if (finding.typeName().isPresent()) {
            json.writeStringField("type_name", finding.typeName().get());
        }
        if (finding.property().isPresent()) {
            json.writeStringField("property", finding.property().get());
        }
        texts(json, "query_names", finding.queryNames());
        json.writeEndObject();
    }

    private static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
