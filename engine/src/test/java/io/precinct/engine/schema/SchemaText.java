package io.precinct.engine.schema;

import java.util.stream.Collectors;

/** A checked schema in words, for expectations. */
final class SchemaText {
    private SchemaText() {}

    static String of(Schema schema) {
        return schema.interfaces().stream().map(SchemaText::of).collect(Collectors.joining())
                + schema.types().stream().map(type -> of(schema, type)).collect(Collectors.joining("\n")) + "\nnext id "
                + schema.nextId();
    }

    private static String of(InterfaceType contract) {
        return contract.id().value() + " interface:" + contract.name()
                + contract.members().stream()
                        .map(m -> "\n  " + m.property().id().value() + " "
                                + m.property().name() + ": "
                                + m.property().type().display() + " "
                                + m.property().annotations() + " " + m.constraints())
                        .collect(Collectors.joining())
                + "\n";
    }

    private static String of(Schema schema, EntityType type) {
        String head = switch (type) {
            case EntityType.Node node ->
                node.interfaces() + " " + node.annotations() + " key "
                        + node.keyMembers().stream().map(Property::name).toList();
            case EntityType.Edge edge ->
                schema.type(edge.source()).name() + " -> "
                        + schema.type(edge.destination()).name() + " " + edge.least() + ".."
                        + edge.most().map(String::valueOf).orElse("") + " " + edge.annotations();
        };
        return type.id().value() + " " + type.key() + " " + head
                + type.properties().stream()
                        .map(p -> "\n  " + p.id().value() + " " + p.name() + ": "
                                + p.type().display() + " " + p.annotations())
                        .collect(Collectors.joining())
                + type.constraints().stream().map(c -> "\n  " + of(type, c)).collect(Collectors.joining());
    }

    private static String of(EntityType type, Constraint constraint) {
        return switch (constraint) {
            case Constraint.Key key -> "@key" + names(type, key.members());
            case Constraint.Unique unique ->
                "@unique" + names(type, unique.members()) + ends(unique.source(), unique.destination());
            case Constraint.Index index ->
                "@index" + names(type, index.members()) + ends(index.source(), index.destination());
            case Constraint.Range range ->
                "@range " + type.property(range.member()).name() + " "
                        + range.least().map(String::valueOf).orElse("") + ".."
                        + range.most().map(String::valueOf).orElse("");
            case Constraint.Check check ->
                "@check " + type.property(check.member()).name() + " " + check.pattern();
        };
    }

    private static String ends(boolean source, boolean destination) {
        return (source ? " source" : "") + (destination ? " destination" : "");
    }

    private static String names(EntityType type, java.util.List<PropertyId> ids) {
        return ids.stream().map(id -> type.property(id).name()).toList().toString();
    }
}
