package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VisibleSchemaTest {
    private static final String WHOLE = """
            interface Labelled { code: String @key  note: String? @description("a \\"note\\"\\n\\\\") }
            node Truck @description("heavy") @shown("yes", lang="en") implements Labelled {
              region: enum(de, fr, x-1) @index
              load: F32?
              plate: String? @unique
              tags: [String]?
              @range(load, -1.50..40)  @range(load, ..50)  @check(plate, "^P-\\\\d+$")  @unique(plate, region)
            }
            node Depot { code: String @key  depth: F64? @index }
            node Bay { port: String  number: I32  @key(number, port) }
            edge StopsAt: Truck -> Depot @card(0..3) @instruction("planned stops") { eta: DateTime?  @unique(src, dst, eta) }
            edge Feeds: Depot -> Depot @card(1..) { share: F64  @index(src) }
            edge Docks: Truck -> Bay
            """;

    private final Schema whole = SchemaCompiler.compile(WHOLE);

    @Test
    void printedSchemaCompilesToTheSameTypes() {
        Schema again = SchemaCompiler.compile(SchemaPrinter.print(whole));
        assertThat(SchemaText.of(again)).isEqualTo(SchemaText.of(whole));
    }

    @Test
    void whatIsAllShownIsTheWholeSchema() {
        Map<String, Set<String>> shown = new TreeMap<>();
        whole.types().forEach(type -> shown.put(type.name(), Set.of()));
        assertThat(VisibleSchema.of(whole, shown)).isSameAs(whole);
    }

    @Test
    void hiddenTypesGoWithTheEdgesThatTouchThem() {
        Schema seen = VisibleSchema.of(
                whole,
                Map.of("Truck", Set.of(), "Bay", Set.of(), "StopsAt", Set.of(), "Feeds", Set.of(), "Docks", Set.of()));
        assertThat(seen.types().stream().map(EntityType::name)).containsExactly("Bay", "Truck", "Docks");
        assertThat(seen.node("Truck")).isEqualTo(whole.node("Truck"));
        assertThat(seen.source()).doesNotContain("Depot").doesNotContain("StopsAt");
    }

    @Test
    void deniedPropertiesGoWithTheConstraintsThatNameThem() {
        Schema seen = VisibleSchema.of(whole, Map.of("Truck", Set.of("plate", "load", "code")));
        EntityType.Node truck = seen.node("Truck").orElseThrow();
        assertThat(truck.properties().stream().map(Property::name)).containsExactly("note", "region", "tags");
        assertThat(truck.keyMembers()).isEmpty();
        assertThat(truck.constraints())
                .singleElement()
                .isInstanceOfSatisfying(
                        Constraint.Index.class,
                        index -> assertThat(truck.property(index.members().getFirst())
                                        .name())
                                .isEqualTo("region"));
        assertThat(seen.source()).doesNotContain("plate").doesNotContain("load").doesNotContain("code");
        assertThat(SchemaCompiler.compile(seen.source()).node("Truck")).isPresent();
    }

    @Test
    void viewOfASchemaKeepsItsIdsAndItsHash() {
        Schema seen = VisibleSchema.of(whole, Map.of("Bay", Set.of("port")));
        assertThat(seen.hash()).isEqualTo(whole.hash());
        EntityType.Node bay = seen.node("Bay").orElseThrow();
        assertThat(bay.id()).isEqualTo(whole.node("Bay").orElseThrow().id());
        assertThat(bay.property("number"))
                .isEqualTo(whole.node("Bay").orElseThrow().property("number"));
    }
}
