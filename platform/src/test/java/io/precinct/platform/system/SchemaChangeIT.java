package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A schema that is planned, applied and linted against, over the API. */
@ExtendWith(RunningPrecinct.Extension.class)
class SchemaChangeIT {
    private static final String GRAPH = "/v1/tenants/forge/graphs/evolving";
    private static final String FIRST = "node Part { code: String @key  weight: I32? }";

    private static ObjectNode schema(String source) {
        return Api.JSON.createObjectNode().put("schema_source", source);
    }

    @Test
    void anAdministratorPlansAppliesAndLints(RunningPrecinct precinct) {
        Api admin = precinct.as("forge", "admin");
        admin.post("/v1/tenants/forge/graphs", schema(FIRST).put("graph_id", "evolving"))
                .expect(200);
        admin.postNdjson(GRAPH + "/load/ndjson", "{\"type\":\"Part\",\"data\":{\"code\":\"a\",\"weight\":7}}\n")
                .expect(200);
        String wider =
                "node Item @rename_from(\"Part\") { code: String @key  weight: I64?  colour: String @backfill(\"red\") }";

        JsonNode plan =
                admin.post(GRAPH + "/schema/plan", schema(wider)).expect(200).json();
        assertThat(plan.get("supported").booleanValue()).isTrue();
        assertThat(plan.get("steps").findValuesAsText("kind"))
                .containsExactly("rename_type", "add_property", "change_property_type");
        assertThat(plan.get("warnings")).isEmpty();

        JsonNode applied =
                admin.post(GRAPH + "/schema/apply", schema(wider)).expect(200).json();
        assertThat(applied.get("applied").booleanValue()).isTrue();
        assertThat(applied.get("step_count").intValue()).isEqualTo(3);
        assertThat(applied.get("uri").textValue()).isEqualTo(GRAPH);
        assertThat(applied.get("steps")).isEqualTo(plan.get("steps"));
        assertThat(admin.query(GRAPH, "query q() { match { $i: Item } return { $i.weight as w, $i.colour as c } }")
                        .expect(200)
                        .json()
                        .get("rows")
                        .get(0)
                        .toString())
                .isEqualTo("{\"w\":7,\"c\":\"red\"}");
        JsonNode again =
                admin.post(GRAPH + "/schema/apply", schema(wider)).expect(200).json();
        assertThat(again.get("applied").booleanValue()).isFalse();
        assertThat(again.get("graph_manifest_version")).isEqualTo(applied.get("graph_manifest_version"));

        JsonNode refused = admin.post(GRAPH + "/schema/apply", schema(wider.replace("I64?", "String?")))
                .expect(400)
                .json();
        assertThat(refused.toString()).contains("OG-MF-106").contains("node:Item.weight");

        JsonNode report = admin.post(
                        GRAPH + "/lint",
                        Api.JSON
                                .createObjectNode()
                                .put("query", "query q($c: String) { update Item set { colour: $c } where code = $c }")
                                .put("name", "items.gq"))
                .expect(200)
                .json();
        assertThat(report.get("status").textValue()).isEqualTo("ok");
        assertThat(report.get("query_path").textValue()).isEqualTo("items.gq");
        assertThat(report.get("schema_source").toString()).isEqualTo("{\"kind\":\"graph\",\"uri\":\"" + GRAPH + "\"}");
        assertThat(report.get("findings").findValuesAsText("code")).containsExactly("L201");
    }

    @Test
    void whoMayOnlyReadChangesNoSchemaAndLintsOnlyWhatIsSeenWhole(RunningPrecinct precinct) {
        Api analyst = precinct.as("skyways", "west-analyst");
        String network = "/v1/tenants/skyways/graphs/network";
        assertThat(analyst.post(network + "/schema/plan", schema("node A { }")).status())
                .isIn(403, 404);
        assertThat(analyst.post(network + "/schema/apply", schema("node A { }")).status())
                .isIn(403, 404);
    }
}
