package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Writes that are sent again, and writes that stand on a commit, over the API. */
@ExtendWith(RunningPrecinct.Extension.class)
class RepeatedWritesIT {
    private static final String GRAPHS = "/v1/tenants/forge/graphs";
    private static final String INSERT = "query add($id: String, $n: I64) { insert Counter { name: $id, value: $n } }";

    private final String graph = "repeats-" + UUID.randomUUID().toString().substring(0, 8);
    private final String path = GRAPHS + "/" + graph;
    private Api admin;

    @BeforeEach
    void newGraph(RunningPrecinct precinct) {
        admin = precinct.as("forge", "admin");
        ObjectNode body = Api.JSON
                .createObjectNode()
                .put("graph_id", graph)
                .put("schema_source", "node Counter { name: String @key  value: I64 }");
        Map<String, String> key = key("make " + graph);
        Api.Answer made = admin.post(GRAPHS, body, key).expect(200);
        assertThat(admin.post(GRAPHS, body, key).expect(200).body()).isEqualTo(made.body());
    }

    private static Map<String, String> key(String key) {
        return Map.of(
                "Idempotency-Key",
                UUID.nameUUIDFromBytes(key.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .toString());
    }

    private static ObjectNode insert(String id, long value) {
        ObjectNode body = Api.JSON.createObjectNode().put("query", INSERT);
        body.putObject("params").put("id", id).put("n", value);
        return body;
    }

    private String head() {
        return admin.get(path + "/snapshot")
                .expect(200)
                .json()
                .get("graph_commit_id")
                .asText();
    }

    private int commits() {
        return admin.get(path + "/commits").expect(200).json().get("commits").size();
    }

    @Test
    void thePageOfTheGuideRuns(RunningPrecinct precinct) throws Exception {
        assertThat(new Guide("retries", precinct.as("forge", "admin"), GRAPHS + "/accounts").run())
                .isEqualTo(4);
    }

    @Test
    void aWriteThatIsSentAgainIsAnsweredAndNotDoneAgain() {
        Map<String, String> key = key(graph);
        Api.Answer first = admin.post(path + "/mutate", insert("a", 1), key).expect(200);
        int before = commits();
        for (int again = 0; again < 3; again++) {
            Api.Answer repeated =
                    admin.post(path + "/mutate", insert("a", 1), key).expect(200);
            assertThat(repeated.body()).isEqualTo(first.body());
            assertThat(repeated.headers()).containsEntry("idempotency-replayed", List.of("true"));
        }
        assertThat(commits()).isEqualTo(before);
    }

    @Test
    void aKeyBelongsToOneRequestOfOneSubject(RunningPrecinct precinct) {
        Map<String, String> key = key(graph);
        admin.post(path + "/mutate", insert("a", 1), key).expect(200);
        assertThat(admin.post(path + "/mutate", insert("a", 2), key).expect(422).body())
                .contains("sent before with another request");
        assertThat(admin.post(path + "/branches", Api.JSON.createObjectNode().put("name", "side"), key)
                        .expect(422)
                        .body())
                .contains("sent before with another request");
        precinct.as("skyways", "admin")
                .post(
                        "/v1/tenants/skyways/graphs/network/tags",
                        Api.JSON.createObjectNode().put("name", graph),
                        key)
                .expect(200);
    }

    @Test
    void whatWasRefusedLeavesItsKeyFree() {
        Map<String, String> key = key(graph);
        admin.post(path + "/mutate", Api.JSON.createObjectNode().put("query", "nonsense"), key)
                .expect(400);
        admin.post(path + "/mutate", insert("a", 1), key).expect(200);
    }

    @Test
    void aStreamedLoadIsKnownByItsLines() {
        String lines = "{\"type\":\"Counter\",\"data\":{\"name\":\"a\",\"value\":1}}\n";
        Map<String, String> key = key(graph);
        Api.Answer first = load(lines, key).expect(200);
        assertThat(load(lines, key).expect(200).body()).isEqualTo(first.body());
        assertThat(load(lines.replace("1}", "2}"), key).expect(422).body())
                .contains("sent before with another request");
        assertThat(load(lines, Map.of()).status()).isEqualTo(409);
    }

    private Api.Answer load(String lines, Map<String, String> headers) {
        return admin.send(
                "POST", path + "/load/ndjson?mode=append", "application/x-ndjson", Optional.of(lines), headers);
    }

    @Test
    void branchesAndTagsAreMadeOnceToo() {
        ObjectNode side = Api.JSON.createObjectNode().put("name", "side");
        for (String list : List.of("/branches", "/tags")) {
            Map<String, String> key = key(graph + list);
            Api.Answer made = admin.post(path + list, side, key).expect(200);
            assertThat(admin.post(path + list, side, key).expect(200).body()).isEqualTo(made.body());
            admin.post(path + list, side).expect(409);
        }
    }

    @Test
    void ofRequestsWithOneKeyAtOnceOneIsDone() throws Exception {
        Map<String, String> key = key(graph);
        int before = commits();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Api.Answer>> calls = new ArrayList<>();
            for (int call = 0; call < 16; call++) {
                calls.add(() -> admin.post(path + "/mutate", insert("a", 1), key));
            }
            List<String> done = new ArrayList<>();
            for (Future<Api.Answer> answer : threads.invokeAll(calls)) {
                if (answer.get().status() == 409) {
                    assertThat(answer.get().body()).contains("is being carried out");
                } else {
                    done.add(answer.get().expect(200).body());
                }
            }
            assertThat(done).isNotEmpty().containsOnly(done.getFirst());
        }
        assertThat(commits()).isEqualTo(before + 1);
    }

