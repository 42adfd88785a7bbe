package io.precinct.platform.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.GraphId;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.SchemaPrinter;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a caller may not see does not exist: whatever it asks of the whole graph is answered, to the byte, like the same
 * question of a caller who may do everything on a graph that has no more than the first one sees.
 */
@ExtendWith(TestPostgres.class)
class HiddenTypesTest {
    private static final String REDUCED = """
            node Company { title: String @key }
            node Person { name: String @key  age: I32? }
            edge Knows: Person -> Person
            edge WorksAt: Person -> Company { since: I32? }
            """;
    private static final String WHOLE = """
            node Company { title: String @key }
            node Person { name: String @key  age: I32?  ssn: String? @unique  @check(ssn, "^[0-9]+$")  @unique(age, ssn) }
            node Secret { code: String @key  level: I32 }
            edge Knows: Person -> Person
            edge WorksAt: Person -> Company { since: I32? }
            edge Audits: Person -> Company { note: String? }
            edge Contains: Person -> Secret
            edge Guards: Person -> Secret
            """;
    private static final String SEEN_BY_ALL = """
            {"type":"Person","data":{"name":"ann","age":40}}
            {"type":"Person","data":{"name":"bob","age":30}}
            {"type":"Person","data":{"name":"cy"}}
            {"type":"Company","data":{"title":"acme"}}
            {"edge":"Knows","from":"ann","to":"bob","data":{"id":"k1"}}
            {"edge":"WorksAt","from":"ann","to":"acme","data":{"id":"w1","since":1999}}
            """;
    private static final String SEEN_BY_FEW = """
            {"type":"Secret","data":{"code":"x","level":3}}
            {"edge":"Guards","from":"ann","to":"x","data":{"id":"g1"}}
            {"edge":"Audits","from":"ann","to":"acme","data":{"id":"a1","note":"n"}}
            """;
    private static final String POLICY = """
            {
              "version": 1,
              "roles": {"all": {}, "some": {}, "reader": {}, "ruled": {}, "nobody": {}},
              "grants": [
                {"id": "all", "roles": ["all"], "actions": "any", "types": "any"},
                {"id": "some", "roles": ["some"], "actions": ["read", "change", "export"],
                 "types": ["Person", "Company", "Knows", "WorksAt", "Contains"], "denied": {"Person": ["ssn"]}},
                {"id": "reads", "roles": ["reader"], "actions": ["read"],
                 "types": ["Person", "Company", "Knows", "WorksAt"], "denied": {"Person": ["ssn"]},
                 "masks": {"Company": {"title": "hash"}}},
                {"id": "changes", "roles": ["reader"], "actions": ["change"], "types": ["WorksAt"]},
                {"id": "ruled", "roles": ["ruled"], "actions": ["read"], "types": ["Person"], "denied": {"Person": ["ssn"]},
                 "rows": {"Person": {"type": "field", "field": "ssn", "operator": "eq", "value": "4711"}}},
                {"id": "elsewhere", "roles": ["nobody"], "actions": ["read", "change", "export"], "types": ["Nothing"]}
              ]
            }""";

    private static final List<String> READS = List.of(
            "query q() { match { $p: Person } return { $p.name, $p.age } }",
            "query q() { match { $s: Secret } return { $s.code } }",
            "query q() { match { $s: Secrets } return { $s.code } }",
            "query q() { match { $s: Secret $s.level = \"a\" } return { $s.nothing, count($x) as n } }",
            "query q() { match { $p: Person $p guards $s } return { $s.code } }",
            "query q() { match { $p: Person $p Guards $s } return { $p.name } }",
            "query q() { match { $p: Person $p audits $c } return { $c.title } }",
            "query q() { match { $p: Person $p $a:audits $c } return { $a.note } }",
            "query q() { match { $p: Person not { $p audits $c } } return { $p.name } }",
            "query q() { match { $p: Person not { $p guards $s } } return { $p.nme } }",
            "query q() { match { $p: Person { ssn: \"1\" } } return { $p.name } }",
            "query q() { match { $p: Person $p.ssn > \"1\" } return { $p.name } }",
            "query q() { match { $p: Person $p.ssn > 1 } return { $p.name } }",
            "query q() { match { $p: Person } return { $p.ssn } }",
            "query q() { match { $p: Person } return { $p.name, count($p.ssn) as n } }",
            "query q() { match { $p: Person } return { $p.name } order { $p.ssn } }",
            "query q() { match { $p: Person $p worksAt $p } return { $p.name } }",
            "query q() { match { $p: Secret $p knows $x } return { $x.name } }",
            "query q($t: String) { match { $p: Person $p contains $t } return { $p.name } }",
            "query q() { match { $p: Person $p contains $s } return { $p.name } }",
            "query q() { match { $p: Person } return { $p } }",
            "query q() { match { $p: Person $p <guards> $s } return { $p.name } }",
            "query q() { match { $p: Person $p knows{1,2} $s } return { $p.name, $s.name } }",
            "query q() { match { $p: Person } ",
            "query q() { insert Secret { code: \"y\" } }",
            "query q() { delete Secret where code = \"x\" } query r() { match { $s: Secret } return { $s.code } }");

