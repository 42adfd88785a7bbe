package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Branches merged over the API. */
@ExtendWith(RunningPrecinct.Extension.class)
class BranchMergeIT {
    private static final Path PAGE = Path.of("..", "docs", "user", "branches.md");
    private static final Pattern FENCE = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
    private static final String NETWORK = "/v1/tenants/skyways/graphs/network";

    private record Fence(String language, String text) {}

    private static ObjectNode body() {
        return Api.JSON.createObjectNode();
    }

    private static List<Fence> fences() throws Exception {
        List<Fence> fences = new ArrayList<>();
        Matcher matcher = FENCE.matcher(Files.readString(PAGE));
        while (matcher.find()) {
            fences.add(new Fence(matcher.group(1), matcher.group(2)));
        }
        return fences;
    }

    /** The answer with a dot for what differs from run to run: wherever the page has one. */
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

    @Test
    void thePageOfTheGuideRuns(RunningPrecinct precinct) throws Exception {
        Api admin = precinct.as("forge", "admin");
        String graph = "/v1/tenants/forge/graphs/branching";
        List<Fence> fences = fences();
        int answered = 0;
        String commit = "";
        for (int at = 0; at < fences.size(); at++) {
            Fence fence = fences.get(at);
            switch (fence.language()) {
                case "pg" ->
                    admin.post(
                                    "/v1/tenants/forge/graphs",
                                    body().put("graph_id", "branching").put("schema_source", fence.text()))
                            .expect(200);
                case "jsonl" ->
                    admin.postNdjson(graph + "/load/ndjson?mode=append", fence.text())
                            .expect(200);
                case "http" -> {
                    String[] lines = fence.text().split("\n", 2);
                    String[] request = lines[0].trim().split(" ", 2);
                    String path = graph + request[1].replace("{commit}", commit);
                    Api.Answer answer =
                            request[0].equals("GET") ? admin.get(path) : admin.post(path, Api.JSON.readTree(lines[1]));
                    commit = answer.json().at("/commit/graph_commit_id").asText(commit);
                    boolean shows = at + 1 < fences.size()
                            && fences.get(at + 1).language().equals("json");
                    if (!shows) {
                        answer.expect(200);
                    } else {
                        JsonNode shown = Api.JSON.readTree(fences.get(at + 1).text());
                        answer.expect(shown.has("error") ? 409 : 200);
                        expect(shown, answer.json(), lines[0]);
                        answered++;
                    }
                }
                case "json" -> {}
                default -> throw new AssertionError("no way to run a sample of " + fence.language());
            }
        }
        assertThat(answered).isGreaterThanOrEqualTo(5);
        assertThat(admin.query(graph, "query q() { match { $p: Part { code: \"bolt\" } } return { $p.weight as w } }")
                        .expect(200)
                        .json()
                        .at("/rows/0/w")
                        .intValue())
                .isEqualTo(9);
    }

    @Test
    void aMergedBranchIsDeletedWhenAskedAndTheTrailTellsTheCommit(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        admin.post(NETWORK + "/branches", body().put("name", "draft")).expect(200);
        admin.post(
                        NETWORK + "/mutate",
                        body().put("branch", "draft")
                                .put(
                                        "query",
                                        "query i() { insert Airport { iata: \"QQQ\", name: \"Q\", city: \"Q\", state: \"WA\", country: \"USA\", latitude: 1.0, longitude: 1.0 } }"))
                .expect(200);
        JsonNode merged = admin.post(
                        NETWORK + "/branches/merge",
                        body().put("source", "draft").put("delete_branch", true))
                .expect(200)
                .json();
        assertThat(merged.get("branch_deleted").booleanValue()).isTrue();
        assertThat(admin.get(NETWORK + "/branches")
                        .expect(200)
                        .json()
                        .get("branches")
                        .toString())
                .doesNotContain("draft");
        String commit = merged.at("/commit/graph_commit_id").textValue();
        assertThat(admin.get("/v1/tenants/skyways/audit?operation=branches.merge")
                        .expect(200)
                        .body())
                .contains(commit);
        admin.post(NETWORK + "/mutate", body().put("query", "query d() { delete Airport where iata = \"QQQ\" }"))
                .expect(200);
    }

    @Test
    void whoSeesAPartMergesNothingAndPreviewsNothing(RunningPrecinct precinct) {
        precinct.as("skyways", "admin")
                .post(NETWORK + "/branches", body().put("name", "hers"))
                .expect(200);
        for (String user : List.of("west-analyst", "guest")) {
            Api caller = precinct.as("skyways", user);
            for (String route : List.of("/branches/merge", "/branches/merge:preview")) {
                assertThat(caller.post(NETWORK + route, body().put("source", "hers"))
                                .status())
                        .as(user + route)
                        .isIn(403, 404);
            }
        }
        precinct.as("skyways", "admin").delete(NETWORK + "/branches/hers").expect(200);
    }

