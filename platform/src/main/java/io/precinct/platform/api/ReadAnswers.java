package io.precinct.platform.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.google.common.io.CountingOutputStream;
import io.precinct.engine.Target;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.schema.ValueJson;
import io.precinct.platform.run.Outcome;
import io.precinct.platform.run.QueryRun;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/** Writes the answer of a read while its rows are still being pulled; nothing is collected in between. */
public final class ReadAnswers {
    private final ObjectMapper json;

    public ReadAnswers(ObjectMapper json) {
        this.json = json;
    }

    JsonNode parameters(Optional<JsonNode> given) {
        return given.orElseGet(NullNode::getInstance);
    }

    /** Closes the outcome. A failure after the first byte breaks the stream, so that no one takes a part for the whole. */
    void write(Outcome<QueryRun> outcome, OutputStream out) throws IOException {
        try (outcome) {
            QueryRun run = outcome.value();
            CountingOutputStream counted = new CountingOutputStream(out);
            JsonGenerator generator = json.getFactory().createGenerator(counted);
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.writeStartObject();
            generator.writeStringField("query_name", run.queryName());
            generator.writeObjectFieldStart("target");
            switch (run.target()) {
                case Target.Branch branch ->
                    generator.writeStringField("branch", branch.name().value());
                case Target.AtCommit commit ->
                    generator.writeStringField("snapshot", commit.id().value());
            }
            generator.writeEndObject();
            generator.writeStringField("graph_commit_id", run.commit().value());
            generator.writeStringField("decision_id", run.decision().decisionId());
            List<RowCursor.ResultColumn> columns = run.cursor().columns();
            generator.writeArrayFieldStart("columns");
            for (RowCursor.ResultColumn column : columns) {
                generator.writeString(column.name());
            }
            generator.writeEndArray();
            generator.writeArrayFieldStart("rows");
            Optional<String> cutBy = rows(run, columns, generator, counted);
            generator.writeEndArray();
            generator.writeNumberField("row_count", run.written().get());
            generator.writeBooleanField("truncated", cutBy.isPresent());
            if (cutBy.isPresent()) {
                generator.writeStringField("truncated_by", cutBy.get());
            }
            generator.writeEndObject();
            generator.close();
        } catch (IOException | RuntimeException | Error broken) {
            outcome.failed(broken);
            throw broken;
        }
    }

    /** What of rows and bytes ran out before the rows did. */
    private static Optional<String> rows(
            QueryRun run, List<RowCursor.ResultColumn> columns, JsonGenerator generator, CountingOutputStream counted)
            throws IOException {
        for (Optional<RowCursor.ResultBatch> batch = run.cursor().next();
                batch.isPresent();
                batch = run.cursor().next()) {
            for (int row = 0; row < batch.get().rows(); row++) {
                if (run.written().get() == run.limits().maxRows()) {
                    return Optional.of("rows");
                }
                if (counted.getCount() + generator.getOutputBuffered()
                        >= run.limits().maxBytes()) {
                    return Optional.of("bytes");
                }
                generator.writeStartObject();
                for (int column = 0; column < columns.size(); column++) {
                    generator.writeFieldName(columns.get(column).name());
                    ValueJson.write(
                            generator,
                            columns.get(column).type(),
                            batch.get().value(row, column),
                            ValueJson.Form.RESULT);
                }
                generator.writeEndObject();
                run.written().incrementAndGet();
            }
        }
        return Optional.empty();
    }
}