    private static final List<String> WRITES = List.of(
            "query q() { insert Secret { code: \"y\", level: 1 } }",
            "query q() { insert Secret { code: 7 } }",
            "query q() { insert Person { name: \"dan\", ssn: \"1\" } }",
            "query q() { insert Person { nam: \"dan\" } }",
            "query q() { insert Guards { from: \"ann\", to: \"x\" } }",
            "query q() { insert Audits { from: \"ann\", to: \"acme\" } }",
            "query q() { insert Contains { from: \"ann\", to: \"x\" } }",
            "query q() { insert WorksAt { from: \"ann\", to: \"nowhere\" } }",
            "query q() { insert WorksAt { from: \"bob\", to: \"acme\" } }",
            "query q() { update Person set { ssn: \"3\" } where name = \"ann\" }",
            "query q() { update Person set { age: 3 } where ssn = \"3\" }",
            "query q() { update Secret set { level: 3 } where code = \"x\" }",
            "query q() { update Guards set { level: 3 } where code = \"x\" }",
            "query q() { delete Secret where code = \"x\" }",
            "query q() { delete Guards where from = \"ann\" }",
            "query q() { delete Audits where note = \"n\" }",
            "query q() { delete Person where ssn = \"1\" }",
            "query q() { insert Person { name: \"eve\", age: 3 } insert Secret { code: \"z\", level: 1 } }",
            "query q() { insert Person { name: \"eve\", age: 3 } }",
            "query q() { update Person set { age: 31 } where name = \"bob\" }",
            "query q() { delete Person where name = \"cy\" }",
            "query q() { match { $s: Secret } return { $s.code } }");

    private static final List<String> LOADS = List.of(
            "{\"type\":\"Secret\",\"data\":{\"code\":\"z\",\"level\":1}}",
            "{\"type\":\"Secret\",\"data\":{\"code\":7}}",
            "{\"type\":\"Person\",\"data\":{\"name\":\"fay\",\"ssn\":\"12\"}}",
            "{\"type\":\"Person\",\"data\":{\"name\":\"fay\",\"ssn\":\"12\",\"ssn\":\"13\"}}",
            "{\"edge\":\"Guards\",\"from\":\"ann\",\"to\":\"x\",\"data\":{}}",
            "{\"edge\":\"Contains\",\"from\":\"ann\",\"to\":\"x\",\"data\":{}}",
            "{\"edge\":\"Audits\",\"from\":\"ann\",\"to\":\"acme\",\"data\":{\"note\":\"n\"}}",
            "{\"edge\":\"WorksAt\",\"from\":\"ann\",\"to\":\"x\",\"data\":{}}",
            "{\"type\":\"Person\",\"data\":{\"name\":\"gil\"}}\n{\"type\":\"Secret\",\"data\":{}}\n{\"type\":\"Persn\",\"data\":{}}",
            "{\"type\":\"Person\",\"data\":{\"name\":\"gil\",\"age\":7}}\n{\"edge\":\"Knows\",\"from\":\"gil\",\"to\":\"ann\",\"data\":{\"id\":\"k2\"}}");

    private final ControlDatabase database;
    private final Precinct.On whole = new Precinct.On(new GraphId("whole"));
    private final Precinct.On reduced = new Precinct.On(new GraphId("reduced"));
    private Precinct precinct;

