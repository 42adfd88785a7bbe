package io.precinct.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.GoldenCases;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Condition;
import io.precinct.engine.spi.Condition.Comparison;
import io.precinct.engine.spi.Mask;
import io.precinct.engine.spi.Operand;
import io.precinct.engine.spi.RowAccess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessBinderTest {
    private static final Schema SCHEMA = SchemaCompiler.compile(GoldenCases.text("fleet.pg"));
    private static final Mask HIDDEN = new Mask(Mask.Kind.NULL, Condition.NEVER);

    /** Grants everything except where told otherwise. */
    private record Gate(Map<String, RowAccess> answers) implements AccessGate {
        @Override
        public RowAccess access(String typeName) {
            return answers.getOrDefault(typeName, RowAccess.ALL);
        }

        @Override
        public Verdict verdict(List<TypeChange> changes) {
            return new Verdict.Denied(List.of("reads only"));
        }
    }

    private static LogicalPlan bind(String match, String rest, Map<String, RowAccess> answers) {
        CheckedStatement statement =
                QueryCompiler.compile("query q() { match { " + match + " } " + rest + " }", Optional.empty(), SCHEMA);
        return AccessBinder.bind((CheckedStatement.Read) statement, SCHEMA, new Gate(answers));
    }

    private static List<String> refusal(String match, String rest, Map<String, RowAccess> answers) {
        try {
            bind(match, rest, answers);
        } catch (EngineException e) {
            return ((EngineFailure.Denied) e.failure()).reasons();
        }
        throw new AssertionError("the read was bound");
    }

    private static RowAccess masking(String property) {
        return new RowAccess(true, Condition.ALWAYS, Map.of(property, HIDDEN), Set.of(), Condition.NEVER);
    }

    private static RowAccess denying(String property) {
        return new RowAccess(true, Condition.ALWAYS, Map.of(), Set.of(property), Condition.NEVER);
    }

    private static RowAccess rows(Condition rows) {
        return new RowAccess(true, rows, Map.of(), Set.of(), Condition.NEVER);
    }

    private static Condition field(String property, Comparison comparison, Operand operand) {
        return new Condition.Field(property, comparison, operand);
    }

    @Test
    void everyTouchedTypeHasAccessInThePlan() {
        LogicalPlan plan = bind("$p: Depot  not { $p stopsAt $v  $v twinOf $_ }", "return { $p }", Map.of());
        assertThat(plan.access().keySet())
                .extracting(id -> SCHEMA.type(id).name())
                .containsExactlyInAnyOrder("Depot", "Truck", "StopsAt", "TwinOf");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$d: Paper search($d.body, \"x\") | return { $d.year }",
                "$d: Paper not { $d cites $o fuzzy($o.body, \"x\") = false } | return { $d.year }",
                "$d: Paper | return { match_text($d.body, \"x\") as m }",
                "$d: Paper | return { bm25($d.body, \"x\") as m }",
                "$d: Paper | return { $d.year } order { bm25($d.body, \"x\") }",
                "$d: Paper | return { $d.year } order { rrf(bm25($d.title, \"x\"), bm25($d.body, \"x\")) } limit 1",
                "$d: Paper | return { rrf(bm25($d.body, \"x\"), bm25($d.title, \"x\")) as r }",
                "$d: Paper | return { $d.body } order { bm25($d.body, \"x\") }",
            })
    void maskedOrDeniedPropertyIsNeitherSearchedNorRankedBy(String read) {
        assertThat(searchRefusal(read, masking("body"))).containsExactly("masked_property:Paper.body");
        assertThat(searchRefusal(read, denying("body"))).containsExactly("denied_property:Paper.body");
    }

    @Test
    void maskedOrDeniedVectorIsNotRankedBy() {
        for (String read : List.of(
                "$d: Paper | return { $d.year } order { nearest($d.vec, [1, 2, 3]) } limit 1",
                "$d: Paper | return { nearest($d.vec, [1, 2, 3]) as n }",
                "$d: Paper | return { $d.year } order { rrf(bm25($d.title, \"x\"), nearest($d.vec, [1, 2, 3])) } limit 1")) {
            assertThat(searchRefusal(read, masking("vec"))).containsExactly("masked_property:Paper.vec");
            assertThat(searchRefusal(read, denying("vec"))).containsExactly("denied_property:Paper.vec");
        }
    }

    private static List<String> searchRefusal(String read, RowAccess papers) {
        Schema schema = SchemaCompiler.compile(GoldenCases.text("search.pg"));
        String text = "query q() { match { " + read.replace("|", "}") + " }";
        CheckedStatement statement = QueryCompiler.compile(text, Optional.empty(), schema);
        try {
            AccessBinder.bind((CheckedStatement.Read) statement, schema, new Gate(Map.of("Paper", papers)));
        } catch (EngineException e) {
            return ((EngineFailure.Denied) e.failure()).reasons();
        }
        throw new AssertionError("the read was bound: " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Depot", "Truck", "StopsAt", "TwinOf"})
    void typeThatIsNotGrantedDeniesTheReadEvenInANegation(String type) {
        assertThat(refusal(
                        "$p: Depot  not { $p stopsAt $v  $v twinOf $_ }",
                        "return { count($p) }",
                        Map.of(type, RowAccess.NONE)))
                .containsExactly("type_not_granted:" + type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$v: Truck { plate: \"x\" } | return { $v }",
                "$v: Truck  $v.plate starts_with \"x\" | return { $v }",
                "$v: Truck  $w: Truck  $w.region = $v.plate | return { $w }",
                "$v: Truck | return { $v } order { $v.plate }",
                "$v: Truck | return { $v.plate as h } order { h }",
                "$v: Truck | return { $v.plate, count($v) }",
                "$v: Truck | return { count($v.plate) }",
                "$v: Truck | return { max($v.plate) as m }",
                "$p: Depot  not { $p stopsAt $v  $v.plate = \"x\" } | return { $p }",
            })
    void maskedPropertyIsDeniedWhereItsValueWouldShow(String match, String rest) {
        assertThat(refusal(match, rest, Map.of("Truck", masking("plate"))))
                .containsExactly("masked_property:Truck.plate");
    }

    @Test
    void maskedPropertyMayBeProjectedPlainly() {
        LogicalPlan plan = bind("$v: Truck", "return { $v.plate as h, $v.seats }", Map.of("Truck", masking("plate")));
        EntityType.Node truck = SCHEMA.node("Truck").orElseThrow();
        assertThat(plan.access()
                        .get(truck.id())
                        .masks()
                        .get(truck.property("plate").orElseThrow().id()))
                .isEqualTo(new LogicalPlan.BoundMask(Mask.Kind.NULL, new Predicate.Constant(false)));
    }

    @Test
    void idOfANodeWithMaskedKeyIsDeniedAndItsCountIsNot() {
        Map<String, RowAccess> answers = Map.of("Truck", masking("code"));
        assertThat(refusal("$v: Truck", "return { $v }", answers)).containsExactly("masked_property:Truck.code");
        assertThat(refusal("$v: Truck", "return { $v, count($v) as n }", answers))
                .containsExactly("masked_property:Truck.code");
        assertThat(refusal("$v: Truck", "return { $v }", Map.of("Truck", denying("code"))))
                .containsExactly("denied_property:Truck.code");
        bind("$v: Truck", "return { count($v) }", answers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "$v: Truck { plate: \"x\" } | return { $v }",
                "$v: Truck | return { $v.plate }",
                "$v: Truck | return { $v } order { $v.plate }",
                "$v: Truck | return { count($v.plate) }",
            })
    void deniedPropertyCantBeNamed(String match, String rest) {
        assertThat(refusal(match, rest, Map.of("Truck", denying("plate"))))
                .containsExactly("denied_property:Truck.plate");
    }

    @Test
    void edgePropertiesAreMaskedToo() {
        assertThat(refusal(
                        "$v: Truck  $v $c:stopsAt $p  $c.eta < now()",
                        "return { $p }",
                        Map.of("StopsAt", masking("eta"))))
                .containsExactly("masked_property:StopsAt.eta");
    }

    @Test
    void ruleThatDoesNotFitTheSchemaDeniesAndNeverFiltersNothing() {
        Map<String, RowAccess> broken = new HashMap<>();
        broken.put("unknown property", rows(field("absent", Comparison.EQ, new Operand.Text("x"))));
        broken.put("wrong operand", rows(new Condition.Not(field("seats", Comparison.EQ, new Operand.Text("3")))));
        broken.put("unknown enum value", rows(field("region", Comparison.EQ, new Operand.Text("xx"))));
        broken.put("mask of nothing", masking("absent"));
        broken.put("denial of nothing", denying("absent"));
        broken.put(
                "digest of a number",
                new RowAccess(
                        true,
                        Condition.ALWAYS,
                        Map.of("seats", new Mask(Mask.Kind.HASH, Condition.NEVER)),
                        Set.of(),
                        Condition.NEVER));
        broken.put(
                "broken condition of a mask",
                new RowAccess(
                        true,
                        Condition.ALWAYS,
                        Map.of(
                                "plate",
                                new Mask(Mask.Kind.NULL, field("absent", Comparison.EQ, new Operand.Truth(true)))),
                        Set.of(),
                        Condition.NEVER));
        broken.forEach(
                (name, access) -> assertThat(refusal("$v: Truck", "return { $v.seats as c }", Map.of("Truck", access)))
                        .as(name)
                        .containsExactly("rule_invalid"));
    }

    @Test
    void everyReasonIsGivenAtOnce() {
        assertThat(refusal(
                        "$v: Truck { plate: \"x\" }  $v stopsAt $p",
                        "return { $p }",
                        Map.of("Truck", masking("plate"), "Depot", RowAccess.NONE)))
                .containsExactly("masked_property:Truck.plate", "type_not_granted:Depot");
    }

    @Test
    void statementOfAnotherSchemaIsRefused() {
        CheckedStatement.Read read = (CheckedStatement.Read)
                QueryCompiler.compile("query q() { match { $v: Truck } return { $v } }", Optional.empty(), SCHEMA);
        Schema other = SchemaCompiler.compile("node Truck { a: String }");
        assertThatThrownBy(() -> AccessBinder.bind(read, other, AccessGate.UNRESTRICTED))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