    @Test
    void aKeyIsOneVisibleWord() {
        admin.post(path + "/mutate", insert("a", 1), Map.of("Idempotency-Key", "two words"))
                .expect(400);
        admin.post(path + "/mutate", insert("a", 1), Map.of("Idempotency-Key", "x".repeat(256)))
                .expect(400);
    }

    @Test
    void aConditionalWriteStandsOnTheCommitItNames() {
        String head = head();
        Map<String, String> onHead = Map.of("If-Match", "\"" + head + "\"");
        admin.post(path + "/mutate", insert("a", 1), onHead).expect(200);
        Api.Answer late = admin.post(path + "/mutate", insert("b", 1), onHead).expect(412);
        assertThat(late.json().at("/precondition_failure/expected").asText()).isEqualTo(head);
        assertThat(late.json().at("/precondition_failure/actual").asText()).isEqualTo(head());
        String lines = "{\"type\":\"Counter\",\"data\":{\"name\":\"c\",\"value\":1}}\n";
        load(lines, onHead).expect(412);
        load(lines, Map.of("If-Match", "\"" + head() + "\"")).expect(200);
        Map<String, String> schema = Map.of("If-Match", "\"" + head + "\"");
        admin.post(
                        path + "/schema/apply",
                        Api.JSON
                                .createObjectNode()
                                .put("schema_source", "node Counter { name: String @key  value: I64  more: I64? }"),
                        schema)
                .expect(412);
        admin.post(path + "/branches", Api.JSON.createObjectNode().put("name", "side"))
                .expect(200);
        admin.post(
                        path + "/branches/merge",
                        Api.JSON.createObjectNode().put("source", "side").put("target", "main"),
                        schema)
                .expect(412);
    }

    @Test
    void theCompatibleRouteTakesTheIdAsItIs() {
        String route = path + "/mutate/if-graph-commit";
        String header = "Omnigraph-If-Graph-Commit";
        String head = head();
        admin.post(route, insert("a", 1), Map.of(header, head)).expect(200);
        assertThat(admin.post(route, insert("b", 1), Map.of(header, head))
                        .expect(412)
                        .json()
                        .at("/precondition_failure/expected")
                        .asText())
                .isEqualTo(head);
        for (String wrong : List.of("*", "\"" + head + "\"", "W/\"" + head + "\"", head + "," + head, " ")) {
            admin.post(route, insert("b", 1), Map.of(header, wrong)).expect(400);
        }
        admin.post(route, insert("b", 1)).expect(400);
        admin.post(path + "/mutate", insert("b", 1), Map.of(header, head())).expect(400);
    }

    @Test
    void aConditionThatWouldNotBeHeededIsRefused() {
        Map<String, String> onHead = Map.of("If-Match", "\"" + head() + "\"");
        admin.post(path + "/branches", Api.JSON.createObjectNode().put("name", "side"), onHead)
                .expect(400);
        admin.post(path + "/mutate", insert("b", 1), Map.of("If-Match", "*")).expect(400);
        admin.post(path + "/mutate", insert("b", 1), Map.of("If-Match", head())).expect(400);
    }
}
