package io.precinct.engine.corpus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.LoadMode;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.SchemaReceipt;
import io.precinct.engine.Target;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Lint;
import io.precinct.engine.query.LintJson;
import io.precinct.engine.query.LintReport;
import io.precinct.engine.reference.LocalGraphs;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.schema.SchemaPlanJson;
import io.precinct.engine.schema.SchemaPlanner;
import io.precinct.engine.schema.SchemaStep;
import io.precinct.engine.schema.ValueJson;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What comes of one statement or load on one branch, as text. */
final class Steps {
    static final ObjectMapper JSON = new ObjectMapper();

    /** Rows as objects, one a line, for pages; as arrays in one line, for tables. */
    enum Form {
        LINES,
        CELL
    }

    private Steps() {}

    static JsonNode json(String text) {
        try {
            return text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String statement(
            Graph graph, BranchName branch, String text, JsonNode parameters, AccessGate gate, Form form) {
        Snapshot snapshot = graph.snapshot(new Target.Branch(branch));
        return outcome(graph, branch, graph.compile(snapshot, text, Optional.empty()), parameters, gate, form);
    }

    /** One query of several. */
    static String statement(
            Graph graph, BranchName branch, String text, String name, JsonNode parameters, AccessGate gate, Form form) {
        Snapshot snapshot = graph.snapshot(new Target.Branch(branch));
        return outcome(graph, branch, graph.compile(snapshot, text, Optional.of(name)), parameters, gate, form);
    }

    private static String outcome(
            Graph graph,
            BranchName branch,
            CheckedStatement statement,
            JsonNode parameters,
            AccessGate gate,
            Form form) {
        Snapshot snapshot = graph.snapshot(new Target.Branch(branch));
        return switch (statement) {
            case CheckedStatement.Read read -> {
                try (RowCursor cursor = graph.query(snapshot, read, parameters, gate, ExecutionBudget.unbounded())) {
                    yield rows(cursor, form);
                }
            }
            case CheckedStatement.Write write ->
                receipt(graph.mutate(branch, write, parameters, gate, LocalGraphs.TESTER));
        };
    }

    static String load(Graph graph, BranchName branch, String mode, String lines, AccessGate gate) {
        ReaderKind reader = mode.startsWith("permissive") ? ReaderKind.PERMISSIVE : ReaderKind.STRICT;
        String word = mode.replace("permissive", "").strip();
        LoadMode chosen = word.isEmpty() ? LoadMode.APPEND : LoadMode.valueOf(word.toUpperCase(Locale.ROOT));
        return receipt(graph.load(
                branch,
                chosen,
                reader,
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                gate,
                LocalGraphs.TESTER));
    }

    /** The report as its JSON parts, one a line; in tables the words alone. */
    static String lint(String schema, String text, Form form) {
        LintReport report = Lint.check(text, SchemaCompiler.compile(schema));
        JsonNode json = json(out -> LintJson.write(out, report, new LintJson.SchemaSource(true, "page.pg"), "page.gq"));
        List<String> parts = new ArrayList<>();
        if (form == Form.LINES) {
            parts.add("%s: %s queries, %s errors, %s warnings"
                    .formatted(
                            json.get("status").textValue(),
                            json.get("queries_processed"),
                            json.get("errors"),
                            json.get("warnings")));
            json.get("results").forEach(result -> parts.add(result.toString()));
            json.get("findings").forEach(finding -> parts.add(finding.toString()));
            return String.join("\n", parts);
        }
        json.get("results").forEach(result -> {
            result.path("warnings").forEach(warning -> parts.add("warning: " + warning.textValue()));
            if (result.has("error")) {
                parts.add(result.get("error").textValue());
            }
        });
        json.get("findings").forEach(finding -> {
            List<String> queries = new ArrayList<>();
            finding.get("query_names").forEach(name -> queries.add(name.textValue()));
            parts.add(finding.get("code").textValue() + " "
                    + finding.get("severity").textValue() + ": "
                    + finding.get("message").textValue() + (queries.isEmpty() ? "" : " " + queries));
        });
        return parts.isEmpty() ? "ok" : String.join(" ; ", parts);
    }

    /** The way from one schema to another. */
    static String plan(String before, String after, Form form) {
        return plan(SchemaPlanner.plan(SchemaCompiler.compile(before), after, SchemaStep.DropMode.SOFT), form);
    }

    private static String plan(SchemaPlan plan, Form form) {
        JsonNode json = json(generator -> SchemaPlanJson.write(generator, plan));
        List<String> parts = new ArrayList<>();
        json.get("steps").forEach(step -> parts.add(form == Form.LINES ? step.toString() : words(step)));
        json.get("warnings").forEach(warning -> parts.add("warning " + words(warning)));
        if (parts.isEmpty()) {
            return "no change";
        }
        return form == Form.LINES
                ? "supported " + plan.supported() + "\n" + String.join("\n", parts)
                : String.join(" ; ", parts);
    }

    /** The values of a step without their names. */
    private static String words(JsonNode step) {
        List<String> words = new ArrayList<>();
        members(step).forEach((name, value) -> {
            if (name.equals("property_type")) {
                words.add(
                        value.get("list").booleanValue()
                                ? "[" + value.get("scalar").textValue() + "]"
                                : value.get("scalar").textValue());
                words.add(value.get("nullable").booleanValue() ? "nullable" : "required");
            } else if (value.isBoolean()) {
                if (value.booleanValue()) {
                    words.add(name);
                }
            } else if (!value.isNull()) {
                words.add(value.isTextual() ? value.textValue() : value.toString());
            }
        });
        return String.join(" ", words);
    }

    /** Gives the branch another schema. */
    static String apply(Graph graph, BranchName branch, String source, boolean loss) {
        SchemaReceipt receipt =
                graph.applySchema(branch, source, new SchemaOptions(loss), AccessGate.UNRESTRICTED, LocalGraphs.TESTER);
        return receipt.applied() ? "applied" : "no change";
    }

    @FunctionalInterface
    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static JsonNode json(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return json(text.toString());
    }

    private static String receipt(WriteReceipt receipt) {
        return "nodes " + receipt.affectedNodes() + ", edges " + receipt.affectedEdges()
                + (receipt.commit().isPresent() ? "" : ", no commit");
    }

    private static String rows(RowCursor cursor, Form form) {
        List<String> rows = new ArrayList<>();
        for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
            for (int row = 0; row < batch.get().rows(); row++) {
                rows.add(row(cursor.columns(), batch.get(), row, form));
            }
        }
        return rows.isEmpty() ? "no rows" : String.join(form == Form.LINES ? "\n" : " ", rows);
    }

    private static String row(List<RowCursor.ResultColumn> columns, RowCursor.ResultBatch batch, int row, Form form) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            if (form == Form.LINES) {
                json.writeStartObject();
            } else {
                json.writeStartArray();
            }
            for (int i = 0; i < columns.size(); i++) {
                if (form == Form.LINES) {
                    json.writeFieldName(columns.get(i).name());
                }
                ValueJson.write(json, columns.get(i).type(), batch.value(row, i), ValueJson.Form.RESULT);
            }
            if (form == Form.LINES) {
                json.writeEndObject();
            } else {
                json.writeEndArray();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Code, place and message of everything that was found. */
    static String failure(EngineException failed, Form form) {
        EngineFailure failure = failed.failure();
        return switch (failure) {
            case EngineFailure.Invalid invalid ->
                invalid.diagnostics().stream()
                        .map(Steps::diagnostic)
                        .collect(Collectors.joining(form == Form.LINES ? "\n" : " ; "));
            case EngineFailure.NotSupportedYet unsupported ->
                "not supported: " + unsupported.feature()
                        + unsupported
                                .span()
                                .map(s -> " at " + s.line() + ":" + s.column())
                                .orElse("");
            case EngineFailure.Denied denied -> "denied " + String.join(" ", denied.reasons());
            default -> failure.code() + ": " + failure.message();
        };
    }

    private static String diagnostic(Diagnostic found) {
        String place = found.span()
                .map(s -> s.line() + ":" + s.column() + " ")
                .orElse(found.line() > 0 ? "line " + found.line() + " " : "");
        return found.code() + " " + place + found.message();
    }

    static Map<String, JsonNode> members(JsonNode object) {
        Map<String, JsonNode> members = new java.util.LinkedHashMap<>();
        ((ObjectNode) object).properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
        return members;
    }
}
