package io.precinct.engine.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes a checked schema in the schema language: what it writes has the same shape, and is written the same again.
 * Types go by kind and name, properties by name. A property that an interface of the schema brings along is left to the
 * interface. Comments, migration hints and the order of writing are gone. Stateless.
 */
public final class SchemaPrinter {
    private SchemaPrinter() {}

    public static String print(Schema schema) {
        List<String> declarations = new ArrayList<>();
        byName(schema.interfaces(), InterfaceType::name).forEach(contract -> declarations.add(contract(contract)));
        byName(schema.nodes(), EntityType::name).forEach(node -> declarations.add(node(schema, node)));
        byName(schema.edges(), EntityType::name)
                .forEach(edge -> declarations.add(type(
                        "edge " + edge.name() + ": "
                                + schema.type(edge.source()).name() + " -> "
                                + schema.type(edge.destination()).name() + cardinality(edge)
                                + annotations(edge.annotations()),
                        edge,
                        Set.of())));
        return String.join("\n", declarations);
    }

    private static <T> List<T> byName(List<T> items, Function<T, String> name) {
        return items.stream().sorted(Comparator.comparing(name)).toList();
    }

    private static String contract(InterfaceType contract) {
        StringBuilder text = new StringBuilder("interface " + contract.name() + " {\n");
        for (InterfaceType.Member member :
                byName(contract.members(), m -> m.property().name())) {
            text.append(property(member.property()));
            member.constraints().forEach(word -> text.append(" @").append(word));
            text.append(annotations(member.property().annotations())).append('\n');
        }
        return text.append("}\n").toString();
    }

    private static String node(Schema schema, EntityType.Node node) {
        List<InterfaceType> contracts = node.interfaces().stream()
                .flatMap(name -> schema.interfaceType(name).stream())
                .toList();
        Set<String> inherited = node.properties().stream()
                .filter(property -> inherited(node, property, contracts))
                .map(Property::name)
                .collect(Collectors.toSet());
        String implemented = contracts.isEmpty()
                ? ""
                : " implements " + contracts.stream().map(InterfaceType::name).collect(Collectors.joining(", "));
        return type("node " + node.name() + annotations(node.annotations()) + implemented, node, inherited);
    }

    /** Whether the contracts alone would give the node this property as it is. */
    private static boolean inherited(EntityType.Node node, Property property, List<InterfaceType> contracts) {
        List<InterfaceType.Member> given = contracts.stream()
                .flatMap(contract -> contract.member(property.name()).stream())
                .toList();
        List<String> own = node.constraints().stream()
                .flatMap(constraint -> shorthand(constraint, property).stream())
                .sorted()
                .toList();
        return !given.isEmpty()
                && given.stream()
                        .allMatch(member -> member.property().type().equals(property.type())
                                && member.property().annotations().equals(property.annotations())
                                && member.constraints().equals(own));
    }

    private static String property(Property property) {
        return "  " + property.name() + ": " + property.type().display();
    }

    private static String type(String head, EntityType type, Set<String> inherited) {
        StringBuilder text = new StringBuilder(head).append(" {\n");
        List<Constraint> body = new ArrayList<>(type.constraints());
        for (Property property : byName(type.properties(), Property::name)) {
            List<String> words = new ArrayList<>();
            for (Constraint constraint : type.constraints()) {
                shorthand(constraint, property)
                        .filter(word -> !property.type().list())
                        .ifPresent(word -> {
                            words.add(word);
                            body.remove(constraint);
                        });
            }
            if (!inherited.contains(property.name())) {
                text.append(property(property));
                words.forEach(word -> text.append(" @").append(word));
                text.append(annotations(property.annotations())).append('\n');
            }
        }
        body.stream()
                .map(constraint -> constraint(type, constraint))
                .sorted()
                .forEach(constraint -> text.append("  ").append(constraint).append('\n'));
        return text.append("}\n").toString();
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

    static String constraint(EntityType type, Constraint constraint) {
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
        ids.stream().map(id -> type.property(id).name()).sorted().forEach(names::add);
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
