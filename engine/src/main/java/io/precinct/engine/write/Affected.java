package io.precinct.engine.write;

import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many entities a write touched, by type name. */
public record Affected(Map<String, Long> nodes, Map<String, Long> edges) {
    public static final Affected NOTHING = new Affected(Map.of(), Map.of());

    public Affected {
        nodes = Map.copyOf(nodes);
        edges = Map.copyOf(edges);
    }

    /** As a commit's change sets tell it. */
    public static Affected of(Schema schema, Map<TypeId, ChangeSet> changes) {
        Tally tally = new Tally();
        changes.forEach((type, change) ->
                tally.add(schema.type(type), change.insertedCount() + change.updatedCount() + change.deletedCount()));
        return tally.build();
    }

    public long nodeCount() {
        return nodes.values().stream().mapToLong(Long::longValue).sum();
    }

    public long edgeCount() {
        return edges.values().stream().mapToLong(Long::longValue).sum();
    }

    static final class Tally {
        private final SortedMap<String, Long> nodes = new TreeMap<>();
        private final SortedMap<String, Long> edges = new TreeMap<>();

        void add(EntityType type, long count) {
            if (count > 0) {
                (type instanceof EntityType.Node ? nodes : edges).merge(type.name(), count, Long::sum);
            }
        }

        Affected build() {
            return new Affected(nodes, edges);
        }
    }
}
