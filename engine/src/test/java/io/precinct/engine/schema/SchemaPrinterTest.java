package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SchemaPrinterTest {
    @Property(tries = 400)
    void whatIsPrintedIsTheSameSchemaAndIsPrintedTheSame(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        String printed = SchemaPrinter.print(schema);
        Schema read = SchemaCompiler.compile(printed);
        assertThat(read.interfaces()).isEqualTo(schema.interfaces());
        assertThat(read.nodes()).isEqualTo(schema.nodes());
        assertThat(read.edges()).isEqualTo(schema.edges());
        assertThat(read.hash()).isEqualTo(schema.hash());
        assertThat(SchemaPrinter.print(read)).isEqualTo(printed);
    }

    @Property(tries = 300)
    void orderOfWritingIsNoPartOfTheShape(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        List<String> declarations = new java.util.ArrayList<>(List.of(text.split("\n")));
        java.util.Collections.reverse(declarations);
        Schema other = SchemaCompiler.compile(String.join("\n// between\n", declarations));
        assertThat(SchemaShape.hash(other)).isEqualTo(SchemaShape.hash(schema));
    }

    @Provide
    net.jqwik.api.Arbitrary<String> schemas() {
        return RandomSchemas.texts();
    }

    @Test
    void everyConstructIsPrintedInItsPlace() {
        Schema schema = SchemaCompiler.compile("""
                // gone
                interface Labelled { note: String? @description("say \\"why\\"\\n")  code: String @key }
                node Truck @description("heavy") @x("1", k="2") implements Labelled {
                  region: enum(fr, de) @index  load: F32?  plate: String  hull: String
                  @range(load, ..40.5) @range(load, -3..) @check(plate, "^P-\\\\d+\\t$") @unique(plate, region)
                }
                node Depot @rename_from("Yard") { code: String @key }
                edge StopsAt: Truck -> Depot @card(0..3) @instruction("planned") { eta: DateTime? @unique(src, dst, eta) }
                """);
        assertThat(SchemaPrinter.print(schema)).isEqualTo("""
                interface Labelled {
                  code: String @key
                  note: String? @description("say \\"why\\"\\n")
                }

                node Depot {
                  code: String @key
                }

                node Truck @description("heavy") @x("1", k="2") implements Labelled {
                  hull: String
                  load: F32?
                  plate: String
                  region: enum(de, fr) @index
                  @check(plate, "^P-\\\\d+\\t$")
                  @range(load, -3..)
                  @range(load, ..40.5)
                  @unique(plate, region)
                }

                edge StopsAt: Truck -> Depot @card(0..3) @instruction("planned") {
                  eta: DateTime?
                  @unique(src, dst, eta)
                }
                """);
    }

    @Test
    void aNodeOfAnInterfaceThatIsNotThereIsPrintedWithAllItsProperties() {
        Schema schema = SchemaCompiler.compile("interface I { a: I32 @index } node N implements I { b: Bool }");
        Schema part = new Schema("", schema.hash(), schema.nodes(), List.of(), schema.nextId());
        assertThat(SchemaPrinter.print(part)).isEqualTo("node N {\n  a: I32 @index\n  b: Bool\n}\n");
    }

    @Test
    void shapeTellsApartWhatATextSays() {
        String text = "interface I { a: I32 } node A implements I { b: String? @unique } edge E: A -> A @card(0..2)";
        assertThat(List.of(
                                text.replace("a: I32", "a: I64"),
                                text.replace("a: I32", "a: I32 @index"),
                                text.replace("String?", "String"),
                                text.replace("@unique", "@index"),
                                text.replace("0..2", "0..3"),
                                text.replace("node A", "node A @x"),
                                text.replace(" implements I", ""),
                                text.replace("edge E", "edge F"))
                        .stream()
                        .map(other -> SchemaShape.hash(SchemaCompiler.compile(other)))
                        .distinct())
                .hasSize(8)
                .doesNotContain(SchemaShape.hash(SchemaCompiler.compile(text)));
    }
}
