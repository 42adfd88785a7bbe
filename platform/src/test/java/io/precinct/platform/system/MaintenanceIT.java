package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Upkeep as an administrator sees it: asked for, run by the scheduler with a system subject, told in log and trail. */
@ExtendWith(RunningPrecinct.Extension.class)
class MaintenanceIT {
    @Test
    void requestedRunFoldsAndSaysWhatItDid(RunningPrecinct precinct) throws Exception {
        Api admin = precinct.as("forge", "admin");
        admin.post(
                        "/v1/tenants/forge/graphs",
                        Api.JSON
                                .createObjectNode()
                                .put("graph_id", "upkeep")
                                .put("schema_source", "node Note { text: String }"))
                .expect(200);
        admin.post(
                        "/v1/tenants/forge/graphs/upkeep/mutate",
                        Api.JSON.createObjectNode().put("query", "query n() { insert Note { text: \"one\" } }"))
                .expect(200);
        JsonNode run = admin.post("/v1/tenants/forge/maintenance/optimize", Api.JSON.createObjectNode())
                .expect(200)
                .json();
        Instant end = Instant.now().plusSeconds(60);
        JsonNode now = run;
        while (!now.get("state").asText().equals("succeeded")) {
            assertThat(now.get("state").asText()).as(now.toString()).isIn("pending", "running");
            assertThat(Instant.now()).as("a run takes less than a minute").isBefore(end);
            Thread.sleep(200);
            for (JsonNode one :
                    admin.get("/v1/tenants/forge/jobs").expect(200).json().get("runs")) {
                if (one.get("id").equals(run.get("id"))) {
                    now = one;
                }
            }
        }
        assertThat(now.get("summary").asText()).contains("upkeep.Note: folded 1 inline rows");
        JsonNode commits = admin.get("/v1/tenants/forge/graphs/upkeep/commits")
                .expect(200)
                .json()
                .get("commits");
        assertThat(commits.get(0).get("kind").asText()).isEqualTo("upkeep");
        assertThat(commits.get(0).get("actor_id").asText()).isEqualTo("system:compact");
        assertThat(admin.get("/v1/tenants/forge/audit?actor=system:compact&graph=upkeep")
                        .expect(200)
                        .json()
                        .get("records"))
                .isNotEmpty();
    }

    @Test
    void windowsAreReplacedByCompareAndSet(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        JsonNode windows =
                admin.get("/v1/tenants/skyways/maintenance/windows").expect(200).json();
        admin.send(
                        "PUT",
                        "/v1/tenants/skyways/maintenance/windows",
                        "application/json",
                        java.util.Optional.of(windows.toString()))
                .expect(200);
        admin.send(
                        "PUT",
                        "/v1/tenants/skyways/maintenance/windows",
                        "application/json",
                        java.util.Optional.of(windows.toString()))
                .expect(409);
        precinct.as("skyways", "guest").get("/v1/tenants/skyways/jobs").expect(403);
    }

    @Test
    void whatIsStoredIsLookedAtForDamageByThoseWhoMaintain(RunningPrecinct precinct) {
        JsonNode report = precinct.as("skyways", "admin")
                .post("/v1/tenants/skyways/graphs/network/verify", Api.JSON.createObjectNode())
                .expect(200)
                .json();
        assertThat(report.get("sound").booleanValue()).as(report.toString()).isTrue();
        assertThat(report.get("records").longValue()).isPositive();
        assertThat(report.get("versions").longValue()).isPositive();
        precinct.as("skyways", "guest")
                .post("/v1/tenants/skyways/graphs/network/verify", Api.JSON.createObjectNode())
                .expect(403);
    }

    @Test
    void oldHistoryGoesOnlyWhenThatIsConfirmed(RunningPrecinct precinct) {
        Api admin = precinct.as("forge", "admin");
        String graph = "/v1/tenants/forge/graphs/shortlived";
        admin.post(
                        "/v1/tenants/forge/graphs",
                        Api.JSON
                                .createObjectNode()
                                .put("graph_id", "shortlived")
                                .put("schema_source", "node Note { text: String }"))
                .expect(200);
        for (String text : new String[] {"one", "two", "three"}) {
            admin.post(
                            graph + "/mutate",
                            Api.JSON
                                    .createObjectNode()
                                    .put("query", "query n() { insert Note { text: \"" + text + "\" } }"))
                    .expect(200);
        }
        JsonNode commits = admin.get(graph + "/commits").expect(200).json().get("commits");
        String old = commits.get(1).get("graph_commit_id").asText();
        String cleanup = graph + "/maintenance/cleanup";

        JsonNode preview = admin.post(cleanup, Api.JSON.createObjectNode().put("keep", 1))
                .expect(200)
                .json();
        assertThat(preview.get("confirmed").booleanValue()).isFalse();
        assertThat(preview.get("objects").longValue()).isPositive();
        admin.get(graph + "/commits/" + old).expect(200);

        admin.post(cleanup, Api.JSON.createObjectNode().put("confirm", true)).expect(400);
        admin.post(cleanup, Api.JSON.createObjectNode().put("older_than", "yesterday"))
                .expect(400);
        admin.post(cleanup, Api.JSON.createObjectNode().put("keep", 0)).expect(400);
        precinct.as("skyways", "guest")
                .post(
                        "/v1/tenants/skyways/graphs/network/maintenance/cleanup",
                        Api.JSON.createObjectNode().put("keep", 1))
                .expect(403);

        JsonNode done = admin.post(
                        cleanup, Api.JSON.createObjectNode().put("keep", 1).put("confirm", true))
                .expect(200)
                .json();
        assertThat(done.get("complete").booleanValue()).as(done.toString()).isTrue();
        assertThat(done.get("objects").longValue())
                .isEqualTo(preview.get("objects").longValue());
        assertThat(done.get("oldest").get(0).get("graph_commit_id"))
                .isEqualTo(commits.get(0).get("graph_commit_id"));
        assertThat(admin.post(
                                graph + "/query",
                                Api.JSON
                                        .createObjectNode()
                                        .put("query", "query q() { match { $n: Note } return { $n.text } }"))
                        .expect(200)
                        .json()
                        .get("row_count")
                        .intValue())
                .isEqualTo(3);
        assertThat(admin.post(graph + "/verify", Api.JSON.createObjectNode())
                        .expect(200)
                        .json()
                        .get("sound")
                        .booleanValue())
                .isTrue();
    }
}
