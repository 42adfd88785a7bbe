package io.precinct.engine.exec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.query.AccessBinder;
import io.precinct.engine.query.ArgumentBinder;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.search.TextIndexes;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.RowTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Papers, their authors and what cites what, on the heap; and snapshots of them to search. */
final class Library {
    static final Schema SCHEMA = SchemaCompiler.compile("""
            node Paper { code: String @key  year: I32?  title: String?  body: String?  vec: Vector(2)? }
            node Author { code: String @key  team: I32?  bio: String?  vec: Vector(2)? }
            edge WrittenBy: Paper -> Author
            edge Cites: Paper -> Paper
            """);
    static final EntityType.Node PAPER = SCHEMA.node("Paper").orElseThrow();
    static final EntityType.Node AUTHOR = SCHEMA.node("Author").orElseThrow();
    static final EntityType.Edge WRITTEN_BY = SCHEMA.edge("writtenBy").orElseThrow();
    static final EntityType.Edge CITES = SCHEMA.edge("cites").orElseThrow();
    private static final EntityNumbers NUMBERS = new EntityNumbers(99);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<TypeId, Map<String, EntityRow>> rows = new HashMap<>();

    Library() {
        SCHEMA.types().forEach(type -> rows.put(type.id(), new LinkedHashMap<>()));
    }

    Library paper(String code, Integer year, String title, String body, float... vec) {
        return put(PAPER, code, Optional.empty(), values("year", year, "title", title, "body", body, "vec", vec, code));
    }

    Library author(String code, Integer team, String bio, float... vec) {
        return put(AUTHOR, code, Optional.empty(), values("team", team, "bio", bio, "vec", vec, "", null, code));
    }

    private static Map<String, Object> values(Object... namesAndValues) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            values.put((String) namesAndValues[i], value instanceof float[] vec && vec.length == 0 ? null : value);
        }
        values.put("code", namesAndValues[namesAndValues.length - 1]);
        return values;
    }

    Library edge(EntityType.Edge type, String from, String to) {
        EntityRow.Ends ends = new EntityRow.Ends(
                from, NUMBERS.number(type.source(), from), to, NUMBERS.number(type.destination(), to));
        return put(type, from + "-" + to, Optional.of(ends), Map.of());
    }

    private Library put(EntityType type, String id, Optional<EntityRow.Ends> ends, Map<String, Object> values) {
        List<Optional<Object>> ordered = new ArrayList<>();
        type.properties().forEach(property -> ordered.add(Optional.ofNullable(values.get(property.name()))));
        rows.get(type.id()).put(id, new EntityRow(id, NUMBERS.number(type.id(), id), ends, ordered));
        return this;
    }

    List<EntityRow> of(EntityType type) {
        return List.copyOf(rows.get(type.id()).values());
    }

    EntityRow row(EntityType type, String id) {
        return rows.get(type.id()).get(id);
    }

    boolean linked(EntityType.Edge type, EntityRow from, EntityRow to) {
        return rows.get(type.id()).containsKey(from.id() + "-" + to.id());
    }

    static Optional<Object> value(EntityType type, EntityRow row, String property) {
        List<Property> properties = type.properties();
        return row.value(properties.indexOf(type.property(property).orElseThrow()));
    }

    /** Without the nodes that a test refuses, and without the edges at them. */
    Library where(java.util.function.BiPredicate<EntityType, EntityRow> kept) {
        Library smaller = new Library();
        SCHEMA.nodes()
                .forEach(type -> of(type).stream()
                        .filter(row -> kept.test(type, row))
                        .forEach(row -> smaller.rows.get(type.id()).put(row.id(), row)));
        SCHEMA.edges()
                .forEach(type -> of(type).stream()
                        .filter(row -> smaller.rows
                                        .get(type.source())
                                        .containsKey(row.ends().orElseThrow().source())
                                && smaller.rows
                                        .get(type.destination())
                                        .containsKey(row.ends().orElseThrow().destination()))
                        .forEach(row -> smaller.rows.get(type.id()).put(row.id(), row)));
        return smaller;
    }

    /** Rows partly in pins, partly in overlays that hide others. */
    Snapshot snapshot(RowTables tables, Random random) {
        Map<TypeId, TypeSnapshot> types = new HashMap<>();
        for (EntityType type : SCHEMA.types()) {
            List<EntityRow> base = new ArrayList<>();
            Map<String, Overlay.Entry> entries = new LinkedHashMap<>();
            for (EntityRow row : of(type)) {
                switch (random.nextInt(4)) {
                    case 0 -> entries.put(row.id(), new Overlay.Entry(Optional.of(row), false));
                    case 1 -> {
                        base.add(other(type, row));
                        entries.put(row.id(), new Overlay.Entry(Optional.of(row), true));
                    }
                    default -> base.add(row);
                }
            }
            types.put(type.id(), new TypeSnapshot(type, tables.pin(type, base), 0, Overlay.of(entries)));
        }
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

    /** The row as it was before the overlay: every text matches every word and every vector is near. */
    private static EntityRow other(EntityType type, EntityRow row) {
        List<Optional<Object>> values = new ArrayList<>();
        for (Property property : type.properties()) {
            values.add(
                    switch (property.name()) {
                        case "code" -> Optional.of(row.id());
                        case "year", "team" -> Optional.of(1);
                        case "title", "body", "bio" -> Optional.of("whale sea map run the");
                        default -> Optional.of(new float[] {0, 0});
                    });
        }
        return new EntityRow(row.id(), row.number(), row.ends(), values);
    }

    /** Runs a query on one scattering of the rows. */
    List<List<Object>> run(String query, String parameters, AccessGate gate, Random random) {
        try (RowTables tables = new RowTables(1 + random.nextInt(4));
                DecodedViews views = new DecodedViews(tables, 64 << 20)) {
            return run(query, parameters, gate, views, snapshot(tables, random), new TextIndexes(1 << 20));
        }
    }

    List<List<Object>> run(String query, String parameters) {
        return run(query, parameters, AccessGate.UNRESTRICTED, new Random(7));
    }

    static List<List<Object>> run(
            String query,
            String parameters,
            AccessGate gate,
            DecodedViews views,
            Snapshot snapshot,
            TextIndexes indexes) {
        CheckedStatement.Read read = (CheckedStatement.Read) QueryCompiler.compile(query, Optional.empty(), SCHEMA);
        LogicalPlan plan = AccessBinder.bind(read, SCHEMA, gate);
        List<List<Object>> rows = new ArrayList<>();
        try (RowCursor cursor = QueryExecutor.open(
                plan,
                views.of(snapshot),
                ArgumentBinder.bind(read.parameters(), json(parameters), Instant.EPOCH),
                ExecutionBudget.unbounded(),
                indexes)) {
            for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
                for (int row = 0; row < batch.get().rows(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (int column = 0; column < cursor.columns().size(); column++) {
                        values.add(batch.get().value(row, column).orElse(null));
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
