package io.precinct.engine.schema;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A checked schema: what a graph may hold. Immutable.
 *
 * @param source the text it was read from
 * @param hash {@code sha256:} and the hex digest of the canonical shape with identities; names the stored object
 * @param nextId the next type or property id to give; ids come from one counter and are never reused
 */
public record Schema(
        String source,
        String hash,
        List<InterfaceType> interfaces,
        List<EntityType.Node> nodes,
        List<EntityType.Edge> edges,
        int nextId) {
    public Schema {
        interfaces = List.copyOf(interfaces);
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** A schema without interfaces. */
    public Schema(String source, String hash, List<EntityType.Node> nodes, List<EntityType.Edge> edges, int nextId) {
        this(source, hash, List.of(), nodes, edges, nextId);
    }

    public Optional<InterfaceType> interfaceType(String name) {
        return interfaces.stream().filter(i -> i.name().equals(name)).findFirst();
    }

    public Optional<EntityType.Node> node(String name) {
        return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
    }

    /** By exact name, else by the whole word without regard to case. */
    public Optional<EntityType.Edge> edge(String name) {
        return edges.stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .or(() -> edges.stream()
                        .filter(e -> e.name().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
                        .findFirst());
    }

    public EntityType type(TypeId id) {
        return types().stream()
                .filter(t -> t.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no type " + id));
    }

    public EntityType.Node node(TypeId id) {
        return (EntityType.Node) type(id);
    }

    /** Nodes, then edges, each by ascending id. */
    public Collection<EntityType> types() {
        return java.util.stream.Stream.<EntityType>concat(nodes.stream(), edges.stream())
                .toList();
    }
}
