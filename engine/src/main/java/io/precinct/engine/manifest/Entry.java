package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.schema.TypeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * One write, or one fold, on its way through the committer. Used by one thread at a time: its caller's until it is queued,
 * then the leader's until it has an outcome, then its caller's again.
 */
final class Entry {
    sealed interface Outcome {
        /** @param commit empty for a fold, which is no commit */
        record Published(Optional<CommitInfo> commit, StreamState state) implements Outcome {}

        /** An earlier try of the same write published it. */
        record Repeated(CommitInfo commit) implements Outcome {}

        /** {@code moved}: only its preparation is out of date, nothing that it relied on was changed. */
        record Refused(Admission.Refusal refusal, boolean moved) implements Outcome {}

        /** Its pins, or its form, don't fit the newest state: its caller composes it again. */
        record Stale() implements Outcome {}

        record Failed(RuntimeException cause) implements Outcome {}
    }

    final CommitId id;
    /** Empty for a fold, which is no commit. */
    final Optional<Prepared> prepared;

    final Snapshot base;
    final WriteTerms terms;
    final Footprint footprint;
    final Map<TypeId, CommitRecord.Rows> inline = new TreeMap<>();
    final Map<TypeId, TypeWrite> moving = new TreeMap<>();
    final Map<TypeId, Composer.Detached> detached = new HashMap<>();
    /** No record up to this one stands against it. */
    long admittedThrough;

    /** It has a record to itself, because one that it shared could not be written. */
    boolean solo;

    int slotsLost;

    // Guarded by the queue's lock.
    boolean taken;
    private volatile boolean leading;
    private volatile Optional<Thread> waiter = Optional.empty();
    private volatile Optional<Outcome> outcome = Optional.empty();

    private Entry(CommitId id, Optional<Prepared> prepared, Snapshot base, WriteTerms terms, Footprint footprint) {
        this.id = id;
        this.prepared = prepared;
        this.base = base;
        this.terms = terms;
        this.footprint = footprint;
        this.admittedThrough = base.sequence();
    }

    static Entry of(Prepared prepared, CommitId id, WriteTerms terms) {
        Entry entry = new Entry(id, Optional.of(prepared), prepared.base(), terms, Admission.effective(prepared));
        prepared.writes().forEach((type, write) -> {
            if (write instanceof TypeWrite.Inline rows) {
                CommitRecord.Rows split = split(rows, prepared.changes().get(type));
                if (split.size() > 0) {
                    entry.inline.put(type, split);
                }
            } else {
                entry.moving.put(type, write);
            }
        });
        return entry;
    }

    /** The overlay of a type under a new pin: content stays, so it relies on nothing. */
    static Entry fold(Snapshot base, TypeId type, Composer.Detached folded, CommitId id) {
        Entry entry = new Entry(id, Optional.empty(), base, WriteTerms.NONE, Footprint.NONE);
        entry.moving.put(type, new TypeWrite.Repin(folded.pin(), folded.foldedThrough(), folded.replaces()));
        entry.detached.put(type, folded);
        return entry;
    }

    /** Shares its record with nobody: what it changes concerns more than rows, or sharing failed before. */
    boolean isAlone() {
        return solo
                || terms.head().isPresent()
                || prepared.map(p -> p.schema().isPresent() || p.mergedParent().isPresent())
                        .orElse(false);
    }

    /** Whether it would be published with more than its own rows: files, a schema, or the record of another branch. */
    boolean restsOnStaged() {
        return !moving.isEmpty()
                || !detached.isEmpty()
                || prepared.map(p -> p.schema().isPresent() || p.mergedParent().isPresent())
                        .orElse(false);
    }

    long inlineBytes() {
        return inline.values().stream().mapToLong(CommitRecord.Rows::bytes).sum();
    }

    /** Its inline rows of {@code type} go into fragments instead. */
    void spill(TypeId type, TypeWrite.Fragments fragments) {
        inline.remove(type);
        moving.put(type, fragments);
    }

    Optional<Outcome> outcome() {
        return outcome;
    }

    void finish(Outcome result) {
        outcome = Optional.of(result);
        waiter.ifPresent(LockSupport::unpark);
    }

    /** Made ready to be queued by the calling thread, for the first time or again. */
    void waits() {
        outcome = Optional.empty();
        leading = false;
        taken = false;
        waiter = Optional.of(Thread.currentThread());
    }

    boolean isLeading() {
        return leading;
    }

    void lead() {
        leading = true;
        waiter.ifPresent(LockSupport::unpark);
    }

    /** Tells inserts from updates by the change set, which must name exactly the rows that are written. */
    private static CommitRecord.Rows split(TypeWrite.Inline rows, ChangeSet change) {
        if (change == null || !change.complete()) {
            throw new IllegalArgumentException("inline rows need a complete change set");
        }
        Set<String> inserts = Set.copyOf(change.inserted());
        Set<String> updates = Set.copyOf(change.updated());
        List<EntityRow> inserted =
                rows.upserts().stream().filter(r -> inserts.contains(r.id())).toList();
        List<EntityRow> updated =
                rows.upserts().stream().filter(r -> updates.contains(r.id())).toList();
        Set<String> distinct = new HashSet<>(rows.deleted());
        rows.upserts().forEach(r -> distinct.add(r.id()));
        if (inserted.size() != change.insertedCount()
                || updated.size() != change.updatedCount()
                || rows.deleted().size() != change.deletedCount()
                || !rows.deleted().containsAll(change.deleted())
                || inserted.size() + updated.size() != rows.upserts().size()
                || distinct.size() != rows.upserts().size() + rows.deleted().size()) {
            throw new IllegalArgumentException("inline rows and their change set name different entities");
        }
        return new CommitRecord.Rows(inserted, updated, rows.deleted());
    }
}