    HiddenTypesTest(ControlDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void twoGraphs(@TempDir Path home) {
        precinct = new Precinct(database, home, POLICY, new AtomicLong());
        precinct.create(whole.graph(), WHOLE);
        precinct.create(reduced.graph(), REDUCED);
        assertThat(precinct.answer(precinct.caller("all"), reduced.load(SEEN_BY_ALL))
                        .status())
                .isEqualTo(200);
        assertThat(precinct.answer(precinct.caller("all"), whole.load(SEEN_BY_ALL + SEEN_BY_FEW))
                        .status())
                .isEqualTo(200);
    }

    @AfterEach
    void close() {
        precinct.close();
    }

    private void same(String role, String about, Precinct.On.Spelled spelled) {
        Precinct.Answer expected = precinct.answer(precinct.caller("all"), spelled.apply(reduced));
        assertThat(precinct.answer(precinct.caller(role), spelled.apply(whole)))
                .as("%s", about)
                .isEqualTo(expected);
    }

    @Test
    void readsAnswerAsOnTheGraphWithoutTheRest() {
        for (String text : READS) {
            same("some", text, on -> on.query(text));
        }
    }

    @Test
    void explanationsAnswerAsOnTheGraphWithoutTheRest() {
        for (String text : READS) {
            same("some", text, on -> on.explain(text));
        }
    }

    @Test
    void writesAnswerAsOnTheGraphWithoutTheRest() {
        for (String text : WRITES) {
            same("some", text, on -> on.mutate(text));
        }
        same("some", "what the writes left", on -> on.query(READS.getFirst()));
    }

    @Test
    void loadsAnswerAsOnTheGraphWithoutTheRest() {
        for (String lines : LOADS) {
            same("some", lines, on -> on.load(lines));
        }
        same("some", "what the loads left", on -> on.export());
    }

    @Test
    void exportsSnapshotsAndSchemasAnswerAsOnTheGraphWithoutTheRest() {
        same("some", "everything", on -> on.export());
        for (String type : List.of("Person", "Knows", "Secret", "Guards", "Audits", "Contains", "Nope")) {
            same("some", type, on -> on.export(type));
            same("some", type, on -> on.export(type, "Company"));
        }
        same("some", "snapshot", Precinct.On::snapshot);
        String shown = precinct.runner.run(precinct.caller("some"), RequestContext.background("r"), whole.schema());
        assertThat(SchemaPrinter.print(SchemaCompiler.compile(shown)))
                .isEqualTo(SchemaPrinter.print(SchemaCompiler.compile(REDUCED)));
        assertThat(precinct.runner.run(precinct.caller("all"), RequestContext.background("r"), whole.schema()))
                .isEqualTo(WHOLE);
    }

    @Test
    void whoMayUseTheGraphAndSeesNoTypeLearnsNoName() {
        List<GraphOperation<?>> asked = new ArrayList<>();
        READS.forEach(text -> asked.add(whole.query(text)));
        READS.forEach(text -> asked.add(whole.explain(text)));
        WRITES.forEach(text -> asked.add(whole.mutate(text)));
        LOADS.forEach(lines -> asked.add(whole.load(lines)));
        asked.addAll(List.of(whole.export(), whole.export("Secret"), whole.snapshot(), whole.schema()));
        for (GraphOperation<?> operation : asked) {
            assertThat(precinct.answer(precinct.caller("nobody"), operation).body())
                    .as("%s", operation)
                    .doesNotContain("type_not_granted");
        }
        assertThat(precinct.answer(precinct.caller("nobody"), whole.schema())).isEqualTo(new Precinct.Answer(200, ""));
    }

    @Test
    void nodeWithAHiddenEdgeIsNotDeletedAndItsEdgeIsNotNamed() {
        Precinct.Answer answer = precinct.answer(
                precinct.caller("some"), whole.mutate("query q() { delete Person where name = \"ann\" }"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .contains("row_not_writable")
                .doesNotContain("Audits")
                .doesNotContain("Guards");
    }

    @Test
    void refusalsAboutWhatIsVisibleStayClear() {
        assertThat(precinct.answer(
                                precinct.caller("reader"),
                                whole.query(
                                        "query q() { match { $c: Company } return { $c.title } order { $c.title } }"))
                        .body())
                .contains("masked_property:Company.title");
        Precinct.Answer unwritable = precinct.answer(
                precinct.caller("reader"), whole.mutate("query q() { insert Company { title: \"new\" } }"));
        assertThat(unwritable.status()).isEqualTo(403);
        assertThat(unwritable.body()).contains("type_not_granted:Company");
        assertThat(precinct.answer(
                                precinct.caller("reader"),
                                whole.mutate("query q() { delete Person where name = \"cy\" }"))
                        .body())
                .contains("type_not_granted:Person")
                .doesNotContain("Audits");
    }

    @Test
    void writerOfAnEdgeSeesTheEndsThatItMayOnlyRead() {
        assertThat(precinct.answer(
                                precinct.caller("reader"),
                                whole.mutate("query q() { insert WorksAt { from: \"bob\", to: \"acme\" } }"))
                        .status())
                .isEqualTo(200);
        Precinct.Answer loaded = precinct.answer(
                precinct.caller("reader"),
                whole.load("{\"edge\":\"WorksAt\",\"from\":\"cy\",\"to\":\"acme\",\"data\":{}}"));
        assertThat(loaded.status()).as(loaded.body()).isEqualTo(200);
    }

    @Test
    void explanationWithholdsARuleOnAPropertyThatIsDenied() {
        Precinct.Answer answer = precinct.answer(precinct.caller("ruled"), whole.explain(READS.getFirst()));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("(withheld)").doesNotContain("ssn").doesNotContain("4711");
    }

    @Test
    void trailTellsWhatTheAnswerHides() {
        precinct.answer(precinct.caller("some"), whole.query(READS.get(1)));
        precinct.answer(precinct.caller("some"), whole.query("query q() { match { $p: Person } return { $p.ssn } }"));
        precinct.answer(precinct.caller("some"), whole.mutate(WRITES.getFirst()));
        assertThat(precinct.records().stream()
                        .map(record -> record.path("decision"))
                        .filter(decision ->
                                decision.has("allow") && !decision.get("allow").asBoolean())
                        .map(decision -> decision.get("rules"))
                        .map(JsonNode::toString))
                .containsExactlyInAnyOrder(
                        "[\"type_not_granted:Secret\"]",
                        "[\"denied_property:Person.ssn\"]",
                        "[\"type_not_granted:Secret\"]");
    }
}
