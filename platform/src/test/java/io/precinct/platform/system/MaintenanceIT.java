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
}
