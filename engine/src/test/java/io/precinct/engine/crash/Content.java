package io.precinct.engine.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.Target;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the main branch holds.
 *
 * @param events how many there are of each tag
 * @param items value by name
 */
record Content(Map<String, Integer> events, Map<String, Long> items) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Content of(Graph graph) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        graph.export(graph.snapshot(new Target.Branch(BranchName.MAIN)), Set.of(), AccessGate.UNRESTRICTED, out);
        Map<String, Integer> events = new TreeMap<>();
        Map<String, Long> items = new TreeMap<>();
        for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            JsonNode record = JSON.readTree(line);
            JsonNode data = record.get("data");
            if (record.get("type").asText().equals("Event")) {
                events.merge(data.get("tag").asText(), 1, Integer::sum);
            } else if (items.put(data.get("name").asText(), data.get("value").asLong()) != null) {
                throw new AssertionError("twice in the graph: " + line);
            }
        }
        return new Content(events, items);
    }
}
