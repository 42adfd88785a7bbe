package io.precinct.engine.write;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.LoadMode;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.LanceTableStore;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.DecodedViews;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.RootAllocator;

/** One branch over the real table store and views in a local directory; its records are kept in memory only. */
final class StoredGraph implements AutoCloseable {
    private final RootAllocator root = new RootAllocator();
    private final NativePool pool = new NativePool(4, 2);
    private final NativeResources resources =
            NativeResources.open("test", root, pool, new NativeResources.Limits(2L << 30, 16 << 20, 16 << 20));
    final LanceTableStore tables;
    final DecodedViews views;
    final WriteTools tools;
    private long ids;
    Snapshot head;

    StoredGraph(Path directory, Schema schema) {
        this(directory, schema, false);
    }

    StoredGraph(Path directory, Schema schema, boolean durable) {
        tables = LanceTableStore.open(new StoreLocation.Directory(directory, durable), resources);
        views = new DecodedViews(tables, 1L << 30);
        tools = new WriteTools(views, tables, () -> "%026d".formatted(++ids), TestSchema::bind);
        Map<TypeId, TypeSnapshot> types = new HashMap<>();
        for (EntityType type : schema.types()) {
            Pin pin = tables.create(type.name(), TypeLayout.arrowSchema(type));
            types.put(type.id(), new TypeSnapshot(type, pin, 0, Overlay.EMPTY));
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

    Prepared commit(WriteAttempt attempt) {
        Prepared prepared = attempt.prepare(head);
        Map<TypeId, TypeSnapshot> types = new HashMap<>(head.types());
        prepared.writes().forEach((id, write) -> types.put(id, applied(types.get(id), write)));
        head = new Snapshot(
                head.stream(), head.branch(), head.sequence() + 1, head.head(), head.schema(), head.numbers(), types);
        return prepared;
    }

    private TypeSnapshot applied(TypeSnapshot type, TypeWrite write) {
        return switch (write) {
            case TypeWrite.Inline inline -> {
                Set<String> all = new HashSet<>(inline.deleted());
                inline.upserts().forEach(r -> all.add(r.id()));
                Set<String> base = located(type.pin(), all).keySet();
                Map<String, Overlay.Entry> later = new LinkedHashMap<>();
                inline.upserts()
                        .forEach(r -> later.put(r.id(), new Overlay.Entry(Optional.of(r), base.contains(r.id()))));
                inline.deleted().forEach(id -> later.put(id, new Overlay.Entry(Optional.empty(), base.contains(id))));
                yield new TypeSnapshot(
                        type.type(), type.pin(), 0, type.overlay().with(later));
            }
            case TypeWrite.Fragments fragments -> {
                Set<String> gone = new HashSet<>(fragments.replaced());
                List<TableStore.Staged> added = new ArrayList<>(fragments.added());
                try (ArrowRows kept = new ArrowRows(type.type(), tables.allocator())) {
                    type.overlay().entries().forEach((id, entry) -> {
                        if (entry.row().isPresent() && !fragments.replaced().contains(id)) {
                            kept.add(entry.row().get());
                        }
                        gone.add(id);
                    });
                    if (kept.rows() > 0) {
                        added.add(kept.stage(tables, type.pin()));
                    }
                }
                yield new TypeSnapshot(
                        type.type(),
                        gone.isEmpty()
                                ? tables.append(type.pin(), added)
                                : tables.rewriteRows(
                                        type.pin(), located(type.pin(), gone).values(), added),
                        0,
                        Overlay.EMPTY);
            }
            case TypeWrite.Replacement replacement ->
                new TypeSnapshot(type.type(), tables.replace(type.pin(), replacement.all()), 0, Overlay.EMPTY);
            case TypeWrite.Repin repin -> throw new IllegalArgumentException("not a write: " + repin);
        };
    }

    private Map<String, Long> located(Pin pin, Set<String> ids) {
        Map<String, Long> found = new HashMap<>();
        tables.locate(pin, TypeLayout.ID, ids).forEach(l -> found.put(l.value(), l.address()));
        return found;
    }

    Affected load(LoadMode mode, InputStream input) {
        try (Loader loader = new Loader(
                tools,
                new Loader.Request(
                        input, mode, AccessGate.UNRESTRICTED, MemoryGraph.BY, LoadProgress.SILENT, () -> false))) {
            commit(loader);
            return loader.affected();
        }
    }

    @Override
    public void close() {
        views.close();
        tables.close();
        resources.close();
        pool.close();
        root.close();
    }
}
