package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tags and the past over the API. */
@ExtendWith(RunningPrecinct.Extension.class)
class HistoryIT {
    private static final String NETWORK = "/v1/tenants/skyways/graphs/network";

    private static ObjectNode body() {
        return Api.JSON.createObjectNode();
    }

    @Test
    void thePageOfTheGuideRuns(RunningPrecinct precinct) throws Exception {
        assertThat(new Guide("history", precinct.as("forge", "admin"), "/v1/tenants/forge/graphs/weights").run())
                .isGreaterThanOrEqualTo(8);
    }

    @Test
    void rulesHoldForThePastAndWhoOnlyReadsTagsNothing(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        Api analyst = precinct.as("skyways", "west-analyst");
        admin.post(NETWORK + "/tags", body().put("name", "opening")).expect(200);
        String count = "query q() { match { $a: Airport } return { count($a) as n } }";
        long now =
                analyst.query(NETWORK, count).expect(200).json().at("/rows/0/n").asLong();
        assertThat(analyst.post(NETWORK + "/query", body().put("tag", "opening").put("query", count))
                        .expect(200)
                        .json()
                        .at("/rows/0/n")
                        .asLong())
                .isEqualTo(now)
                .isLessThan(3_376);
        assertThat(analyst.get(NETWORK + "/tags").expect(200).body()).contains("opening");
        analyst.post(NETWORK + "/tags", body().put("name", "mine")).expect(403);
        analyst.delete(NETWORK + "/tags/opening").expect(403);
        admin.post(NETWORK + "/query", body().put("tag", "nothing").put("query", count))
                .expect(404);
        admin.post(
                        NETWORK + "/query",
                        body().put("tag", "opening").put("branch", "main").put("query", count))
                .expect(400);
        admin.post(NETWORK + "/query", body().put("at", "yesterday").put("query", count))
                .expect(400);
        admin.delete(NETWORK + "/tags/opening").expect(200);
        admin.delete(NETWORK + "/tags/opening").expect(404);
    }

    @Test
    void theFeedGoesOnFromABaselineUnderTheRulesOfItsReader(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        Api analyst = precinct.as("skyways", "west-analyst");
        String start = analyst.get(NETWORK + "/changes")
                .expect(200)
                .json()
                .at("/cursor")
                .asText();
        String baseline =
                admin.post(NETWORK + "/changes/baseline", body()).expect(200).body();
        String last = baseline.lines().reduce((one, other) -> other).orElseThrow();
        assertThat(baseline.lines().count()).isGreaterThan(3_376);
        assertThat(last).startsWith("{\"baseline\":{\"snapshot_commit_id\":\"");
        assertThat(admin.get(NETWORK + "/changes?cursor=" + cursor(last))
                        .expect(200)
                        .json()
                        .at("/caught_up")
                        .asBoolean())
                .isTrue();
        // What one reader was given is no beginning for another.
        assertThat(analyst.get(NETWORK + "/changes?cursor=" + cursor(last))
                        .expect(400)
                        .body())
                .contains("change cursor rejected: ");
        analyst.get(NETWORK + "/changes?cursor=" + start).expect(200);
        analyst.get(NETWORK + "/changes?cursor=" + start + "&start=now").expect(400);
        analyst.get(NETWORK + "/changes?start=yesterday").expect(400);
        analyst.get(NETWORK + "/changes?limit=513").expect(400);
        analyst.get(NETWORK + "/changes?type=Nothing").expect(400);
        analyst.get(NETWORK + "/changes?branch=nothing").expect(404);
    }

    private static String cursor(String line) {
        try {
            return Api.JSON.readTree(line).at("/baseline/resume_cursor").asText();
        } catch (com.fasterxml.jackson.core.JsonProcessingException broken) {
            throw new AssertionError(line, broken);
        }
    }
}
