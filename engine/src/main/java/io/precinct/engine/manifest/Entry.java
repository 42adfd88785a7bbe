package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.TypeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** One prepared write on its way through the committer. Used by one thread at a time: its caller's, then the leader's. */
final class Entry {
    sealed interface Outcome {
        record Published(CommitInfo commit, StreamState state) implements Outcome {}

        /** {@code moved}: only its preparation is out of date, nothing that it relied on was changed. */
        record Refused(Admission.Refusal refusal, boolean moved) implements Outcome {}

        record Failed(RuntimeException cause) implements Outcome {}
    }

    final Prepared prepared;
    final CommitId id;
    final Footprint footprint;
    final Map<TypeId, CommitRecord.Rows> inline = new TreeMap<>();
    final Map<TypeId, TypeWrite> moving = new TreeMap<>();
    final Map<TypeId, Composer.Detached> detached = new HashMap<>();
    /** No record up to this one stands against it. */
    long admittedThrough;

    private volatile Optional<Outcome> outcome = Optional.empty();

    Entry(Prepared prepared, CommitId id) {
        this.prepared = prepared;
        this.id = id;
        this.footprint = Admission.effective(prepared);
        this.admittedThrough = prepared.base().sequence();
        prepared.writes().forEach((type, write) -> {
            if (write instanceof TypeWrite.Inline rows) {
                CommitRecord.Rows split = split(rows, prepared.changes().get(type));
                if (split.size() > 0) {
                    inline.put(type, split);
                }
            } else {
                moving.put(type, write);
            }
        });
    }

    /** Only inline rows: may share a record with others. */
    boolean isSmall() {
        return moving.isEmpty()
                && prepared.schema().isEmpty()
                && prepared.mergedParent().isEmpty();
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
