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
                    Api.Answer answer = admin.post(
                            graph + lines[0].substring("POST ".length()).trim(), Api.JSON.readTree(lines[1]));
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
}
