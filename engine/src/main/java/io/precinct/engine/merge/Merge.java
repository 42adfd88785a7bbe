package io.precinct.engine.merge;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.MergePreview;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Provenance;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.Composer;
import io.precinct.engine.manifest.Footprint;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.manifest.TypeWrite;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.write.CallerAccess;
import io.precinct.engine.write.RowChanges;
import io.precinct.engine.write.WriteTools;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A branch's head on its way into another branch as one commit with two parents. The source is what it was when the
 * merge began, or after a collection that ran meanwhile: what it was before may be gone; the target is what it is when the commit lands, and what lands there meanwhile is merged with, too.
 *
 * <ul>
 *   <li>A target without commits of its own takes over the source's pins (no row is copied) and schema.
 *   <li>Otherwise each entity is decided by {@link RowVerdict} against the common ancestor, all conflicts are
 *       collected, and what the target then changes passes the validator of every other write.
 * </ul>
 *
 * <p>Errors: {@code MergeConflicts}; {@code Denied} to a caller who doesn't see and may not write everything;
 * {@code Refused} when both sides changed the schema apart. Prepared by one thread at a time.
 */
public final class Merge implements WriteAttempt {
    /** Beyond so many ids of a type, a merge relies on all of it. */
    private static final int MOST_RELIED = 100_000;

    private static final Footprint.OfType WHOLE = new Footprint.OfType(true, Set.of(), Set.of(), Set.of(), Set.of());

    private final GraphLog log;
    private final WriteTools tools;
    private final Request request;
    private Optional<Captured> captured = Optional.empty();
    private volatile MergeReceipt.Outcome outcome = MergeReceipt.Outcome.ALREADY_UP_TO_DATE;

    /** The state to be merged, and its last commit. */
    private record Captured(Snapshot state, Authored commit) {}

    /**
     * @param source reads the state to be merged
     * @param cancelled asked between blocks of rows
     */
    public record Request(
            MergeRequest merge,
            Supplier<Snapshot> source,
            AccessGate gate,
            Provenance provenance,
            BooleanSupplier cancelled) {}

    public Merge(GraphLog log, WriteTools tools, Request request) {
        this.log = log;
        this.tools = tools;
        this.request = request;
    }

    /**
     * Never before the target's base is known: a collection that is not among what that base follows leaves a fence
     * behind it, and then this is captured again.
     */
    private Captured source() {
        Captured source = captured.orElseGet(() -> {
            Snapshot state = request.source().get();
            return new Captured(state, log.newest(state));
        });
        captured = Optional.of(source);
        return source;
    }

    @Override
    public void discard() {
        captured = Optional.empty();
    }

    @Override
    public WhenRefused whenRefused() {
        return WhenRefused.PREPARE_AGAIN;
    }

    @Override
    public boolean startsOnNewest() {
        return true;
    }

    @Override
    public WriteTerms terms() {
        return request.provenance().terms();
    }

    /** Of the last preparation. */
    public MergeReceipt.Outcome outcome() {
        return outcome;
    }

    /** What a merge that was published has been. */
    public static MergeReceipt.Outcome outcomeOf(GraphLog log, Authored merged) {
        Optional<Authored> target = log.parent(merged);
        Optional<Authored> source = log.mergedParent(merged);
        boolean forward = target.isPresent()
                && source.isPresent()
                && is(MergeBase.of(log, target.get(), source.get()), target.get());
        return forward ? MergeReceipt.Outcome.FAST_FORWARD : MergeReceipt.Outcome.MERGED;
    }

