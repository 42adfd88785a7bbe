package io.precinct.platform.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the demonstration's accounts see of real data, held against the same data cut by hand. */
@ExtendWith(RunningPrecinct.Extension.class)
class SkywaysIT {
    private static final String NETWORK = "/v1/tenants/skyways/graphs/network";
    private static final String AIRPORTS = "query airports() { match { $a: Airport } return { count($a) as n } }";
    private static final String ROUTES =
            "query routes() { match { $a: Airport $a $r:route $b } return { count($r.flights) as n } }";

    private final WesternGraph west = new WesternGraph();

    @Test
    void administratorCountsEverything(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        assertThat(count(admin, AIRPORTS)).isEqualTo(3_376);
        assertThat(count(admin, ROUTES)).isEqualTo(5_366);
    }

    @Test
    void analystCountsTheWesternGraphOnly(RunningPrecinct precinct) {
        Api analyst = precinct.as("skyways", "west-analyst");
        assertThat(count(analyst, AIRPORTS)).isEqualTo(west.airports.size());
        assertThat(count(analyst, ROUTES)).isEqualTo(west.routes.size());
    }

    @Test
    void analystsHopsNeverPassThroughHiddenAirports(RunningPrecinct precinct) {
        Api analyst = precinct.as("skyways", "west-analyst");
        String hops = "query hops($from: String) { match { $a: Airport { iata: $from } $a route{1,2} $b } "
                + "return { $b.iata as iata } }";
        for (String from : Set.of("SEA", "SFO", "ANC", "HNL", "BOI")) {
            Set<String> one = west.next(Set.of(from));
            Set<String> expected = new HashSet<>(one);
            expected.addAll(west.next(one));
            expected.remove(from);
            assertThat(texts(analyst.query(NETWORK, hops, params("from", from)).expect(200), "iata"))
                    .as("from %s", from)
                    .isEqualTo(expected);
        }
    }

