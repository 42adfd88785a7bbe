package io.precinct.engine.write;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/** Turns changed rows into a prepared write: access, validation, footprint, inline or staged. */
public final class RowChanges {
    /** Rows of one write up to this many bytes ride in the record. */
    static final long INLINE_BYTES = 64 * 1024;

    private final GraphView view;
    private final CallerAccess access;
    private final Footprints footprints;

    /** The change of one row; at least one image is present. */
    public record Change(String id, Optional<EntityRow> before, Optional<EntityRow> after) {}

    /**
     * @param base the rows before, of the view that the write is prepared on
     * @param changes ascending by id, one for an id; walked several times and may be made as it is walked
     */
    public record OfType(TypeView base, List<Change> changes) {
        EntityType type() {
            return base.type();
        }

        long bytes() {
            return changes.stream()
                    .mapToLong(c -> c.after().map(ArrowRows::size).orElse(8L + c.id().length()))
                    .sum();
        }
    }

    /** @param view the state that the rows change */
    public RowChanges(GraphView view, CallerAccess access) {
        this(view, access, new Footprints());
    }

    RowChanges(GraphView view, CallerAccess access, Footprints footprints) {
        this.view = view;
        this.access = access;
        this.footprints = footprints;
    }

    Prepared finish(Workspace rows, WriteTools tools, CommitInfo.Kind kind, Provenance provenance) {
        List<OfType> changed = new ArrayList<>();
        for (Workspace.Pending pending : rows.touched()) {
            List<Change> changes = new ArrayList<>();
            pending.images().forEach((id, after) -> {
                Optional<EntityRow> before = pending.before(id);
                if (before.isPresent() || after.isPresent()) {
                    changes.add(new Change(id, before, after));
                }
            });
            if (!changes.isEmpty()) {
                changes.sort(Comparator.comparing(Change::id));
                changed.add(new OfType(pending.base(), changes));
            }
        }
        changed.forEach(c -> bounded(c, tools.limits()));
        return prepare(tools, changed, kind, provenance, Optional.empty());
    }

    /**
     * Checks the changes and stages what doesn't fit a record.
     *
     * @param merged second parent of the commit
     * @throws EngineException {@code Denied}, {@code Invalid}
     */
    public Prepared prepare(
            WriteTools tools,
            List<OfType> changed,
            CommitInfo.Kind kind,
            Provenance provenance,
            Optional<Authored> merged) {
        check(tools, changed);
        Snapshot base = view.snapshot();
        return new Prepared(
                base,
                kind,
                provenance,
                writes(tools, base, changed),
                changeSets(changed),
                footprints.build(),
                merged,
                Optional.empty());
    }

    /** Whether the caller may make the changes and the schema allows them; nothing is staged. */
    public void check(WriteTools tools, List<OfType> changed) {
        changed.forEach(this::authorize);
        validate(tools, changed);
    }

    /** What the changes are, by type. */
    public static Map<TypeId, ChangeSet> changeSets(List<OfType> changed) {
        Map<TypeId, ChangeSet> sets = new HashMap<>();
        changed.forEach(c -> sets.put(c.type().id(), changeSet(c.changes())));
        return sets;
    }

    private static void bounded(OfType changed, WriteLimits limits) {
        long records =
                changed.changes().stream().filter(c -> c.after().isPresent()).count();
        String name = changed.type().name();
        if (records > limits.records()) {
            throw tooLarge("records of " + name + " in one mutation", limits.records(), records);
        }
        long bytes = changed.changes().stream()
                .flatMap(c -> c.after().stream())
                .mapToLong(ArrowRows::size)
                .sum();
        if (bytes > limits.bytes()) {
            throw tooLarge("bytes of " + name + " in one mutation", limits.bytes(), bytes);
        }
    }

    private static EngineException tooLarge(String resource, long limit, long actual) {
        return new EngineException(new EngineFailure.ResourceLimit(resource, limit, actual));
    }

    private void authorize(OfType changed) {
        EntityType type = changed.type();
        for (Change change : changed.changes()) {
            if (change.before().isPresent()) {
                int row = changed.base().rowOf(change.id());
                if (!access.sees(view, type, row)
                        || !access.mayWrite(type, change.before().get())) {
                    throw Denial.of(Denial.ROW);
                }
            }
            if (change.after().isPresent()
                    && !access.mayWrite(type, change.after().get())) {
                throw Denial.of(Denial.ROW);
            }
        }
    }