    @Override
    public Prepared prepare(Snapshot base) {
        requireOpen(base.schema());
        Captured from = source();
        Authored source = from.commit();
        requireOpen(from.state().schema());
        Authored target = log.newest(base);
        List<Authored> ancestors = MergeBase.of(log, target, source);
        if (is(ancestors, source)) {
            outcome = MergeReceipt.Outcome.ALREADY_UP_TO_DATE;
            return new Prepared(base, CommitInfo.Kind.MERGE, request.provenance(), Map.of(), Map.of(), Footprint.NONE);
        }
        try (GraphView ours = tools.views().of(base);
                GraphView theirs = tools.views().of(from.state())) {
            if (is(ancestors, target)) {
                outcome = MergeReceipt.Outcome.FAST_FORWARD;
                return forward(ours, theirs, source);
            }
            outcome = MergeReceipt.Outcome.MERGED;
            try (BaseState before = BaseState.of(log, tools.views(), ancestors)) {
                StateDiff diff = new StateDiff(log, ours, theirs, request.cancelled());
                Agreement agreement = agree(ours, theirs, before, diff);
                agreement.require();
                agreement.requireResolutionsUsed();
                RowChanges rows = new RowChanges(ours, new CallerAccess(request.gate(), tools.rules()));
                Prepared prepared = judged(() -> rows.prepare(
                        tools, agreement.changes(), CommitInfo.Kind.MERGE, request.provenance(), Optional.of(source)));
                return relyingOn(agreement, prepared, diff);
            }
        }
    }

    /** What {@link #prepare} would do on {@code base}; stages nothing. */
    public MergePreview preview(Snapshot base) {
        requireOpen(base.schema());
        Captured from = source();
        Authored source = from.commit();
        requireOpen(from.state().schema());
        Authored target = log.newest(base);
        List<Authored> ancestors = MergeBase.of(log, target, source);
        Preview preview = new Preview(target, source, ancestors);
        if (is(ancestors, source)) {
            return preview.of(MergeReceipt.Outcome.ALREADY_UP_TO_DATE, Map.of(), base.schema());
        }
        try (GraphView ours = tools.views().of(base);
                GraphView theirs = tools.views().of(from.state())) {
            if (is(ancestors, target)) {
                return preview.of(
                        MergeReceipt.Outcome.FAST_FORWARD,
                        forwarded(ours, theirs),
                        from.state().schema());
            }
            try (BaseState before = BaseState.of(log, tools.views(), ancestors)) {
                Agreement agreement =
                        agree(ours, theirs, before, new StateDiff(log, ours, theirs, request.cancelled()));
                if (agreement.conflictCount() > 0) {
                    return preview.of(agreement.conflicts(), agreement.conflictCount());
                }
                RowChanges rows = new RowChanges(ours, new CallerAccess(request.gate(), tools.rules()));
                try {
                    judged(() -> {
                        rows.check(tools, agreement.changes());
                        return agreement;
                    });
                } catch (EngineException broken) {
                    if (broken.failure() instanceof EngineFailure.MergeConflicts conflicts) {
                        return preview.of(conflicts.first(), conflicts.count());
                    }
                    throw broken;
                }
                return preview.of(
                        MergeReceipt.Outcome.MERGED, RowChanges.changeSets(agreement.changes()), base.schema());
            }
        }
    }

    /** A preview in the making. */
    private record Preview(Authored target, Authored source, List<Authored> ancestors) {
        MergePreview of(MergeReceipt.Outcome outcome, Map<TypeId, ChangeSet> changes, Schema schema) {
            List<MergePreview.TypeChanges> types = new ArrayList<>();
            for (EntityType type : schema.types()) {
                ChangeSet change = changes.get(type.id());
                if (change != null && !change.isEmpty()) {
                    types.add(new MergePreview.TypeChanges(
                            type.name(), change.insertedCount(), change.updatedCount(), change.deletedCount()));
                }
            }
            return made(outcome, types, List.of(), 0);
        }

        MergePreview of(List<MergeConflict> conflicts, long count) {
            return made(MergeReceipt.Outcome.MERGED, List.of(), conflicts, count);
        }