    @Test
    void analystsAggregatesAreThoseOfTheWesternGraph(RunningPrecinct precinct) {
        Api analyst = precinct.as("skyways", "west-analyst");
        JsonNode rows = analyst.query(
                        NETWORK,
                        "query flights() { match { $a: Airport $a $r:route $b } "
                                + "return { $a.iata as iata, sum($r.flights) as flights } order { iata } }")
                .expect(200)
                .json()
                .get("rows");
        Map<String, Double> actual = new TreeMap<>();
        rows.forEach(
                row -> actual.put(row.get("iata").asText(), row.get("flights").asDouble()));
        Map<String, Double> expected = new TreeMap<>(west.routes.stream()
                .collect(Collectors.groupingBy(
                        row -> row.get("origin"),
                        Collectors.summingDouble(row -> Double.parseDouble(row.get("count"))))));
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void analystsExportIsTheWesternGraph(RunningPrecinct precinct) throws Exception {
        Api analyst = precinct.as("skyways", "west-analyst");
        Set<String> airports = new HashSet<>();
        Set<String> routes = new HashSet<>();
        for (String line : analyst.post(NETWORK + "/export", Api.JSON.createObjectNode())
                .expect(200)
                .body()
                .split("\n")) {
            JsonNode record = Api.JSON.readTree(line);
            if (record.has("type")) {
                airports.add(record.get("data").get("iata").asText());
            } else {
                routes.add(record.get("from").asText() + ">" + record.get("to").asText());
            }
        }
        assertThat(airports).isEqualTo(west.ids);
        assertThat(routes)
                .isEqualTo(west.routes.stream()
                        .map(row -> row.get("origin") + ">" + row.get("destination"))
                        .collect(Collectors.toSet()));
    }

    @Test
    void hiddenAirportsDoNotExistInNegationsEither(RunningPrecinct precinct) {
        Api analyst = precinct.as("skyways", "west-analyst");
        Set<String> unreached = new HashSet<>(west.ids);
        west.routes.forEach(row -> unreached.remove(row.get("origin")));
        assertThat(texts(
                        analyst.query(
                                        NETWORK,
                                        "query quiet() { match { $a: Airport not { $a route $b } } return { $a.iata as iata } }")
                                .expect(200),
                        "iata"))
                .isEqualTo(unreached);
    }

    @Test
    void guestReadsNullCoordinatesAndAtMostAHundredRows(RunningPrecinct precinct) {
        Api guest = precinct.as("skyways", "guest");
        JsonNode answer = guest.query(
                        NETWORK,
                        "query all() { match { $a: Airport } return { $a.iata as iata, $a.latitude as lat, $a.longitude as lon } order { iata } }")
                .expect(200)
                .json();
        assertThat(answer.get("row_count").asLong()).isEqualTo(100);
        assertThat(answer.get("truncated").asBoolean()).isTrue();
        answer.get("rows").forEach(row -> {
            assertThat(row.get("lat").isNull()).isTrue();
            assertThat(row.get("lon").isNull()).isTrue();
        });
    }

    @Test
    void guestCannotFilterOrderOrGroupByWhatIsMasked(RunningPrecinct precinct) {
        Api guest = precinct.as("skyways", "guest");
        for (String query : Set.of(
                "query f() { match { $a: Airport $a.latitude > 40.0 } return { $a.iata } }",
                "query o() { match { $a: Airport } return { $a.iata } order { $a.latitude } }",
                "query g() { match { $a: Airport } return { $a.latitude, count($a) as n } }",
                "query m() { match { $a: Airport } return { max($a.longitude) as n } }")) {
            JsonNode refusal = guest.query(NETWORK, query).expect(403).json();
            assertThat(refusal.get("reasons").toString()).contains("masked_property:Airport.l");
            assertThat(refusal.get("decision_id").asText()).isNotEmpty();
        }
    }

    @Test
    void guestWritesNothing(RunningPrecinct precinct) {
        Api guest = precinct.as("skyways", "guest");
        Api admin = precinct.as("skyways", "admin");
        ObjectNode body =
                Api.JSON.createObjectNode().put("query", "query del() { delete Airport where iata = \"SEA\" }");
        JsonNode refusal = guest.post(NETWORK + "/mutate", body).expect(403).json();
        assertThat(refusal.get("decision_id").asText()).isNotEmpty();
        assertThat(refusal.get("reasons")).isNotEmpty();
        assertThat(count(admin, AIRPORTS)).isEqualTo(3_376);
        JsonNode trail = admin.get("/v1/tenants/skyways/audit?allow=false&limit=50")
                .expect(200)
                .json();
        assertThat(StreamSupport.stream(trail.get("records").spliterator(), false)
                        .anyMatch(one -> one.toString()
                                .contains(refusal.get("request_id").asText())))
                .isTrue();
    }

    @Test
    void explainShowsTheRules(RunningPrecinct precinct) {
        Api analyst = precinct.as("skyways", "west-analyst");
        ObjectNode body = Api.JSON.createObjectNode().put("query", AIRPORTS);
        String explained =
                analyst.post(NETWORK + "/query/explain", body).expect(200).body();
        assertThat(explained).contains("state").contains("WA").contains("policy_revision");
        assertThat(explained)
                .as("nothing tells how many are hidden")
                .doesNotContain("estimated")
                .doesNotContain("3376");
        assertThat(precinct.as("skyways", "admin")
                        .post(NETWORK + "/query/explain", body)
                        .expect(200)
                        .body())
                .contains("estimated");
    }

    @Test
    void limitsOnRowsHoldForChangesToo(RunningPrecinct precinct) {
        String loaded = precinct
                .as("skyways", "admin")
                .get(NETWORK + "/commits?limit=1000")
                .expect(200)
                .json()
                .findValuesAsText("graph_commit_id")
                .stream()
                .filter(id -> precinct.as("skyways", "admin")
                                .get(NETWORK + "/commits/" + id + "/changes?limit=101")
                                .json()
                                .path("changes")
                                .size()
                        == 101)
                .findFirst()
                .orElseThrow();
        assertThat(precinct.as("skyways", "guest")
                        .get(NETWORK + "/commits/" + loaded + "/changes?limit=1000")
                        .expect(200)
                        .json()
                        .path("changes")
                        .size())
                .isEqualTo(100);
    }

    @Test
    void aCrossProductIsRefusedAndTheNodeLives(RunningPrecinct precinct) {
        Api guest = precinct.as("skyways", "guest");
        String cross = "query q() { match { $a: Airport $b: Airport $c: Airport } "
                + "return { $a.name as x, $b.name as y, $c.name as z } order { $a.name asc } limit 5 }";
        assertThat(guest.query(NETWORK, cross).expect(413).json().toString()).contains("query_memory_bytes");
        assertThat(count(guest, AIRPORTS)).isEqualTo(3_376);
    }

    @Test
    void wordsThatNoTrailCanHoldAreRefused(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        for (String filter : Set.of(
                "actor=%00",
                "before=%00",
                "from=-999999999-01-01T00:00:00Z",
                "until=+999999999-01-01T00:00:00Z",
                "limit=99999999999",
                "limit=0",
                "allow=maybe")) {
            assertThat(admin.get("/v1/tenants/skyways/audit?" + filter.replace("+", "%2B"))
                            .status())
                    .as(filter)
                    .isIn(filter.startsWith("allow") ? Set.of(200, 400) : Set.of(400));
        }
    }

    @Test
    void oneBadLineInTenThousandLoadsNothing(RunningPrecinct precinct) {
        Api admin = precinct.as("skyways", "admin");
        StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 10_000; i++) {
            String latitude = i == 7_777 ? "\"north\"" : "1.5";
            lines.append("{\"type\":\"Airport\",\"data\":{\"iata\":\"X")
                    .append(i)
                    .append("\",\"name\":\"n\",\"country\":\"USA\",\"latitude\":")
                    .append(latitude)
                    .append(",\"longitude\":2.5}}\n");
        }
        String refusal = admin.postNdjson(NETWORK + "/load/ndjson?mode=append", lines.toString())
                .expect(400)
                .body();
        assertThat(refusal).contains("7777").contains("latitude").contains("F64");
        assertThat(count(admin, AIRPORTS)).isEqualTo(3_376);
    }

