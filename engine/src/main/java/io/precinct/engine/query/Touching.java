package io.precinct.engine.query;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers {@link TouchedTypes} while a statement is checked. */
final class Touching {
    private final Schema schema;
    private final SortedSet<String> read = new TreeSet<>();
    private final SortedSet<String> edges = new TreeSet<>();
    private final SortedSet<String> write = new TreeSet<>();
    private final SortedMap<String, SortedSet<String>> properties = new TreeMap<>();

    Touching(Schema schema) {
        this.schema = schema;
    }

    void reads(EntityType.Node type) {
        read.add(type.name());
    }

    void traverses(EntityType.Edge type) {
        edges.add(type.name());
        ends(type);
    }

    void ends(EntityType.Edge type) {
        read.add(schema.type(type.source()).name());
        read.add(schema.type(type.destination()).name());
    }

    void writes(EntityType type) {
        write.add(type.name());
        if (type instanceof EntityType.Edge edge) {
            ends(edge);
        }
    }

    /** Deleting nodes takes the edges at either end with it. */
    void deletes(EntityType type) {
        writes(type);
        if (type instanceof EntityType.Node) {
            schema.edges().stream()
                    .filter(e -> e.source().equals(type.id()) || e.destination().equals(type.id()))
                    .forEach(e -> write.add(e.name()));
        }
    }

    void names(EntityType type, Property property) {
        properties.computeIfAbsent(type.name(), name -> new TreeSet<>()).add(property.name());
    }

    TouchedTypes done() {
        return TouchedTypes.of(read, edges, write, Map.copyOf(properties));
    }
}
