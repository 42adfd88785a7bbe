package io.precinct.engine.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Target;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A graph of people and whom they know, in the few words that tests of stores need. Thread-safe. */
record SmallGraph(Graph graph) {
    static final String SCHEMA = """
            node Person { name: String @key  age: I32  note: String? }
            edge Knows: Person -> Person { since: I32? }
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Inserts so many people, each of whom knows the one before, in fragments if there are more than a few. */
    void load(String prefix, int from, int to) {
        load(BranchName.MAIN, prefix, from, to);
    }

    void load(BranchName branch, String prefix, int from, int to) {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("{\"type\":\"Person\",\"data\":{\"name\":\"%s%d\",\"age\":%d,\"note\":\"%s\"}}\n"
                    .formatted(prefix, i, i, "n".repeat(200)));
        }
        for (int i = from + 1; i < to; i++) {
            lines.append("{\"edge\":\"Knows\",\"from\":\"%s%d\",\"to\":\"%s%d\",\"data\":{\"since\":%d}}\n"
                    .formatted(prefix, i, prefix, i - 1, i));
        }
        graph.load(
                branch,
                LoadMode.APPEND,
                new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                LocalEngine.BY);
    }

    /** One small write. */
    void insert(String name, int age) {
        mutate(BranchName.MAIN, "query m() { insert Person { name: \"%s\", age: %d } }".formatted(name, age));
    }

    void update(String name, int age) {
        mutate(BranchName.MAIN, "query m() { update Person set { age: %d } where name = \"%s\" }".formatted(age, name));
    }

    void delete(String name) {
        mutate(BranchName.MAIN, "query m() { delete Person where name = \"%s\" }".formatted(name));
    }

    void mutate(BranchName branch, String text) {
        CheckedStatement.Write write = (CheckedStatement.Write)
                graph.compile(graph.snapshot(new Target.Branch(branch)), text, Optional.empty());
        graph.mutate(branch, write, JSON.createObjectNode(), AccessGate.UNRESTRICTED, LocalEngine.BY);
    }

    /** Age by name, of the main branch. */
    Map<String, Integer> content() {
        return content(new Target.Branch(BranchName.MAIN));
    }

    Map<String, Integer> content(Target target) {
        Map<String, Integer> people = new TreeMap<>();
        try {
            for (String line : export(target).lines().toList()) {
                JsonNode record = JSON.readTree(line);
                if (record.path("type").asText().equals("Person")) {
                    people.put(
                            record.get("data").get("name").asText(),
                            record.get("data").get("age").asInt());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return people;
    }

    /** Every entity, as lines. */
    String export(Target target) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        graph.export(graph.snapshot(target), Set.of(), AccessGate.UNRESTRICTED, out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