    private void validate(WriteTools tools, List<OfType> changed) {
        Findings findings = new Findings();
        Snapshot base = view.snapshot();
        Deltas deltas = new Deltas(
                base.schema(), base.numbers(), false, new IdBudget(tools.loads().idBytes()));
        for (OfType of : changed) {
            EntityType type = of.type();
            TypeDelta delta = deltas.of(type);
            ValueRules rules = new ValueRules(type);
            Footprints.OfType reliance = footprints.of(type.id());
            // Freed first: a row of the same query may take over what another one gave up.
            of.changes().stream()
                    .filter(c -> c.after().isEmpty())
                    .forEach(c -> delta.remove(c.id(), c.before().orElseThrow().number()));
            for (Change change : of.changes()) {
                reliance.written(change.id());
                if (change.before().isEmpty()) {
                    reliance.absent(change.id());
                }
                change.after().ifPresent(row -> {
                    if (rules.check(position -> row.value(position).orElse(null), 0, findings)) {
                        delta.add(deltaRow(row, 0), findings);
                    }
                });
            }
        }
        findings.throwIfAny();
        new Validator(view, deltas, access, footprints, tools.uniques()).check();
    }

    static TypeDelta.Row deltaRow(EntityRow row, long line) {
        Optional<EntityRow.Ends> ends = row.ends();
        return new TypeDelta.Row(
                row.id(),
                row.number(),
                ends.map(EntityRow.Ends::source).orElse(null),
                ends.map(EntityRow.Ends::sourceNumber).orElse(0L),
                ends.map(EntityRow.Ends::destination).orElse(null),
                ends.map(EntityRow.Ends::destinationNumber).orElse(0L),
                position -> row.value(position).orElse(null),
                line);
    }

    private static ChangeSet changeSet(List<Change> changes) {
        List<Change> inserted =
                changes.stream().filter(c -> c.before().isEmpty()).toList();
        List<Change> deleted = changes.stream().filter(c -> c.after().isEmpty()).toList();
        List<Change> updated = changes.stream()
                .filter(c -> c.before().isPresent() && c.after().isPresent())
                .toList();
        boolean complete = changes.size() <= Footprints.BOUND;
        return new ChangeSet(
                inserted.size(),
                updated.size(),
                deleted.size(),
                complete ? inserted.stream().map(Change::id).toList() : List.of(),
                complete ? updated.stream().map(Change::id).toList() : List.of(),
                complete ? deleted.stream().map(Change::id).toList() : List.of(),
                complete
                        ? ends(inserted.stream()
                                .map(c -> c.after().orElseThrow())
                                .toList())
                        : List.of(),
                complete
                        ? ends(deleted.stream()
                                .map(c -> c.before().orElseThrow())
                                .toList())
                        : List.of(),
                complete);
    }

    private static List<ChangeSet.Ends> ends(List<EntityRow> rows) {
        return rows.stream()
                .flatMap(r -> r.ends().stream())
                .map(e -> new ChangeSet.Ends(e.source(), e.destination()))
                .toList();
    }

    /** Small ones as inline rows, as long as all of them fit a record; the others are staged. */
    public static Map<TypeId, TypeWrite> writes(WriteTools tools, Snapshot base, List<OfType> changed) {
        Map<TypeId, TypeWrite> writes = new HashMap<>();
        long inline = 0;
        List<OfType> smallestFirst = new ArrayList<>(changed);
        smallestFirst.sort(Comparator.comparingLong(OfType::bytes));
        for (OfType of : smallestFirst) {
            inline += of.bytes();
            TypeId type = of.type().id();
            writes.put(
                    type,
                    inline <= INLINE_BYTES
                            ? inline(of.changes())
                            : staged(tools, base.type(type).pin(), of));
        }
        return writes;
    }

    private static TypeWrite inline(List<Change> changes) {
        Set<String> deleted = new HashSet<>();
        changes.stream().filter(c -> c.after().isEmpty()).forEach(c -> deleted.add(c.id()));
        return new TypeWrite.Inline(
                changes.stream().flatMap(c -> c.after().stream()).toList(), deleted);
    }

    private static TypeWrite staged(WriteTools tools, Pin at, OfType of) {
        List<TableStore.Staged> added = new ArrayList<>();
        Set<String> replaced = new HashSet<>();
        try (BufferAllocator allocator = tools.tables().allocator().newChildAllocator("mutation", 0, Long.MAX_VALUE);
                ArrowRows batch = new ArrowRows(of.type(), allocator)) {
            for (Change change : of.changes()) {
                if (change.before().isPresent()) {
                    replaced.add(change.id());
                }
                change.after().ifPresent(batch::add);
                if (batch.full()) {
                    added.add(batch.stage(tools.tables(), at));
                }
            }
            if (batch.rows() > 0) {
                added.add(batch.stage(tools.tables(), at));
            }
        }
        return new TypeWrite.Fragments(added, replaced);
    }
}