        private MergePreview made(
                MergeReceipt.Outcome outcome,
                List<MergePreview.TypeChanges> types,
                List<MergeConflict> conflicts,
                long count) {
            return new MergePreview(
                    outcome,
                    target.commit().id(),
                    source.commit().id(),
                    ancestors.stream().map(one -> one.commit().id()).toList(),
                    types,
                    conflicts,
                    count);
        }
    }

    private static boolean is(List<Authored> ancestors, Authored commit) {
        return ancestors.size() == 1
                && ancestors.getFirst().commit().id().equals(commit.commit().id());
    }

    /** Merging asks for everything: what is hidden from the caller could be told from what conflicts. */
    private void requireOpen(Schema schema) {
        requireOpen(request.gate(), schema);
    }

    static void requireOpen(AccessGate gate, Schema schema) {
        for (EntityType type : schema.types()) {
            if (!gate.access(type.name()).equals(RowAccess.ALL)) {
                throw new EngineException(new EngineFailure.Denied(List.of("merge_needs_every_row")));
            }
        }
    }

    /**
     * What both sides changed alike needs no change now, and would be a conflict if the target changed it once more
     * before the merge lands.
     */
    private static Prepared relyingOn(Agreement agreement, Prepared prepared, StateDiff diff) {
        Map<TypeId, Footprint.OfType> relied =
                new HashMap<>(prepared.footprint().types());
        diff.touched().forEach((type, ids) -> {
            Footprint.OfType stated =
                    relied.getOrDefault(type, new Footprint.OfType(false, Set.of(), Set.of(), Set.of(), Set.of()));
            Set<String> written = new HashSet<>(stated.written());
            Set<String> kept = agreement.kept(type);
            ids.ifPresent(all -> all.stream().filter(id -> !kept.contains(id)).forEach(written::add));
            relied.put(
                    type,
                    ids.isEmpty() || written.size() > MOST_RELIED
                            ? WHOLE
                            : new Footprint.OfType(
                                    stated.whole(), written, stated.absent(), stated.present(), stated.incident()));
        });
        return new Prepared(
                prepared.base(),
                prepared.kind(),
                prepared.provenance(),
                prepared.writes(),
                prepared.changes(),
                new Footprint(relied),
                prepared.mergedParent(),
                prepared.schema());
    }

    private Agreement agree(GraphView ours, GraphView theirs, BaseState before, StateDiff diff) {
        Schema schema = ours.snapshot().schema();
        if (!schema.hash().equals(theirs.snapshot().schema().hash())) {
            throw new EngineException(new EngineFailure.Refused(
                    "schemas_differ",
                    "the two branches have different schemas and each has commits of its own; "
                            + "apply the schema of one to the other, then merge"));
        }
        Agreement agreement = new Agreement(request.merge(), before);
        for (EntityType type : schema.types()) {
            agreement.decide(diff.of(type.id()));
            stopIfCancelled();
        }
        return agreement;
    }

