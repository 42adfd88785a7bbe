package io.precinct.engine.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The part of a schema that exists for a caller. Stateless. */
public final class VisibleSchema {
    private VisibleSchema() {}

    /**
     * The schema without the types that {@code shown} doesn't name, without edges at such types, without the denied
     * properties, and without everything that would tell of them: constraints and annotations that name such a
     * property, and contracts that would require it. Types and properties keep their ids, a type that is shown whole is
     * the very same record, and the hash stays that of the whole schema, for this is a view of it and never stored.
     *
     * @param shown the denied properties, perhaps none, of each type that exists for the caller, by the type's name
     */
    public static Schema of(Schema whole, Map<String, Set<String>> shown) {
        List<EntityType.Node> nodes = new ArrayList<>();
        Set<TypeId> there = new HashSet<>();
        for (EntityType.Node node : whole.nodes()) {
            Set<String> denied = shown.get(node.name());
            if (denied != null) {
                nodes.add(without(node, denied));
                there.add(node.id());
            }
        }
        List<EntityType.Edge> edges = new ArrayList<>();
        for (EntityType.Edge edge : whole.edges()) {
            Set<String> denied = shown.get(edge.name());
            if (denied != null && there.contains(edge.source()) && there.contains(edge.destination())) {
                edges.add(without(edge, denied));
            }
        }
        Schema visible = new Schema("", whole.hash(), nodes, edges, whole.nextId());
        return visible.nodes().equals(whole.nodes()) && visible.edges().equals(whole.edges())
                ? whole
                : new Schema(SchemaPrinter.print(visible), whole.hash(), nodes, edges, whole.nextId());
    }

    private static EntityType.Node without(EntityType.Node node, Set<String> denied) {
        List<Property> properties = properties(node, denied);
        return properties.size() == node.properties().size()
                ? node
                : new EntityType.Node(
                        node.id(), node.name(), List.of(), properties, constraints(node, denied), node.annotations());
    }

    private static EntityType.Edge without(EntityType.Edge edge, Set<String> denied) {
        List<Property> properties = properties(edge, denied);
        return properties.size() == edge.properties().size()
                ? edge
                : new EntityType.Edge(
                        edge.id(),
                        edge.name(),
                        edge.source(),
                        edge.destination(),
                        edge.least(),
                        edge.most(),
                        properties,
                        constraints(edge, denied),
                        edge.annotations());
    }

    private static List<Property> properties(EntityType type, Set<String> denied) {
        return type.properties().stream()
                .filter(property -> !denied.contains(property.name()))
                .map(property -> naming(property, denied))
                .toList();
    }

    /** {@code @embed} names the property that it is made from. */
    private static Property naming(Property property, Set<String> denied) {
        if (!denied.contains(property.annotations().getOrDefault("embed", ""))) {
            return property;
        }
        Map<String, String> kept = new TreeMap<>(property.annotations());
        kept.keySet().removeIf(key -> key.equals("embed") || key.startsWith("embed."));
        return new Property(property.id(), property.name(), property.type(), kept);
    }

    private static List<Constraint> constraints(EntityType type, Set<String> denied) {
        Set<PropertyId> hidden = type.properties().stream()
                .filter(property -> denied.contains(property.name()))
                .map(Property::id)
                .collect(Collectors.toSet());
        return type.constraints().stream()
                .filter(constraint -> switch (constraint) {
                    case Constraint.Key key -> key.members().stream().noneMatch(hidden::contains);
                    case Constraint.Unique unique -> unique.members().stream().noneMatch(hidden::contains);
                    case Constraint.Index index -> index.members().stream().noneMatch(hidden::contains);
                    case Constraint.Range range -> !hidden.contains(range.member());
                    case Constraint.Check check -> !hidden.contains(check.member());
                })
                .toList();
    }
}
