package io.precinct.engine.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node or edge type of a checked schema. Properties are in ascending id order. */
public sealed interface EntityType {
    TypeId id();

    String name();

    List<Property> properties();

    List<Constraint> constraints();

    /** Opaque and documentary annotations by name, values as text; keys sorted. */
    Map<String, String> annotations();

    /** {@code node:Airport} or {@code edge:Route}. */
    String key();

    default Optional<Property> property(String name) {
        return properties().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    default Property property(PropertyId id) {
        return properties().stream()
                .filter(p -> p.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no property " + id + " in " + name()));
    }

    /** What a vector property of this type is computed from; empty for one that is only written. */
    default Optional<Embed> embed(Property vector) {
        return Optional.ofNullable(vector.annotations().get("embed"))
                .flatMap(this::property)
                .map(source -> new Embed(
                        source.id(), Optional.ofNullable(vector.annotations().get("embed.model"))));
    }

    record Node(
            TypeId id,
            String name,
            List<String> interfaces,
            List<Property> properties,
            List<Constraint> constraints,
            Map<String, String> annotations)
            implements EntityType {
        public Node {
            interfaces = List.copyOf(interfaces);
            properties = List.copyOf(properties);
            constraints = List.copyOf(constraints);
            annotations = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(annotations));
        }

        @Override
        public String key() {
            return "node:" + name;
        }

        /** The members of the key in ascending property id; empty for a type without key. */
        public List<Property> keyMembers() {
            return constraints.stream()
                    .flatMap(
                            c -> c instanceof Constraint.Key k ? k.members().stream() : java.util.stream.Stream.empty())
                    .map(this::property)
                    .toList();
        }
    }

    /** {@code least} and {@code most} outgoing edges per source ({@code @card}); {@code most} empty for no bound. */
    record Edge(
            TypeId id,
            String name,
            TypeId source,
            TypeId destination,
            long least,
            Optional<Long> most,
            List<Property> properties,
            List<Constraint> constraints,
            Map<String, String> annotations)
            implements EntityType {
        public Edge {
            properties = List.copyOf(properties);
            constraints = List.copyOf(constraints);
            annotations = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(annotations));
        }

        @Override
        public String key() {
            return "edge:" + name;
        }
    }
}
