package io.precinct.engine.schema;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Right schema texts, one declaration a line. */
final class RandomSchemas {
    private static final List<String> SCALARS =
            List.of("String", "Bool", "I32", "I64", "U32", "U64", "F32", "F64", "Date", "DateTime");

    private RandomSchemas() {}

    static Arbitrary<String> texts() {
        Arbitrary<String> interfaces = properties("i").map(body -> "interface I { " + body + " }");
        Arbitrary<String> others = properties("j").map(body -> "interface J { " + body + " }");
        Arbitrary<String> heads = Arbitraries.of(
                "",
                " implements I",
                " implements I, J",
                " @description(\"a \\\"b\\\"\\n\") implements J",
                " @instruction(\"é\") @m(\"x\", k=true, l=-2.5)");
        Arbitrary<List<String>> nodes = Combinators.combine(heads, properties("p"), constraints())
                .as((head, body, rules) -> head + " { k: I64 f: F64? s: String " + body + rules + " }")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
        Arbitrary<String> edgeHeads =
                Arbitraries.of("", " @card(0..1)", " @card(1..)", " @card(0..4294967295) @instruction(\"t\")");
        Arbitrary<String> edgeTails = Arbitraries.of("", "@unique(src)", "@unique(dst, w, src)", "@index(src, w)");
        Arbitrary<List<String>> edges = Combinators.combine(edgeHeads, properties("q"), edgeTails)
                .as((head, body, tail) -> head + " { w: I32? " + body + " " + tail + " }")
                .list()
                .ofMaxSize(3);
        Arbitrary<Integer> end = Arbitraries.integers().between(0, 3);
        return Combinators.combine(interfaces, others, nodes, edges, end, end)
                .as((i, j, n, e, from, to) -> i
                        + "\n" + j + "\n"
                        + IntStream.range(0, n.size())
                                .mapToObj(at -> "node N" + at + n.get(at) + "\n")
                                .collect(Collectors.joining())
                        + IntStream.range(0, e.size())
                                .mapToObj(at -> "edge E" + at + ": N" + from % n.size() + " -> N" + to % n.size()
                                        + e.get(at) + "\n")
                                .collect(Collectors.joining()));
    }

    private static Arbitrary<String> properties(String prefix) {
        return property()
                .list()
                .ofMaxSize(4)
                .map(all -> IntStream.range(0, all.size())
                        .mapToObj(at -> prefix + at + all.get(at))
                        .collect(Collectors.joining(" ")));
    }

    private static Arbitrary<String> constraints() {
        return Arbitraries.of(
                        " @key(k)",
                        " @unique(s, k)",
                        " @unique(s)",
                        " @index(f)",
                        " @range(f, -1.50..)",
                        " @range(k, ..7)",
                        " @range(f, 0..1.0)",
                        " @check(s, \"^a\\\\.b\\\"$\")")
                .set()
                .map(all -> String.join("", all));
    }

    private static Arbitrary<String> property() {
        Arbitrary<String> type = Arbitraries.oneOf(
                Arbitraries.of(SCALARS),
                Arbitraries.of(SCALARS).map(s -> "[" + s + "]"),
                Arbitraries.of("a", "b-1", "2c")
                        .set()
                        .ofMinSize(1)
                        .map(values -> "enum(" + String.join(", ", values) + ")"));
        Arbitrary<String> suffix = Arbitraries.of(
                "",
                "?",
                " @index",
                "? @unique @index",
                " @note(\"é \\\"x\\\"\", k = 1) @bare",
                "? @description(\"d\")");
        return Combinators.combine(type, suffix)
                .as((t, s) ->
                        ": " + t + (t.startsWith("[") && (s.contains("@index") || s.contains("@unique")) ? "" : s));
    }
}
