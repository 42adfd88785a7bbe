package io.precinct.engine.reference;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.schema.CalendarText;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A random schema with records that fit it: ids that collide across types, loops, parallel edges, nulls, every scalar.
 * {@code scale} bounds the entities of a type; the smallest failing one is the easiest to read.
 */
record RandomGraph(Schema schema, List<String> lines) {
    static final List<String> TEXTS = List.of("", "a", "b", "ab", "a%b", "\u00e9", "\uFFFD", "\uD83D\uDE00");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PROPERTIES = List.of(
            "s: String",
            "t: String",
            "e: enum(b, a, ab)",
            "o: Bool",
            "i: I32",
            "j: I32",
            "l: I64",
            "u: U32",
            "w: U64",
            "f: F32",
            "d: F64",
            "day: Date",
            "at: DateTime",
            "tags: [String]",
            "numbers: [I32]",
            "longs: [I64]",
            "reals: [F32]",
            "doubles: [F64]",
            "flags: [Bool]",
            "days: [Date]");

    static RandomGraph of(long seed, int scale) {
        return of(seed, seed + 1_000_003, scale);
    }

    /** Nodes with the ids of {@code lines} and other values. */
    static List<String> stale(long seed, int scale, List<String> lines) {
        Set<String> ids = lines.stream().map(RandomGraph::identity).collect(Collectors.toSet());
        return of(seed, seed + 2_000_003, scale).lines().stream()
                .filter(line -> line.startsWith("{\"type\"") && ids.contains(identity(line)))
                .toList();
    }

    /** A record's beginning, up to its id. */
    private static String identity(String line) {
        int id = line.indexOf("\"id\":\"") + 6;
        return line.substring(0, line.indexOf('"', id));
    }

    private static RandomGraph of(long seed, long values, int scale) {
        Schema schema = SchemaCompiler.compile(schemaText(new Draw(seed)));
        Draw draw = new Draw(values);
        List<String> lines = new ArrayList<>();
        for (EntityType.Node node : schema.nodes()) {
            for (String id : ids(node, scale)) {
                ObjectNode data = JSON.createObjectNode().put("id", id);
                values(node, data, draw);
                node.keyMembers().forEach(member -> {
                    if (member.type().scalar() == Scalar.STRING) {
                        data.put(member.name(), id);
                    } else {
                        data.put(member.name(), Long.parseLong(id));
                    }
                });
                lines.add(JSON.createObjectNode()
                        .put("type", node.name())
                        .<ObjectNode>set("data", data)
                        .toString());
            }
        }
        for (EntityType.Edge edge : schema.edges()) {
            List<String> sources = ids(schema.node(edge.source()), scale);
            List<String> destinations = ids(schema.node(edge.destination()), scale);
            for (int i = draw.below(2 * scale + 1); i > 0; i--) {
                ObjectNode data = JSON.createObjectNode().put("id", "e" + i);
                values(edge, data, draw);
                lines.add(JSON.createObjectNode()
                        .put("edge", edge.name())
                        .put("from", draw.of(sources))
                        .put("to", draw.of(destinations))
                        .<ObjectNode>set("data", data)
                        .toString());
            }
        }
        return new RandomGraph(schema, lines);
    }

    PlainGraph plain() {
        return PlainGraph.read(String.join("\n", lines), schema);
    }

    private static String schemaText(Draw draw) {
        List<String> nodes = List.of("Alpha", "Beta", "Gamma");
        StringBuilder text = new StringBuilder();
        for (String node : nodes) {
            String key = draw.of(List.of("k: String @key\n", "n: I64 @key\n", ""));
            text.append("node ").append(node).append(" {\n").append(key);
            text.append(properties(draw, 4 + draw.below(8))).append("}\n");
        }
        text.append("edge Near: Alpha -> Alpha {\n")
                .append(properties(draw, draw.below(4)))
                .append("}\n");
        List<String> names = List.of("Holds", "Beta", "Meets");
        for (String name : names) {
            text.append("edge " + name + ": " + draw.of(nodes) + " -> " + draw.of(nodes) + " {\n");
            text.append(properties(draw, draw.below(4))).append("}\n");
        }
        return text.toString();
    }

    private static String properties(Draw draw, int count) {
        List<String> left = new ArrayList<>(PROPERTIES);
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chosen.add(left.remove(draw.below(left.size())) + (draw.percent(70) ? "?" : ""));
        }
        return chosen.stream().map(one -> one + "\n").collect(Collectors.joining());
    }

    /** As many ids for every type, so that they collide across types; of an unkeyed type they differ by one. */
    private static List<String> ids(EntityType.Node node, int scale) {
        List<String> ids = new ArrayList<>();
        int count = 1 + (node.name().length() + node.properties().size()) % scale;
        for (int i = 0; i < count; i++) {
            ids.add(String.valueOf(i + 1));
        }
        return ids;
    }

    private static void values(EntityType type, ObjectNode data, Draw draw) {
        for (Property property : type.properties()) {
            if (property.type().nullable() && draw.percent(25)) {
                continue;
            }
            if (property.type().list()) {
                var items = data.putArray(property.name());
                for (int i = draw.below(3); i > 0; i--) {
                    items.add(JSON.valueToTree(value(property.type().element(), draw)));
                }
            } else {
                data.set(property.name(), JSON.valueToTree(value(property.type(), draw)));
            }
        }
    }

    /** In the form of JSONL; small sets, so that values meet. */
    static Object value(PropertyType type, Draw draw) {
        return switch (type.scalar()) {
            case STRING ->
                type.enumValues().isPresent() ? draw.of(type.enumValues().get()) : draw.of(TEXTS);
            case BOOL -> draw.percent(50);
            case I32 -> draw.of(List.of(-1, 0, 1, 2, 3, Integer.MAX_VALUE));
            case I64 -> draw.of(List.of(-1L, 0L, 1L, 2L, 3L, (1L << 53) + 1, Long.MAX_VALUE));
            case U32 -> draw.of(List.of(0L, 1L, 2L, 3L, (1L << 32) - 1));
            case U64 ->
                draw.of(List.of(
                        BigInteger.ZERO,
                        BigInteger.ONE,
                        BigInteger.TWO,
                        BigInteger.TWO.pow(63),
                        BigInteger.TWO.pow(64).subtract(BigInteger.ONE)));
            case F32, F64 -> draw.of(List.of(-1.5, -0.0, 0.0, 0.1, 0.5, 1.0, 2.0, 2.75, 3.0));
            case DATE -> CalendarText.date(draw.of(List.of(-1, 0, 1, 18_321, 20_543)));
            case DATE_TIME ->
                CalendarText.dateTime(draw.of(List.of(-1L, 0L, 1L, LocalGraphs.NOW.toEpochMilli(), 1L << 41)));
            case BLOB, VECTOR -> throw new IllegalArgumentException("no random " + type.display());
        };
    }
}
