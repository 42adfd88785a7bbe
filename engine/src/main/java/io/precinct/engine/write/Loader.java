package io.precinct.engine.write;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Provenance;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Footprint;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A file of records on its way into one commit. The input is read once, at the first preparation: each line is judged
 * and goes straight into its type's batch, and full batches are staged by a second thread while the input streams. What is kept in memory
 * is the open batches (bounded by {@link LoadLimits#openBytes}; beyond, the largest is staged) and, for validation, some
 * 40 bytes per record and for each distinct end of an edge that was read before its node as much and its text. A
 * preparation on another base judges the ids, ends and tuples again and reuses what was staged.
 *
 * <p>Errors: {@code Invalid} with up to 100 diagnostics, each with its line; {@code KeyConflict} in append mode;
 * {@code Denied}; {@code ResourceLimit} for a line beyond its bounds; {@code Interrupted}. On any error nothing is
 * visible. Prepared by one thread at a time; close it when the write is over.
 */
public final class Loader implements WriteAttempt, AutoCloseable {
    private static final int LINES_PER_REPORT = 8_192;

    private final WriteTools tools;
    private final Request request;
    private final BufferAllocator allocator;
    private final Staging staging = new Staging();
    private final SortedMap<TypeId, LoadedType> types = new TreeMap<>();
    private Optional<Read> read = Optional.empty();
    private boolean started;
    private volatile Affected affected = Affected.NOTHING;

    /** {@code cancelled} is asked between lines. The input stays the caller's to close. */
    public record Request(
            InputStream input,
            LoadMode mode,
            ReaderKind reader,
            AccessGate gate,
            Provenance provenance,
            LoadProgress progress,
            BooleanSupplier cancelled) {
        /** A strict load. */
        public Request(
                InputStream input,
                LoadMode mode,
                AccessGate gate,
                Provenance provenance,
                LoadProgress progress,
                BooleanSupplier cancelled) {
            this(input, mode, ReaderKind.STRICT, gate, provenance, progress, cancelled);
        }
    }

    /** What reading left behind. */
    private record Read(String schemaHash, Deltas deltas) {}

    public Loader(WriteTools tools, Request request) {
        this.tools = tools;
        this.request = request;
        this.allocator = tools.tables().allocator().newChildAllocator("load", 0, Long.MAX_VALUE);
    }

    @Override
    public WhenRefused whenRefused() {
        return request.mode() == LoadMode.OVERWRITE ? WhenRefused.FAIL : WhenRefused.PREPARE_AGAIN;
    }

    @Override
    public void discard() {
        if (started && (read.isEmpty() || types.values().stream().anyMatch(LoadedType::isStaged))) {
            throw new EngineException(
                    new EngineFailure.Refused(
                            "collection_ran",
                            "a collection ran while this load was under way, and the input can't be read again; send it again"));
        }
    }

    /** Records written, by type; of the last preparation. */
    public Affected affected() {
        return affected;
    }

    @Override
    public void close() {
        staging.close();
        types.values().forEach(LoadedType::close);
        allocator.close();
    }

    @Override
    public boolean startsOnNewest() {
        return true;
    }

    @Override
    public WriteTerms terms() {
        return request.provenance().terms();
    }

    @Override
    public Prepared prepare(Snapshot base) {
        CallerAccess access = new CallerAccess(request.gate(), tools.rules());
        if (read.isEmpty()) {
            if (started) {
                throw new IllegalStateException("the input was read already, and reading it failed");
            }
            started = true;
            read = Optional.of(read(base, access));
        }
        boolean moved = !read.get().schemaHash().equals(base.schema().hash())
                || types.values().stream()
                        .anyMatch(t -> !base.type(t.type().id()).pin().dataset().equals(t.dataset()));
        if (moved) {
            throw new EngineException(new EngineFailure.ReadSetChanged(
                    "schema", Optional.of(base.head().id())));
        }
        types.values().forEach(t -> t.standOn(base.type(t.type().id()).pin()));
        try (GraphView view = tools.views().of(base)) {
            return new Settlement(view, access, read.get().deltas()).prepared();
        }
    }

    private Read read(Snapshot base, CallerAccess access) {
        try (GraphView view = tools.views().of(base)) {
            return read(base, view, access);
        }
    }

    private Read read(Snapshot base, GraphView view, CallerAccess access) {
        Findings findings = new Findings();
        boolean replace = request.mode() == LoadMode.OVERWRITE;
        Deltas deltas = new Deltas(
                base.schema(),
                base.numbers(),
                replace,
                new IdBudget(tools.loads().idBytes()));
        LoadedType.Context context = new LoadedType.Context(
                request.mode(),
                base.numbers(),
                access,
                tools.tables(),
                staging,
                allocator,
                () -> tools.ids().next(),
                deltas,
                tools.embeddings(),
                tools.blobs(),
                view);
        // A line that names what does not exist for the caller reads like one that names what nobody declared.
        Schema visible = access.visible(base.schema());
        Function<EntityType, LoadedType> typed = type -> types.computeIfAbsent(
                type.id(),
                id -> new LoadedType(base.schema().type(id), base.type(id).pin(), context));
        try (RecordSource records = records(visible, typed, findings)) {
            long read = 0;
            while (!findings.full() && records.next()) {
                if (++read % LINES_PER_REPORT == 0) {
                    pause(records);
                }
            }
            pause(records);
        }
        types.values().forEach(t -> t.settle(findings));
        findings.throwIfAny();
        types.values().forEach(LoadedType::stage);
        return new Read(base.schema().hash(), deltas);
    }

    private RecordSource records(Schema schema, Function<EntityType, LoadedType> typed, Findings findings) {
        return switch (request.reader()) {
            case STRICT ->
                new StrictRecords(
                        new Lines(request.input(), tools.loads()),
                        new RecordReader(schema, typed, findings, tools.loads()));
            case PERMISSIVE -> new PermissiveRecords(request.input(), schema, typed, findings, tools.loads());
        };
    }

    private void pause(RecordSource records) {
        request.progress()
                .progress(
                        records.line(),
                        types.values().stream().mapToLong(LoadedType::rows).sum(),
                        records.bytes());
        if (request.cancelled().getAsBoolean()) {
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
        if (types.values().stream().mapToLong(LoadedType::heldBytes).sum()
                > tools.loads().openBytes()) {
            types.values().stream()
                    .max(Comparator.comparingLong(LoadedType::heldBytes))
                    .ifPresent(LoadedType::stage);
        }
    }

    /** The judgement of what was read on one base. */
    private final class Settlement {
        private final GraphView view;
        private final CallerAccess access;
        private final Deltas deltas;
        private final Footprints footprints = new Footprints();
        private final Map<TypeId, TypeWrite> writes = new HashMap<>();
        private final Map<TypeId, ChangeSet> changes = new HashMap<>();

        Settlement(GraphView view, CallerAccess access, Deltas deltas) {
            this.view = view;
            this.access = access;
            this.deltas = deltas;
        }

        Prepared prepared() {
            long inline = 0;
            Affected.Tally tally = new Affected.Tally();
            List<LoadedType> smallestFirst = new ArrayList<>(types.values());
            smallestFirst.removeIf(t -> t.rows() == 0);
            smallestFirst.sort(Comparator.comparingLong(LoadedType::smallBytes));
            List<Met> met = smallestFirst.stream().map(this::meet).toList();
            new Validator(view, deltas, access, footprints, tools.uniques()).check();
            for (int i = 0; i < met.size(); i++) {
                LoadedType loaded = smallestFirst.get(i);
                inline += loaded.smallBytes();
                TypeId id = loaded.type().id();
                writes.put(id, write(loaded, met.get(i), inline <= RowChanges.INLINE_BYTES));
                changes.put(id, changeSet(loaded, met.get(i)));
                tally.add(loaded.type(), loaded.rows());
            }
            affected = tally.build();
            Footprint footprint = footprints.build();
            return new Prepared(
                    view.snapshot(), CommitInfo.Kind.LOAD, request.provenance(), writes, changes, footprint);
        }

        /** What a type's records meet in the base: ids that are replaced, and for an overwrite those that go. */
        private record Met(Set<String> replaced, List<String> gone, List<ChangeSet.Ends> goneEnds, boolean moves) {}

        private Met meet(LoadedType loaded) {
            return request.mode() == LoadMode.OVERWRITE ? overwritten(loaded) : replaced(loaded);
        }

        private Met replaced(LoadedType loaded) {
            EntityType type = loaded.type();
            TypeView base = view.type(type.id());
            TypeDelta delta = loaded.delta();
            Set<String> replaced = new HashSet<>();
            boolean append = request.mode() == LoadMode.APPEND;
            for (int entry = 0; entry < delta.written.size() && base.count() > 0; entry++) {
                int row = base.rowOfNumber(delta.written.number(entry));
                if (row < 0) {
                    continue;
                }
                String id = base.id(row);
                if (IdTable.check(id) != delta.written.check(entry)) {
                    continue;
                }
                if (!access.sees(view, type, row)
                        || !append && !access.mayWrite(type, RowValues.of(base, row))
                        || !append && losesHidden(type, base, row)) {
                    throw Denial.of(Denial.ROW);
                }
                if (append) {
                    throw new EngineException(new EngineFailure.KeyConflict(type.name(), Optional.of(id)));
                }
                replaced.add(id);
            }
            Footprints.OfType reliance = footprints.of(type.id());
            if (delta.written.size() > Footprints.BOUND) {
                reliance.whole();
            } else {
                delta.first.forEach(w -> {
                    reliance.written(w.id());
                    if (!replaced.contains(w.id())) {
                        reliance.absent(w.id());
                    }
                });
            }
            return new Met(replaced, List.of(), List.of(), type instanceof EntityType.Edge && !replaced.isEmpty());
        }

        /** A property that doesn't exist for the caller must not be lost by a replacement of its row. */
        private boolean losesHidden(EntityType type, TypeView base, int row) {
            return type.properties().stream()
                    .filter(p -> access.access(type).denied().contains(p.name()))
                    .anyMatch(p -> !base.column(p.id()).isNull(row));
        }

        private Met overwritten(LoadedType loaded) {
            EntityType type = loaded.type();
            TypeView base = view.type(type.id());
            footprints.of(type.id()).whole();
            Set<String> replaced = new HashSet<>();
            List<String> gone = new ArrayList<>();
            List<ChangeSet.Ends> goneEnds = new ArrayList<>();
            for (int row = 0; row < base.rows(); row++) {
                if (!base.live(row)) {
                    continue;
                }
                if (!access.sees(view, type, row)
                        || !access.mayWrite(type, RowValues.of(base, row))
                        || losesHidden(type, base, row)) {
                    throw Denial.of(Denial.ROW);
                }
                String id = base.id(row);
                if (loaded.delta().writes(id, base.number(row))) {
                    replaced.add(id);
                } else {
                    gone.add(id);
                    if (gone.size() <= Footprints.BOUND) {
                        base.row(row)
                                .ends()
                                .ifPresent(e -> goneEnds.add(new ChangeSet.Ends(e.source(), e.destination())));
                    }
                }
            }
            return new Met(replaced, gone, goneEnds, type instanceof EntityType.Edge && !replaced.isEmpty());
        }

        private TypeWrite write(LoadedType loaded, Met met, boolean inline) {
            if (request.mode() == LoadMode.OVERWRITE) {
                return new TypeWrite.Replacement(loaded.allStaged());
            }
            Optional<List<EntityRow>> small = loaded.smallRows();
            // Rows in the record need a change set that tells every end, which one of moved edges doesn't.
            return inline && small.isPresent() && !met.moves()
                    ? new TypeWrite.Inline(small.get(), Set.of())
                    : new TypeWrite.Fragments(loaded.allStaged(), met.replaced());
        }

        private ChangeSet changeSet(LoadedType loaded, Met met) {
            TypeDelta delta = loaded.delta();
            long inserted = delta.written.size() - met.replaced().size();
            // An edge that is replaced may have moved, which no list of this form can tell.
            boolean complete = delta.written.size() + met.gone().size() <= Footprints.BOUND && !met.moves();
            if (!complete) {
                return new ChangeSet(
                        inserted,
                        met.replaced().size(),
                        met.gone().size(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        false);
            }
            List<TypeDelta.Written> added = delta.first.stream()
                    .filter(w -> !met.replaced().contains(w.id()))
                    .sorted(Comparator.comparing(TypeDelta.Written::id))
                    .toList();
            List<Integer> goneOrder = new ArrayList<>();
            for (int i = 0; i < met.gone().size(); i++) {
                goneOrder.add(i);
            }
            goneOrder.sort(Comparator.comparing(i -> met.gone().get(i)));
            return new ChangeSet(
                    inserted,
                    met.replaced().size(),
                    met.gone().size(),
                    added.stream().map(TypeDelta.Written::id).toList(),
                    met.replaced().stream().sorted().toList(),
                    goneOrder.stream().map(met.gone()::get).toList(),
                    added.stream().flatMap(w -> w.ends().stream()).toList(),
                    met.goneEnds().isEmpty()
                            ? List.of()
                            : goneOrder.stream().map(met.goneEnds()::get).toList(),
                    true);
        }
    }
}
