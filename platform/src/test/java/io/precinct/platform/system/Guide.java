package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the user's guide, run sample by sample: {@code pg} creates the graph, {@code jsonl} loads, {@code http} sends,
 * with headers as lines of their own, and a {@code json} after it is the answer, with … for what differs from run to run. {@code {commit}} and
 * {@code {time}} stand for the last commit that an answer told, and for its time, {@code {cursor}} for the last cursor.
 */
record Guide(String page, Api api, String graph) {
    private static final Pattern FENCE = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

    private static final Pattern HEADER = Pattern.compile("([A-Za-z-]+): (.*)\\n");

    private record Fence(String language, String text) {}

    /** How many answers were compared. */
    int run() throws IOException {
        List<Fence> fences = fences();
        int answered = 0;
        String commit = "";
        String time = "";
        String cursor = "";
        for (int at = 0; at < fences.size(); at++) {
            Fence fence = fences.get(at);
            switch (fence.language()) {
                case "pg" ->
                    api.post(graph.substring(0, graph.lastIndexOf('/')), created(fence.text()))
                            .expect(200);
                case "jsonl" ->
                    api.postNdjson(graph + "/load/ndjson?mode=append", fence.text())
                            .expect(200);
                case "http" -> {
                    String text = fence.text()
                            .replace("{commit}", commit)
                            .replace("{time}", time)
                            .replace("{cursor}", cursor);
                    String[] lines = text.split("\n", 2);
                    Api.Answer answer = sent(lines);
                    JsonNode told = answer.json().at("/commit");
                    commit = told.path("graph_commit_id").asText(commit);
                    time = told.path("created_at").asText(time);
                    cursor = answer.json().path("cursor").asText(cursor);
                    boolean shows = at + 1 < fences.size()
                            && fences.get(at + 1).language().equals("json");
                    if (!shows) {
                        answer.expect(200);
                    } else {
                        JsonNode shown = Api.JSON.readTree(fences.get(at + 1).text());
                        if (shown.has("error")) {
                            assertThat(answer.status()).as(answer.body()).isGreaterThanOrEqualTo(400);
                        } else {
                            answer.expect(200);
                        }
                        expect(shown, answer.json(), lines[0]);
                        answered++;
                    }
                }
                case "json" -> {}
                default -> throw new AssertionError("no way to run a sample of " + fence.language());
            }
        }
        return answered;
    }

    private ObjectNode created(String schema) {
        return Api.JSON
                .createObjectNode()
                .put("graph_id", graph.substring(graph.lastIndexOf('/') + 1))
                .put("schema_source", schema);
    }

    private Api.Answer sent(String[] lines) throws IOException {
        String[] request = lines[0].trim().split(" ", 2);
        String path = graph + request[1];
        return switch (request[0]) {
            case "GET" -> api.get(path);
            case "DELETE" -> api.delete(path);
            case "POST" -> {
                // Lines of the form "Name: value" in front of the body are headers.
                String rest = lines[1];
                Map<String, String> headers = new LinkedHashMap<>();
                Matcher header = HEADER.matcher(rest);
                while (header.lookingAt()) {
                    headers.put(header.group(1), header.group(2));
                    rest = rest.substring(header.end());
                    header = HEADER.matcher(rest);
                }
                yield api.post(path, Api.JSON.readTree(rest), headers);
            }
            default -> throw new AssertionError("no way to send " + lines[0]);
        };
    }

    private List<Fence> fences() throws IOException {
        List<Fence> fences = new ArrayList<>();
        Matcher matcher = FENCE.matcher(Files.readString(Path.of("..", "docs", "user", page + ".md")));
        while (matcher.find()) {
            fences.add(new Fence(matcher.group(1), matcher.group(2)));
        }
        return fences;
    }

    private static void expect(JsonNode shown, JsonNode answer, String at) {
        if (shown.isTextual() && shown.textValue().equals("…")) {
            assertThat(answer.isMissingNode() || answer.isNull()).as(at).isFalse();
        } else if (shown.isObject()) {
            List<String> names = new ArrayList<>();
            shown.fieldNames().forEachRemaining(names::add);
            List<String> met = new ArrayList<>();
            answer.fieldNames().forEachRemaining(met::add);
            assertThat(met).as(at).containsExactlyInAnyOrderElementsOf(names);
            names.forEach(name -> expect(shown.get(name), answer.get(name), at + "/" + name));
        } else if (shown.isArray()) {
            assertThat(answer.size()).as(at).isEqualTo(shown.size());
            for (int i = 0; i < shown.size(); i++) {
                expect(shown.get(i), answer.get(i), at + "/" + i);
            }
        } else {
            assertThat(answer).as(at).isEqualTo(shown);
        }
    }
}
