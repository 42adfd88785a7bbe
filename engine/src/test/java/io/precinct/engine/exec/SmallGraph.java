package io.precinct.engine.exec;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.Constraint;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.RowTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** People and places, who knows whom and who visits what: rows on the heap, and snapshots made of them. */
final class SmallGraph {
    static final EntityNumbers NUMBERS = new EntityNumbers(4711);
    static final EntityType.Node PERSON = node(1, "Person", 10);
    static final EntityType.Node PLACE = node(2, "Place", 20);
    static final EntityType.Edge KNOWS = edge(3, "Knows", PERSON, PERSON, 30);
    static final EntityType.Edge VISITS = edge(4, "Visits", PERSON, PLACE, 40);
    static final List<EntityType> TYPES = List.of(PERSON, PLACE, KNOWS, VISITS);
    static final Schema SCHEMA = new Schema("", "sha256:small", List.of(PERSON, PLACE), List.of(KNOWS, VISITS), 100);

    final Map<TypeId, Map<String, EntityRow>> rows = new HashMap<>();

    SmallGraph() {
        TYPES.forEach(type -> rows.put(type.id(), new LinkedHashMap<>()));
    }

    private static Property property(int id, String name, PropertyType type) {
        return new Property(new PropertyId(id), name, type, Map.of());
    }

    private static EntityType.Node node(int id, String name, int first) {
        Property key = property(first, "key", PropertyType.of(Scalar.STRING));
        return new EntityType.Node(
                new TypeId(id),
                name,
                List.of(),
                List.of(
                        key,
                        property(first + 1, "n", PropertyType.of(Scalar.I32).asNullable())),
                List.of(new Constraint.Key(List.of(key.id()))),
                Map.of());
    }

    private static EntityType.Edge edge(
            int id, String name, EntityType.Node source, EntityType.Node destination, int property) {
        return new EntityType.Edge(
                new TypeId(id),
                name,
                source.id(),
                destination.id(),
                0,
                Optional.empty(),
                List.of(property(property, "n", PropertyType.of(Scalar.I32).asNullable())),
                List.of(),
                Map.of());
    }

    /** The property that every type has. */
    static Property n(EntityType type) {
        return type.property("n").orElseThrow();
    }

    static EntityRow nodeRow(EntityType.Node type, String key, Optional<Object> n) {
        return new EntityRow(key, NUMBERS.number(type.id(), key), Optional.empty(), List.of(Optional.of(key), n));
    }

    static EntityRow edgeRow(EntityType.Edge type, String id, String from, String to, Optional<Object> n) {
        return new EntityRow(
                id,
                NUMBERS.number(type.id(), id),
                Optional.of(new EntityRow.Ends(
                        from, NUMBERS.number(type.source(), from), to, NUMBERS.number(type.destination(), to))),
                List.of(n));
    }

    SmallGraph node(EntityType.Node type, String key, Integer n) {
        put(type, nodeRow(type, key, Optional.ofNullable(n)));
        return this;
    }

    SmallGraph edge(EntityType.Edge type, String from, String to, Integer n) {
        String id = type.name() + rows.get(type.id()).size();
        put(type, edgeRow(type, id, from, to, Optional.ofNullable(n)));
        return this;
    }

    void put(EntityType type, EntityRow row) {
        rows.get(type.id()).put(row.id(), row);
    }

    List<EntityRow> of(EntityType type) {
        return List.copyOf(rows.get(type.id()).values());
    }

    static SmallGraph random(Random random) {
        SmallGraph graph = new SmallGraph();
        int people = 1 + random.nextInt(6);
        int places = random.nextInt(4);
        for (int i = 0; i < people; i++) {
            graph.node(PERSON, "p" + i, number(random));
        }
        for (int i = 0; i < places; i++) {
            graph.node(PLACE, "p" + i, number(random));
        }
        for (int i = random.nextInt(14); i > 0; i--) {
            graph.edge(KNOWS, "p" + random.nextInt(people), "p" + random.nextInt(people), number(random));
        }
        for (int i = places == 0 ? 0 : random.nextInt(9); i > 0; i--) {
            graph.edge(VISITS, "p" + random.nextInt(people), "p" + random.nextInt(places), number(random));
        }
        return graph;
    }

    static Integer number(Random random) {
        return random.nextInt(4) == 0 ? null : random.nextInt(4);
    }

    /** All rows in the pins. */
    Snapshot snapshot(RowTables tables) {
        Map<TypeId, TypeSnapshot> types = new HashMap<>();
        TYPES.forEach(type ->
                types.put(type.id(), new TypeSnapshot(type, tables.pin(type, of(type)), 0, Overlay.EMPTY)));
        return snapshot(types);
    }

    /** The same rows, some in the pins, some in overlays, besides rows that the overlays replaced or deleted. */
    Snapshot scattered(RowTables tables, Random random) {
        Map<TypeId, TypeSnapshot> types = new HashMap<>();
        for (EntityType type : TYPES) {
            List<EntityRow> base = new ArrayList<>();
            Map<String, Overlay.Entry> entries = new LinkedHashMap<>();
            for (EntityRow row : of(type)) {
                switch (random.nextInt(3)) {
                    case 0 -> base.add(row);
                    case 1 -> entries.put(row.id(), new Overlay.Entry(Optional.of(row), false));
                    default -> {
                        base.add(changed(row, row.id()));
                        entries.put(row.id(), new Overlay.Entry(Optional.of(row), true));
                    }
                }
            }
            for (EntityRow row : of(type)) {
                if (random.nextInt(3) == 0) {
                    String id = "gone-" + row.id();
                    base.add(random.nextInt(base.size() + 1), withNumber(changed(row, id), type, id));
                    entries.put(id, new Overlay.Entry(Optional.empty(), true));
                }
            }
            types.put(type.id(), new TypeSnapshot(type, tables.pin(type, base), 0, Overlay.of(entries)));
        }
        return snapshot(types);
    }

    private static EntityRow changed(EntityRow row, String id) {
        List<Optional<Object>> values = new ArrayList<>();
        for (int i = 0; i < row.width(); i++) {
            values.add(row.value(i).map(value -> value instanceof Integer whole ? (Object) (whole + 1) : id));
        }
        return new EntityRow(id, row.number(), row.ends(), values);
    }

    private static EntityRow withNumber(EntityRow row, EntityType type, String id) {
        List<Optional<Object>> values = new ArrayList<>();
        for (int i = 0; i < row.width(); i++) {
            values.add(row.value(i));
        }
        return new EntityRow(id, NUMBERS.number(type.id(), id), row.ends(), values);
    }

    private static Snapshot snapshot(Map<TypeId, TypeSnapshot> types) {
        CommitInfo genesis = new CommitInfo(
                new CommitId("%026d".formatted(0)),
                BranchName.MAIN,
                0,
                1,
                CommitInfo.Kind.GENESIS,
                Optional.empty(),
                Optional.empty(),
                "someone",
                Optional.empty(),
                Instant.EPOCH);
        return new Snapshot(new StreamId("stream"), BranchName.MAIN, 0, genesis, SCHEMA, NUMBERS, types);
    }
}