    private void stopIfCancelled() {
        if (request.cancelled().getAsBoolean()) {
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
    }

    /** What the validator finds in the union of two valid states is a conflict between them. */
    static <T> T judged(Supplier<T> judgement) {
        try {
            return judgement.get();
        } catch (EngineException refused) {
            if (!(refused.failure() instanceof EngineFailure.Invalid invalid)) {
                throw refused;
            }
            List<MergeConflict> conflicts = invalid.diagnostics().stream()
                    .limit(Agreement.MOST_SHOWN)
                    .map(Merge::conflict)
                    .toList();
            throw new EngineException(
                    new EngineFailure.MergeConflicts(
                            conflicts, invalid.diagnostics().size()),
                    refused);
        }
    }

    private static MergeConflict conflict(Diagnostic broken) {
        MergeConflict.Kind kind = switch (broken.code()) {
            case "unique", "entity_number" -> MergeConflict.Kind.UNIQUE_VIOLATION;
            case "endpoint_not_found" -> MergeConflict.Kind.ORPHAN_EDGE;
            case "card" -> MergeConflict.Kind.CARDINALITY_VIOLATION;
            default -> MergeConflict.Kind.VALUE_CONSTRAINT_VIOLATION;
        };
        return new MergeConflict(
                kind,
                Optional.empty(),
                Optional.empty(),
                broken.message(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The target as the source is. It relies on everything: with a commit of its own it would be no fast-forward. */
    private Prepared forward(GraphView ours, GraphView theirs, Authored source) {
        Snapshot base = ours.snapshot();
        Snapshot to = theirs.snapshot();
        StateDiff diff = new StateDiff(log, ours, theirs, request.cancelled());
        Map<TypeId, TypeWrite> writes = new HashMap<>();
        List<RowChanges.OfType> changes = new ArrayList<>();
        List<RowChanges.OfType> small = new ArrayList<>();
        Map<TypeId, Footprint.OfType> relied = new HashMap<>();
        base.types().keySet().forEach(type -> relied.put(type, WHOLE));
        Map<TypeId, ChangeSet> sets = new HashMap<>();
        for (EntityType type : to.schema().types()) {
            TypeSnapshot after = to.type(type.id());
            TypeSnapshot before = base.types().get(type.id());
            if (before == null) {
                writes.put(type.id(), adopted(to, after, Optional.empty(), base.sequence()));
                sets.put(type.id(), inserted(after.count()));
                continue;
            }
            Differences apart = diff.of(type.id());
            stopIfCancelled();
            RowChanges.OfType all = new RowChanges.OfType(ours.type(type.id()), TakenRows.all(apart));
            if (apart.count() > 0) {
                changes.add(all);
            }
            boolean sameLayout = before.type().properties().equals(type.properties());
            if (before.pin().equals(after.pin()) && sameLayout) {
                if (apart.count() > 0) {
                    small.add(all);
                }
            } else if (apart.count() > 0 || !sameLayout) {
                writes.put(type.id(), adopted(to, after, Optional.of(before.pin()), base.sequence()));
            }
        }
        writes.putAll(RowChanges.writes(tools, base, small));
        sets.putAll(RowChanges.changeSets(changes));
        return new Prepared(
                base,
                CommitInfo.Kind.MERGE,
                request.provenance(),
                writes,
                sets,
                new Footprint(relied),
                Optional.of(source),
                base.schema().hash().equals(to.schema().hash()) ? Optional.empty() : Optional.of(to.schema()));
    }

    /** What {@link #forward} would change. */
    private Map<TypeId, ChangeSet> forwarded(GraphView ours, GraphView theirs) {
        StateDiff diff = new StateDiff(log, ours, theirs, request.cancelled());
        List<RowChanges.OfType> changes = new ArrayList<>();
        Map<TypeId, ChangeSet> sets = new HashMap<>();
        for (EntityType type : theirs.snapshot().schema().types()) {
            if (!ours.snapshot().types().containsKey(type.id())) {
                sets.put(type.id(), inserted(theirs.snapshot().type(type.id()).count()));
                continue;
            }
            Differences apart = diff.of(type.id());
            stopIfCancelled();
            if (apart.count() > 0) {
                changes.add(new RowChanges.OfType(ours.type(type.id()), TakenRows.all(apart)));
            }
        }
        sets.putAll(RowChanges.changeSets(changes));
        return sets;
    }

    private static ChangeSet inserted(long count) {
        return new ChangeSet(count, 0, 0, List.of(), List.of(), List.of(), List.of(), List.of(), count == 0);
    }

    /** The source's pin with its overlay folded in; a type that is new to the target replaces none. */
    private TypeWrite adopted(Snapshot from, TypeSnapshot type, Optional<Pin> replaced, long foldedThrough) {
        Pin pin = new Composer(tools.tables())
                .fold(type, from.sequence())
                .map(Composer.Detached::pin)
                .orElse(type.pin());
        return new TypeWrite.Repin(pin, foldedThrough, replaced.orElse(pin));
    }
}
