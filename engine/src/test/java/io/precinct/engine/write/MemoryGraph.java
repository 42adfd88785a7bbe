package io.precinct.engine.write;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Provenance;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.GraphView;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** One branch in memory: applies prepared writes as a committer does, without races. */
final class MemoryGraph implements AutoCloseable {
    static final Provenance BY = new Provenance("someone", "request-1", Optional.empty());

    final MemoryTables tables = new MemoryTables();
    final MemoryViews views = new MemoryViews(tables);
    private long ids;
    final WriteTools tools = new WriteTools(views, tables, () -> "%026d".formatted(++ids), TestSchema::bind);
    final WriteTools narrow =
            new WriteTools(views, tables, () -> "%026d".formatted(++ids), TestSchema::bind, new WriteLimits(3, 200));
    Snapshot head;

    MemoryGraph(Schema schema) {
        Map<TypeId, TypeSnapshot> types = new HashMap<>();
        for (EntityType type : schema.types()) {
            types.put(type.id(), new TypeSnapshot(type, tables.create(type), 0, Overlay.EMPTY));
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
        head = new Snapshot(
                new StreamId("stream"), BranchName.MAIN, 0, genesis, schema, new EntityNumbers(4711), types);
    }

    /** Prepares on the head and applies. */
    Prepared commit(WriteAttempt attempt) {
        Prepared prepared = attempt.prepare(head);
        apply(prepared);
        return prepared;
    }

    void apply(Prepared prepared) {
        Map<TypeId, TypeSnapshot> types = new HashMap<>(head.types());
        prepared.writes().forEach((id, write) -> types.put(id, applied(types.get(id), write)));
        head = new Snapshot(
                head.stream(), head.branch(), head.sequence() + 1, head.head(), head.schema(), head.numbers(), types);
    }

    private TypeSnapshot applied(TypeSnapshot type, TypeWrite write) {
        return switch (write) {
            case TypeWrite.Inline inline -> {
                Map<String, Overlay.Entry> later = new LinkedHashMap<>();
                Set<String> base = new java.util.HashSet<>();
                tables.rows(type.pin()).forEach(r -> base.add(r.id()));
                inline.upserts()
                        .forEach(r -> later.put(r.id(), new Overlay.Entry(Optional.of(r), base.contains(r.id()))));
                inline.deleted().forEach(id -> later.put(id, new Overlay.Entry(Optional.empty(), base.contains(id))));
                yield new TypeSnapshot(
                        type.type(), type.pin(), 0, type.overlay().with(later));
            }
            case TypeWrite.Fragments fragments -> {
                Map<String, EntityRow> rows = rows(type);
                rows.keySet().removeAll(fragments.replaced());
                List<EntityRow> all = new ArrayList<>(rows.values());
                fragments.added().forEach(s -> all.addAll(((MemoryTables.StagedRows) s).content()));
                yield new TypeSnapshot(type.type(), tables.pin(type.pin().dataset(), all), 0, Overlay.EMPTY);
            }
            case TypeWrite.Replacement replacement -> {
                List<EntityRow> all = new ArrayList<>();
                replacement.all().forEach(s -> all.addAll(((MemoryTables.StagedRows) s).content()));
                yield new TypeSnapshot(type.type(), tables.pin(type.pin().dataset(), all), 0, Overlay.EMPTY);
            }
            case TypeWrite.Repin repin -> throw new IllegalArgumentException("not a write: " + repin);
        };
    }

    private Map<String, EntityRow> rows(TypeSnapshot type) {
        Map<String, EntityRow> rows = new LinkedHashMap<>();
        tables.rows(type.pin()).forEach(r -> {
            if (rows.put(r.id(), r) != null) {
                throw new AssertionError("two rows with id " + r.id());
            }
        });
        type.overlay().entries().forEach((id, entry) -> {
            rows.remove(id);
            entry.row().ifPresent(r -> rows.put(id, r));
        });
        return rows;
    }

    /** Every row of a type by id. */
    SortedMap<String, EntityRow> rows(String typeName) {
        EntityType type = head.schema().types().stream()
                .filter(t -> t.name().equals(typeName))
                .findFirst()
                .orElseThrow();
        return new TreeMap<>(rows(head.type(type.id())));
    }

    Prepared load(LoadMode mode, String lines) {
        return load(mode, lines, AccessGate.UNRESTRICTED);
    }

    Prepared load(LoadMode mode, String lines, AccessGate gate) {
        try (Loader loader = loader(mode, lines, gate)) {
            return commit(loader);
        }
    }

    Prepared loadPermissively(LoadMode mode, String text) {
        return load(mode, ReaderKind.PERMISSIVE, text.getBytes(StandardCharsets.UTF_8));
    }

    Prepared load(LoadMode mode, ReaderKind reader, byte[] input) {
        try (Loader loader = new Loader(
                tools,
                new Loader.Request(
                        new ByteArrayInputStream(input),
                        mode,
                        reader,
                        AccessGate.UNRESTRICTED,
                        BY,
                        LoadProgress.SILENT,
                        () -> false))) {
            return commit(loader);
        }
    }

    Loader loader(LoadMode mode, String lines, AccessGate gate) {
        return new Loader(
                tools,
                new Loader.Request(
                        new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                        mode,
                        gate,
                        BY,
                        LoadProgress.SILENT,
                        () -> false));
    }

    GraphView view() {
        return views.of(head);
    }

    /** Fails when a buffer was not given back. */
    @Override
    public void close() {
        tables.close();
    }
}