    private static long count(Api api, String query) {
        return api.query(NETWORK, query)
                .expect(200)
                .json()
                .get("rows")
                .get(0)
                .get("n")
                .asLong();
    }

    private static Set<String> texts(Api.Answer answer, String column) {
        return StreamSupport.stream(answer.json().get("rows").spliterator(), false)
                .map(row -> row.get(column).asText())
                .collect(Collectors.toSet());
    }

    private static ObjectNode params(String name, String value) {
        return Api.JSON.createObjectNode().put(name, value);
    }

    @Test
    void aQueryWhoseClientLeavesEnds(RunningPrecinct precinct) throws Exception {
        Api admin = precinct.as("skyways", "admin");
        String cross =
                "query crowd() { match { $a: Airport $b: Airport } return { $a.name as a, $b.name as b } order { b, a } }";
        long before = cancelled(admin);
        admin.abandon("POST", NETWORK + "/query", Api.JSON.createObjectNode().put("query", cross));
        long deadline = System.nanoTime() + java.time.Duration.ofSeconds(30).toNanos();
        while (cancelled(admin) == before) {
            assertThat(System.nanoTime())
                    .as("the trail tells of a cancelled query")
                    .isLessThan(deadline);
            java.util.concurrent.TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static long cancelled(Api admin) {
        JsonNode entries = admin.get("/v1/tenants/skyways/audit?action=read&limit=1000")
                .expect(200)
                .json();
        return entries.findValuesAsText("outcome").stream()
                .filter(outcome -> outcome.endsWith(" cancelled"))
                .count();
    }
}
