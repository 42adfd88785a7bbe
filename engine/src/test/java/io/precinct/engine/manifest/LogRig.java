package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.SchemaJson;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.InMemoryObjectStore;
import io.precinct.engine.storage.LanceTableStore;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.engine.storage.TableStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Logs of one graph of items over records in memory and real datasets: the log without anything above it. */
public final class LogRig implements AutoCloseable {
    public static final Provenance BY = new Provenance("tester", "request", Optional.empty());
    static final Schema SCHEMA = SchemaCompiler.compile("""
            node Item { name: String @key  value: I64 }
            """);
    static final EntityType ITEM = SCHEMA.types().iterator().next();

    private final RootAllocator root = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    private final NativeResources resources =
            NativeResources.open("test", root, pool, new NativeResources.Limits(1L << 30, 16 << 20, 16 << 20));
    private final AtomicLong ids = new AtomicLong();
    private final Map<Pin, Map<String, Long>> contents = new ConcurrentHashMap<>();
    public final InMemoryObjectStore objects;
    public final TableStore tables;
    public LogSettings.Limits limits = new LogSettings.Limits(
            64 << 10, 256 << 10, 64 << 10, 8_192, 4 << 20, 32, Duration.ofSeconds(30), Duration.ofMillis(1));

    public Optional<Background> background = Optional.empty();

    public LogRig(Path directory) {
        this(directory, new InMemoryObjectStore());
    }

    public LogRig(Path directory, InMemoryObjectStore objects) {
        this.objects = objects;
        this.tables = LanceTableStore.open(new StoreLocation.Directory(directory, false), resources);
    }

    public LogSettings settings() {
        return new LogSettings(
                () -> "%026d".formatted(ids.incrementAndGet()),
                Clock.systemUTC(),
                new LogSettings.SchemaForm() {
                    @Override
                    public byte[] write(Schema schema) {
                        return SchemaJson.write(schema);
                    }

                    @Override
                    public Schema read(byte[] bytes) {
                        return SchemaJson.read(bytes);
                    }
                },
                limits,
                background);
    }

    public GraphLog create() {
        return GraphLogs.create(objects, tables, SCHEMA, settings(), "items", BY);
    }

    /** As another process would. */
    public GraphLog open() {
        return open(objects);
    }

    public GraphLog open(ObjectStore store) {
        return open(store, tables);
    }

    public GraphLog open(ObjectStore store, TableStore through) {
        return GraphLogs.open(store, through, settings()).orElseThrow();
    }

    public Map<String, Long> read(GraphLog log) {
        return read(log.head(BranchName.MAIN));
    }

    /** {@code pin ⊕ overlay}. */
    public Map<String, Long> read(Snapshot snapshot) {
        TypeSnapshot items = snapshot.type(ITEM.id());
        Map<String, Long> found = new TreeMap<>(content(items.pin()));
        if (found.size() != items.pin().rows()) {
            throw new AssertionError("the pin says " + items.pin().rows() + " rows and has " + found.size());
        }
        items.overlay().entries().forEach((id, entry) -> {
            if (entry.inBase() != content(items.pin()).containsKey(id)) {
                throw new AssertionError("whether the base has " + id + " is " + !entry.inBase());
            }
            if (entry.row().isPresent()) {
                found.put(id, (Long) entry.row().get().value(1).orElseThrow());
            } else {
                found.remove(id);
            }
        });
        if (items.count() != found.size()) {
            throw new AssertionError("counted " + items.count() + " and found " + found.size());
        }
        return found;
    }

    private Map<String, Long> content(Pin pin) {
        return contents.computeIfAbsent(pin, unread -> {
            Map<String, Long> rows = new TreeMap<>();
            List<String> columns = TypeLayout.arrowSchema(ITEM).getFields().stream()
                    .map(org.apache.arrow.vector.types.pojo.Field::getName)
                    .toList();
            try (RowBatches batches = tables.scan(pin, new TableStore.Scan(columns, Optional.empty(), false, 8_192))) {
                for (Optional<VectorSchemaRoot> batch = batches.next(); batch.isPresent(); batch = batches.next()) {
                    for (EntityRow row : RowVectors.rows(batch.get(), ITEM)) {
                        if (rows.put(row.id(), (Long) row.value(1).orElseThrow()) != null) {
                            throw new AssertionError(row.id() + " is in the pin twice");
                        }
                    }
                }
            }
            return Collections.unmodifiableMap(rows);
        });
    }

