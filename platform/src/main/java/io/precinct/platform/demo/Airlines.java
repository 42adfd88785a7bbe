package io.precinct.platform.demo;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.util.Map;

/** The airports and routes of the demonstration as JSONL records; "NA" in a text column means not known. */
final class Airlines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Airlines() {}

    static void writeTo(Writer out) throws IOException {
        rows("airports.csv", row -> {
            ObjectNode data = JSON.createObjectNode();
            data.put("iata", row.get("iata"));
            data.put("name", row.get("name"));
            known(data, "city", row.get("city"));
            known(data, "state", row.get("state"));
            data.put("country", row.get("country"));
            data.put("latitude", Double.parseDouble(row.get("latitude")));
            data.put("longitude", Double.parseDouble(row.get("longitude")));
            line(out, JSON.createObjectNode().put("type", "Airport").set("data", data));
        });
        rows("flights-airport.csv", row -> {
            ObjectNode record = JSON.createObjectNode();
            record.put("edge", "Route").put("from", row.get("origin")).put("to", row.get("destination"));
            record.set("data", JSON.createObjectNode().put("flights", Integer.parseInt(row.get("count"))));
            line(out, record);
        });
    }

    private static void known(ObjectNode data, String name, String value) {
        if (!value.isEmpty() && !value.equals("NA")) {
            data.put(name, value);
        }
    }

    private static void line(Writer out, com.fasterxml.jackson.databind.JsonNode record) throws IOException {
        out.write(JSON.writeValueAsString(record));
        out.write('\n');
    }

    private static void rows(String file, RowSink sink) throws IOException {
        try (InputStream in = Airlines.class.getResourceAsStream("/demo/skyways/" + file);
                MappingIterator<Map<String, String>> rows = new CsvMapper()
                        .readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader())
                        .readValues(in)) {
            while (rows.hasNext()) {
                sink.row(rows.next());
            }
        }
    }

    @FunctionalInterface
    private interface RowSink {
        void row(Map<String, String> row) throws IOException;
    }
}