    @Test
    void aReaderIsToldOnlyOfTheChangesThatItSees(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        String commit = admin.postNdjson(NETWORK + "/load/ndjson?mode=append", """
                        {"type":"Airport","data":{"iata":"YY1","name":"n","state":"WA","country":"USA","latitude":1.5,"longitude":2.5}}
                        {"type":"Airport","data":{"iata":"YY2","name":"n","state":"NY","country":"USA","latitude":1.5,"longitude":2.5}}
                        """)
                .expect(200)
                .json()
                .at("/commit/graph_commit_id")
                .textValue();
        String changes = NETWORK + "/commits/" + commit + "/changes";
        assertThat(admin.get(changes).expect(200).json().get("changes").findValuesAsText("op"))
                .containsExactly("insert", "insert");
        JsonNode western =
                precinct.as("skyways", "west-analyst").get(changes).expect(200).json();
        assertThat(western.get("changes").size()).isEqualTo(1);
        assertThat(western.at("/changes/0/id").textValue()).isEqualTo("YY1");
        JsonNode guest =
                precinct.as("skyways", "guest").get(changes).expect(200).json();
        assertThat(guest.at("/changes/0/after/properties/latitude").isNull()).isTrue();
        JsonNode first = admin.get(changes + "?limit=1").expect(200).json();
        assertThat(admin.get(changes + "?limit=1&page_token="
                                + first.get("next_page_token").textValue())
                        .expect(200)
                        .json()
                        .at("/changes/0/id")
                        .textValue())
                .isEqualTo("YY2");
        admin.get(changes + "?op=upsert").expect(400);
        admin.get(changes + "?limit=0").expect(400);
        admin.get(changes + "?type=Nothing").expect(400);
        admin.get(changes + "?page_token=AAAA").expect(400);
        for (String iata : List.of("YY1", "YY2")) {
            admin.post(
                            NETWORK + "/mutate",
                            body().put("query", "query d() { delete Airport where iata = \"" + iata + "\" }"))
                    .expect(200);
        }
    }

    @Test
    void whatIsNoMergeIsRefusedWithWhatToDo(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        admin.post(NETWORK + "/branches/merge", body()).expect(400);
        admin.post(NETWORK + "/branches/merge", body().put("source", "main")).expect(409);
        admin.post(NETWORK + "/branches/merge", body().put("source", "nowhere")).expect(404);
        assertThat(admin.post(
                                NETWORK + "/branches/merge",
                                body().put("source", "main").put("otherwise", "both"))
                        .expect(400)
                        .body())
                .contains("fail, ours, theirs");
    }

    @Test
    void aLoadMakesItsBranchOrNothing(RunningPrecinct precinct) throws Exception {
        Api admin = precinct.as("skyways", "admin");
        String line =
                "{\"type\":\"Airport\",\"data\":{\"iata\":\"QQR\",\"name\":\"Q\",\"city\":\"Q\",\"state\":\"WA\",\"country\":\"USA\","
                        + "\"latitude\":1.0,\"longitude\":1.0}}\n";
        ObjectNode into = body().put("branch", "loaded").put("from", "main").put("mode", "append");
        JsonNode refused = admin.post(NETWORK + "/load", into.deepCopy().put("data", "{\"type\":\"Nothing\"}\n"))
                .expect(400)
                .json();
        assertThat(refused.toString()).contains("Nothing");
        assertThat(admin.get(NETWORK + "/branches").expect(200).body())
                .as("a load that failed leaves no branch")
                .doesNotContain("loaded");
        JsonNode made = admin.post(NETWORK + "/load", into.deepCopy().put("data", line))
                .expect(200)
                .json();
        assertThat(made.get("branch_created").booleanValue()).isTrue();
        assertThat(made.get("base_branch").textValue()).isEqualTo("main");
        JsonNode again = admin.post(
                        NETWORK + "/load", into.deepCopy().put("mode", "merge").put("data", line))
                .expect(200)
                .json();
        assertThat(again.get("branch_created").booleanValue()).isFalse();
        assertThat(again.has("base_branch")).isFalse();
        admin.post(
                        NETWORK + "/load",
                        body().put("branch", "other").put("from", "none").put("data", line))
                .expect(404);
        admin.post(NETWORK + "/load", body().put("branch", "other").put("data", line))
                .expect(404);
        admin.delete(NETWORK + "/branches/loaded").expect(200);
    }

    @Test
    void theOldSpellingReadsLenientlyAndSaysThatItIsOld(RunningPrecinct precinct) {
        Api admin = precinct.as("forge", "admin");
        admin.post(
                        "/v1/tenants/forge/graphs",
                        body().put("graph_id", "lenient").put("schema_source", "node T { name: String @key }"))
                .expect(200);
        String graph = "/v1/tenants/forge/graphs/lenient";
        String spread = "{\"type\":\"T\",\n\"data\":{\"name\":\"a\",\"colour\":\"red\"}}";
        admin.post(graph + "/load", body().put("data", spread)).expect(400);
        Api.Answer answer =
                admin.post(graph + "/ingest", body().put("data", spread)).expect(200);
        assertThat(answer.json().get("total_entities").intValue()).isEqualTo(1);
        assertThat(answer.headers().get("deprecation")).contains("true");
    }
}
