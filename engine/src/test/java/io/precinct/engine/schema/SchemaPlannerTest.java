package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SchemaPlannerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    List<DynamicTest> plansAreWhatTheFileSays() {
        return GoldenCases.of("evolution.txt", text -> {
            String[] schemas = text.split("(?m)^===>\n", -1);
            return lines(plan(SchemaCompiler.compile(schemas[0]), schemas[1], SchemaStep.DropMode.SOFT));
        });
    }

    @Test
    void everyCodeHasACase() {
        String cases = GoldenCases.text("evolution.txt");
        Set<String> missing = new TreeSet<>();
        Arrays.stream(EvolutionCode.values())
                .map(EvolutionCode::code)
                .filter(code -> !cases.contains(code))
                .forEach(missing::add);
        assertThat(missing).isEmpty();
        assertThat(Arrays.stream(EvolutionCode.values()).map(EvolutionCode::code))
                .doesNotHaveDuplicates();
    }

    private static SchemaPlan plan(Schema accepted, String text, SchemaStep.DropMode mode) {
        return SchemaPlanner.plan(accepted, text, mode);
    }

    private static String lines(SchemaPlan plan) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            SchemaPlanJson.write(json, plan);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            JsonNode read = JSON.readTree(out.toString());
            StringBuilder text = new StringBuilder("supported " + read.get("supported"));
            read.get("steps").forEach(step -> text.append('\n').append(step));
            read.get("warnings").forEach(warning -> text.append("\nwarning ").append(warning));
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Property(tries = 300)
    void aSchemaIsNoChangeOfItself(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        SchemaPlan plan = plan(schema, SchemaPrinter.print(schema), SchemaStep.DropMode.SOFT);
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.desired()).isSameAs(schema);
    }

    @Property(tries = 300)
    void identitiesGoOnAndNewOnesAreNeverOldOnes(@ForAll("schemas") String before, @ForAll("schemas") String after) {
        Schema accepted = SchemaCompiler.compile(before);
        Schema desired = plan(accepted, after, SchemaStep.DropMode.SOFT).desired();
        for (EntityType type : desired.types()) {
            accepted.types().stream()
                    .filter(t -> t.key().equals(type.key()))
                    .findFirst()
                    .ifPresentOrElse(
                            same -> assertThat(type.id()).isEqualTo(same.id()),
                            () -> assertThat(type.id().value()).isGreaterThanOrEqualTo(accepted.nextId()));
            for (io.precinct.engine.schema.Property property : type.properties()) {
                boolean known = accepted.types().stream()
                        .filter(t -> t.id().equals(type.id()))
                        .flatMap(t -> t.property(property.name()).stream())
                        .anyMatch(p -> p.id().equals(property.id()));
                assertThat(known || property.id().value() >= accepted.nextId()).isTrue();
            }
        }
        assertThat(desired.nextId()).isGreaterThanOrEqualTo(accepted.nextId());
        // The way back is planned from there, and gives what was dropped new identities.
        Schema back = plan(desired, before, SchemaStep.DropMode.SOFT).desired();
        assertThat(SchemaShape.hash(back)).isEqualTo(SchemaShape.hash(accepted));
    }

    @Provide
    Arbitrary<String> schemas() {
        return RandomSchemas.texts();
    }

    @Test
    void anIdentitySurvivesARenameAndNotADropWithAnAddition() {
        Schema first = SchemaCompiler.compile("node A { a: I32 k: String @key }");
        Schema renamed = plan(
                        first,
                        "node B @rename_from(\"A\") { b: I32 @rename_from(\"a\") k: String @key }",
                        SchemaStep.DropMode.SOFT)
                .desired();
        EntityType.Node before = first.node("A").orElseThrow();
        EntityType.Node after = renamed.node("B").orElseThrow();
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.property("b").orElseThrow().id())
                .isEqualTo(before.property("a").orElseThrow().id());
        Schema without = plan(renamed, "node B { k: String @key }", SchemaStep.DropMode.SOFT)
                .desired();
        Schema again = plan(without, "node B { b: I32? k: String @key }", SchemaStep.DropMode.SOFT)
                .desired();
        assertThat(again.node("B")
                        .orElseThrow()
                        .property("b")
                        .orElseThrow()
                        .id()
                        .value())
                .isGreaterThanOrEqualTo(renamed.nextId());
        assertThat(again.hash()).isNotEqualTo(renamed.hash());
    }

    @Test
    void newIdentitiesGoToTypesByKindAndNameAndThenToPropertiesByOwnerAndName() {
        Schema first = SchemaCompiler.compile("node M { a: I32 }");
        Schema grown = plan(
                        first,
                        "edge A: M -> M { x: I32 } node N { b: I32 a: I32 } node M { z: I32? a: I32 c: I32? } interface I { q: I32 }",
                        SchemaStep.DropMode.SOFT)
                .desired();
        assertThat(SchemaText.of(grown)).isEqualTo("""
                3 interface:I
                  8 q: I32 {} []
                1 node:M [] {} key []
                  2 a: I32 {}
                  6 c: I32? {}
                  7 z: I32? {}
                4 node:N [] {} key []
                  9 a: I32 {}
                  10 b: I32 {}
                5 edge:A M -> M 0.. {}
                  11 x: I32 {}
                next id 12""");
    }

    @Test
    void everyDropOfAPlanIsHardWhenLossIsAllowed() {
        SchemaPlan plan = plan(
                SchemaCompiler.compile("node A { a: I32 b: I32 } node B { }"),
                "node A { a: I32 }",
                SchemaStep.DropMode.HARD);
        assertThat(plan.steps())
                .containsExactly(
                        new SchemaStep.DropProperty(TypeKind.NODE, "A", "b", SchemaStep.DropMode.HARD, false),
                        new SchemaStep.DropType(TypeKind.NODE, "B", SchemaStep.DropMode.HARD));
    }
}
