package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SchemaCompilerTest {
    @TestFactory
    List<DynamicTest> schemasMeanWhatTheFileSays() {
        return GoldenCases.of("schemas.txt", text -> SchemaText.of(SchemaCompiler.compile(text)));
    }

    @TestFactory
    List<DynamicTest> faultySchemasAreRefusedWithEveryFault() {
        return GoldenCases.of("schema-faults.txt", text -> SchemaText.of(SchemaCompiler.compile(text)));
    }

    @Test
    void orderOfDeclarationAndCommentsAreNoChangeOfSchema() {
        Schema one = SchemaCompiler.compile(
                "node A { b: String @key a: enum(y, x) @index } node B { c: I32 } edge E: A -> B { q: Bool p: Bool }");
        Schema other = SchemaCompiler.compile("""
                // another order
                edge E: A -> B { p: Bool q: Bool }
                node B { c: I32 }
                node A { a: enum(x, y) b: String @key(b) @index(a, a) }
                """);
        assertThat(other.hash()).isEqualTo(one.hash());
        assertThat(other.nodes()).isEqualTo(one.nodes());
        assertThat(other.edges()).isEqualTo(one.edges());
    }

    @Test
    void aSchemaOfManyTypesIsNotNestedDeeply() {
        String many = java.util.stream.IntStream.range(0, 300)
                .mapToObj(i -> "node N" + i + " { k: String @key }")
                .collect(java.util.stream.Collectors.joining("\n"));
        assertThat(SchemaCompiler.compile(many).nodes()).hasSize(300);
    }

    @Test
    void boundsTheWrongWayRoundAreRefused() {
        assertThatThrownBy(() -> SchemaCompiler.compile("node A { n: I32 @range(n, 5..1) }"))
                .hasMessageContaining("lesser bound");
    }

    @Test
    void nullabilityIsAChangeOfSchema() {
        assertThat(SchemaCompiler.compile("node A { a: I32? }").hash())
                .isNotEqualTo(SchemaCompiler.compile("node A { a: I32 }").hash());
    }

    @Test
    void storedSchemaReadsBackAsItWas() {
        Schema schema = SchemaCompiler.compile(GoldenCases.text("fleet.pg"));
        byte[] stored = SchemaJson.write(schema);
        assertThat(SchemaJson.read(stored)).isEqualTo(schema);
        assertThat(SchemaJson.write(SchemaJson.read(stored))).isEqualTo(stored);
    }

    @Test
    void damagedStoredSchemaIsCorruptAndNotAnotherSchema() {
        String stored =
                new String(SchemaJson.write(SchemaCompiler.compile("node A { a: I32 }")), StandardCharsets.UTF_8);
        for (String damaged : List.of(
                "",
                "[]",
                stored.substring(0, stored.length() - 1),
                stored.replace("\"I32\"", "\"I33\""),
                stored.replace("\"format\":2", "\"format\":3"),
                stored.replace("\"list\":false,", ""),
                stored + " ")) {
            assertThatThrownBy(() -> SchemaJson.read(damaged.getBytes(StandardCharsets.UTF_8)))
                    .as(damaged)
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.failure()).isInstanceOf(EngineFailure.Corrupt.class));
        }
    }

    @Test
    void placesCountUtf16UnitsBehindSupplementaryCharacters() {
        assertThatThrownBy(() -> SchemaCompiler.compile("/* \uD83D\uDEA2 */ node A { a: Strin }"))
                .isInstanceOfSatisfying(EngineException.class, e -> {
                    Diagnostic.Span span = ((EngineFailure.Invalid) e.failure())
                            .diagnostics()
                            .getFirst()
                            .span()
                            .orElseThrow();
                    assertThat(span).isEqualTo(new Diagnostic.Span(21, 26, 1, 22));
                });
    }

    @Test
    void aDiagnosticShowsItsLineWithACaret() {
        String text = "node A {\n\ta: Strin // here\n}";
        assertThatThrownBy(() -> SchemaCompiler.compile(text))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(((EngineFailure.Invalid) e.failure())
                                        .diagnostics()
                                        .getFirst()
                                        .render(text))
                                .startsWith("2:5: [S20] 'Strin' is no property type")
                                .endsWith("\n  \ta: Strin // here\n  \t   ^^^^^"));
        assertThat(Diagnostic.atLine("card", "too many", 7).render("")).isEqualTo("line 7: [card] too many");
        assertThat(Diagnostic.error("S1", "x", new Diagnostic.Span(3, 4, 1, 4)).render("abc"))
                .isEqualTo("1:4: [S1] x\n  abc\n     ^");
        assertThat(Diagnostic.error("S1", "another text", new Diagnostic.Span(30, 31, 9, 4))
                        .render("abc"))
                .isEqualTo("9:4: [S1] another text");
    }

    @Test
    void manyBracketsSideBySideAreNotDeep() {
        String properties = IntStream.range(0, 200)
                .mapToObj(i -> "p" + i + ": Vector(2)? @description(\"one\")")
                .collect(Collectors.joining("\n"));
        assertThat(SchemaCompiler.compile("node A {\n" + properties + "\n}")
                        .nodes()
                        .getFirst()
                        .properties())
                .hasSize(200);
    }

    @Test
    void longTokensAreShownShort() {
        String digits = "9".repeat(1_000_000);
        assertThatThrownBy(() -> SchemaCompiler.compile("node A { a: Vector(" + digits + ") b: " + digits + "x }"))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(((EngineFailure.Invalid) e.failure()).diagnostics())
                                .isNotEmpty()
                                .allSatisfy(
                                        d -> assertThat(d.message().length()).isLessThan(200)));
    }

    @Test
    void readingEndsWhenTheListOfErrorsIsFull() {
        String text = "node A { a: String " + "$a ".repeat(1_000_000);
        EngineException refusal = assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> catchThrowableOfType(EngineException.class, () -> SchemaCompiler.compile(text)));
        List<Diagnostic> found = ((EngineFailure.Invalid) refusal.failure()).diagnostics();
        assertThat(found).hasSize(200).allSatisfy(d -> assertThat(d.code()).isEqualTo("S1"));
        assertThat(found.getLast().span().orElseThrow().start()).isLessThan(2_000);
    }

    @Test
    void aMessageThatQuotesALongTextIsKeptWithoutItsMiddle() {
        String name = "N" + "\uD83D\uDEA2".repeat(5_000);
        Diagnostic found = Diagnostic.atLine("load_value", "'" + name + "' is wrong", 1);
        assertThat(found.message()).startsWith("'N").endsWith("' is wrong").contains(" … ");
        assertThat(found.message().length()).isLessThan(2_510);
        assertThat(found.message().replace("\uD83D\uDEA2", "")).isEqualTo("'N … ' is wrong");
    }

    @Test
    void anEmbeddedVectorNamesItsSourceByIdentity() {
        EntityType.Node node = new EntityType.Node(
                new TypeId(1),
                "Note",
                List.of(),
                List.of(
                        new Property(new PropertyId(2), "text", PropertyType.of(Scalar.STRING), java.util.Map.of()),
                        new Property(
                                new PropertyId(3),
                                "vector",
                                PropertyType.of(Scalar.F32),
                                java.util.Map.of("embed", "text", "embed.model", "m/1"))),
                List.of(),
                java.util.Map.of());
        assertThat(node.embed(node.property("vector").orElseThrow()))
                .contains(new Embed(new PropertyId(2), java.util.Optional.of("m/1")));
        assertThat(node.embed(node.property("text").orElseThrow())).isEmpty();
    }
}
