package io.precinct.engine.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SchemaJsonTest {
    private static final List<String> SCALARS =
            List.of("String", "Bool", "I32", "I64", "U32", "U64", "F32", "F64", "Date", "DateTime");

    @Property(tries = 300)
    void storedSchemasReadBackAsTheyWere(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        byte[] stored = SchemaJson.write(schema);
        Schema read = SchemaJson.read(stored);
        assertThat(read).isEqualTo(schema);
        assertThat(SchemaJson.write(read)).isEqualTo(stored);
    }

    @Property(tries = 300)
    void everyIdentityIsGivenOnceInOrder(@ForAll("schemas") String text) {
        Schema schema = SchemaCompiler.compile(text);
        List<Integer> ids = IntStream.concat(
                        schema.types().stream().mapToInt(t -> t.id().value()),
                        schema.types().stream()
                                .flatMap(t -> t.properties().stream())
                                .mapToInt(p -> p.id().value()))
                .boxed()
                .toList();
        assertThat(ids).isEqualTo(IntStream.range(1, schema.nextId()).boxed().toList());
    }

    @Provide
    Arbitrary<String> schemas() {
        Arbitrary<String> bodies = property().list().ofMaxSize(5).map(SchemaJsonTest::body);
        Arbitrary<List<String>> nodes = bodies.list().ofMinSize(1).ofMaxSize(4);
        Arbitrary<List<String>> edges = bodies.list().ofMaxSize(3);
        Arbitrary<Integer> end = Arbitraries.integers().between(0, 3);
        return Combinators.combine(nodes, edges, end, end).as((n, e, from, to) -> {
            // Declared from the last name to the first: identities must not follow the order of writing.
            String declared = IntStream.range(0, n.size())
                    .mapToObj(i -> "node N" + (n.size() - i) + " " + n.get(i))
                    .collect(Collectors.joining("\n"));
            return declared
                    + IntStream.range(0, e.size())
                            .mapToObj(i -> "\nedge E" + (e.size() - i) + ": N" + (1 + from % n.size()) + " -> N"
                                    + (1 + to % n.size()) + " @card(" + from + ".." + (from + to) + ") " + e.get(i))
                            .collect(Collectors.joining());
        });
    }

    private static String body(List<String> properties) {
        return IntStream.range(0, properties.size())
                .mapToObj(i -> "p" + (properties.size() - i) + properties.get(i))
                .collect(Collectors.joining(" ", "{ ", " }"));
    }

    private static Arbitrary<String> property() {
        Arbitrary<String> type = Arbitraries.oneOf(
                Arbitraries.of(SCALARS),
                Arbitraries.of(SCALARS).map(s -> "[" + s + "]"),
                Arbitraries.of("a", "b-1", "2c")
                        .set()
                        .ofMinSize(1)
                        .map(values -> "enum(" + String.join(", ", values) + ")"));
        Arbitrary<String> suffix = Arbitraries.of("", "?", " @index", "? @unique", " @note(\"é \\\"x\\\"\", k = 1)");
        return Combinators.combine(type, suffix)
                .as((t, s) -> ": " + t + (t.startsWith("[") && s.contains("@") && !s.contains("note") ? "" : s));
    }
}
