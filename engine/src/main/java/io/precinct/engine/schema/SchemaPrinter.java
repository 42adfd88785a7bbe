package io.precinct.engine.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes a checked schema in the schema language. What it writes compiles to types, properties, constraints and
 * annotations of the same names and forms; interfaces are expanded, comments and the order of writing are gone.
 * Stateless.
 */
public final class SchemaPrinter {
    private SchemaPrinter() {}

    public static String print(Schema schema) {
        StringBuilder text = new StringBuilder();
        schema.nodes().forEach(node -> type(text, "node " + node.name() + annotations(node.annotations()), node));
        schema.edges()
                .forEach(edge -> type(
                        text,
                        "edge " + edge.name() + ": "
                                + schema.type(edge.source()).name() + " -> "
                                + schema.type(edge.destination()).name() + cardinality(edge)
                                + annotations(edge.annotations()),
                        edge));
        return text.toString();
    }

    private static void type(StringBuilder text, String head, EntityType type) {
        text.append(head).append(" {\n");
        List<Constraint> body = new ArrayList<>(type.constraints());
        for (Property property : type.properties()) {
            text.append("  ")
                    .append(property.name())
                    .append(": ")
                    .append(property.type().display());
            for (Constraint constraint : type.constraints()) {
                shorthand(constraint, property).ifPresent(word -> {
                    text.append(" @").append(word);
                    body.remove(constraint);
                });
            }
            text.append(annotations(property.annotations())).append('\n');
        }
        body.forEach(constraint ->
                text.append("  ").append(constraint(type, constraint)).append('\n'));
        text.append("}\n");
    }

    /** The word for a constraint of this property alone, which stands on the property's line. */
    private static Optional<String> shorthand(Constraint constraint, Property property) {
        List<PropertyId> alone = List.of(property.id());
        return switch (constraint) {
            case Constraint.Key key when key.members().equals(alone) -> Optional.of("key");
            case Constraint.Unique unique
            when unique.members().equals(alone) && !unique.source() && !unique.destination() -> Optional.of("unique");
            case Constraint.Index index
            when index.members().equals(alone) && !index.source() && !index.destination() -> Optional.of("index");
            case Constraint.Key key -> Optional.empty();
            case Constraint.Unique unique -> Optional.empty();
            case Constraint.Index index -> Optional.empty();
            case Constraint.Range range -> Optional.empty();
            case Constraint.Check check -> Optional.empty();
        };
    }

    private static String constraint(EntityType type, Constraint constraint) {
        return switch (constraint) {
            case Constraint.Key key -> "@key(" + members(type, key.members(), false, false) + ")";
            case Constraint.Unique unique ->
                "@unique(" + members(type, unique.members(), unique.source(), unique.destination()) + ")";
            case Constraint.Index index ->
                "@index(" + members(type, index.members(), index.source(), index.destination()) + ")";
            case Constraint.Range range ->
                "@range(" + type.property(range.member()).name() + ", " + bound(range.least()) + ".."
                        + bound(range.most()) + ")";
            case Constraint.Check check ->
                "@check(" + type.property(check.member()).name() + ", " + quoted(check.pattern()) + ")";
        };
    }

    private static String members(EntityType type, List<PropertyId> ids, boolean source, boolean destination) {
        List<String> names = new ArrayList<>();
        if (source) {
            names.add("src");
        }
        if (destination) {
            names.add("dst");
        }
        ids.forEach(id -> names.add(type.property(id).name()));
        return String.join(", ", names);
    }

    private static String bound(Optional<BigDecimal> bound) {
        return bound.map(BigDecimal::toPlainString).orElse("");
    }

    private static String cardinality(EntityType.Edge edge) {
        return edge.least() == 0 && edge.most().isEmpty()
                ? ""
                : " @card(" + edge.least() + ".."
                        + edge.most().map(String::valueOf).orElse("") + ")";
    }

    /** Values stand under the annotation's name, keyword values under {@code name.keyword}. */
    private static String annotations(Map<String, String> kept) {
        return kept.entrySet().stream()
                .filter(entry -> entry.getKey().indexOf('.') < 0)
                .map(entry -> " @" + entry.getKey() + arguments(entry.getKey(), entry.getValue(), kept))
                .collect(Collectors.joining());
    }

    private static String arguments(String word, String value, Map<String, String> kept) {
        List<String> arguments = new ArrayList<>();
        String keyed = word + ".";
        kept.forEach((key, text) -> {
            if (key.startsWith(keyed)) {
                arguments.add(key.substring(keyed.length()) + "=" + quoted(text));
            }
        });
        if (!value.isEmpty() || !arguments.isEmpty()) {
            arguments.addFirst(quoted(value));
        }
        return arguments.isEmpty() ? "" : "(" + String.join(", ", arguments) + ")";
    }

    private static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                + "\"";
    }
}