    /** Upserts of values and, where there is none, deletes. */
    public WriteAttempt put(Map<String, Optional<Long>> changes, Form form) {
        return new Put(changes, form, false, BY);
    }

    public WriteAttempt put(String id, long value) {
        return put(Map.of(id, Optional.of(value)), Form.INLINE);
    }

    public WriteAttempt delete(String id) {
        return put(Map.of(id, Optional.empty()), Form.INLINE);
    }

    /** Adds to what is there, and is refused when somebody else changed it: loses an update if admission lets it. */
    public WriteAttempt add(String id, long more) {
        return new Put(Map.of(id, Optional.of(more)), Form.INLINE, true, BY);
    }

    /** As {@link #put} or {@link #add}, told from all others in history by its provenance. */
    WriteAttempt attempt(Map<String, Optional<Long>> changes, Form form, boolean add, Provenance by) {
        return new Put(changes, form, add, by);
    }

    public Optional<GraphLog.Committed> commit(GraphLog log, WriteAttempt attempt) {
        return log.commit(BranchName.MAIN, attempt, AccessGate.UNRESTRICTED);
    }

    public enum Form {
        INLINE,
        FRAGMENTS
    }

    private final class Put implements WriteAttempt {
        private final Map<String, Optional<Long>> changes;
        private final Form form;
        private final boolean add;
        private final Provenance by;

        Put(Map<String, Optional<Long>> changes, Form form, boolean add, Provenance by) {
            this.changes = new TreeMap<>(changes);
            this.form = form;
            this.add = add;
            this.by = by;
        }

        @Override
        public WhenRefused whenRefused() {
            return add ? WhenRefused.FAIL : WhenRefused.PREPARE_AGAIN;
        }

        @Override
        public WriteTerms terms() {
            return by.terms();
        }

        @Override
        public void discard() {}

        @Override
        public Prepared prepare(Snapshot base) {
            Map<String, Long> before = read(base);
            List<EntityRow> inserted = new ArrayList<>();
            List<EntityRow> updated = new ArrayList<>();
            Set<String> deleted = new TreeSet<>();
            changes.forEach((id, value) -> {
                Long known = before.get(id);
                if (value.isEmpty()) {
                    if (known != null) {
                        deleted.add(id);
                    }
                    return;
                }
                if (add && known == null) {
                    throw new EngineException(new EngineFailure.NotFound("item", id));
                }
                EntityRow row = new EntityRow(
                        id,
                        base.numbers().number(ITEM.id(), id),
                        Optional.empty(),
                        List.of(Optional.of(id), Optional.of(add ? known + value.get() : value.get())));
                (known == null ? inserted : updated).add(row);
            });
            ChangeSet change = new ChangeSet(
                    inserted.size(),
                    updated.size(),
                    deleted.size(),
                    inserted.stream().map(EntityRow::id).toList(),
                    updated.stream().map(EntityRow::id).toList(),
                    List.copyOf(deleted),
                    List.of(),
                    List.of(),
                    true);
            if (change.isEmpty()) {
                return new Prepared(base, CommitInfo.Kind.MUTATION, by, Map.of(), Map.of(), Footprint.NONE);
            }
            List<EntityRow> rows = new ArrayList<>(inserted);
            rows.addAll(updated);
            TypeWrite write = switch (form) {
                case INLINE -> new TypeWrite.Inline(rows, deleted);
                case FRAGMENTS -> {
                    Set<String> replaced = new HashSet<>(deleted);
                    updated.forEach(row -> replaced.add(row.id()));
                    yield new TypeWrite.Fragments(rows.isEmpty() ? List.of() : List.of(stage(base, rows)), replaced);
                }
            };
            return new Prepared(
                    base,
                    CommitInfo.Kind.MUTATION,
                    by,
                    Map.of(ITEM.id(), write),
                    Map.of(ITEM.id(), change),
                    new Footprint(Map.of(
                            ITEM.id(), new Footprint.OfType(false, changes.keySet(), Set.of(), Set.of(), Set.of()))));
        }

        private TableStore.Staged stage(Snapshot base, List<EntityRow> rows) {
            try (RowBatches batches = RowVectors.batches(ITEM, rows, tables.allocator(), 8_192)) {
                return tables.stage(base.type(ITEM.id()).pin().dataset(), TypeLayout.arrowSchema(ITEM), batches);
            }
        }
    }

    @Override
    public void close() {
        tables.close();
        resources.close();
        pool.close();
        root.close();
    }
}
