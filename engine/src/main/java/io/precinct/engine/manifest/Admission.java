package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Backward validation: does a published commit intersect what a prepared write relied on or writes? When no commit
 * since its base does, the write would have been prepared the same on the newer state.
 */
final class Admission {
    private Admission() {}

    /** Why a write is refused: {@code member} in words, and the commit that stands against it. */
    record Refusal(String member, Optional<CommitId> by) {}

    /** What the write relies on: its footprint, and what it writes even where the footprint forgot to say so. */
    static Footprint effective(Prepared prepared) {
        Map<TypeId, Footprint.OfType> types = new HashMap<>(prepared.footprint().types());
        prepared.changes().forEach((type, change) -> {
            if (change.isEmpty()) {
                return;
            }
            Footprint.OfType stated = types.get(type);
            if (!change.complete()) {
                if (stated == null || stated.written().isEmpty()) {
                    types.put(type, whole(stated));
                }
                return;
            }
            Set<String> written = new HashSet<>();
            if (stated != null) {
                written.addAll(stated.written());
            }
            written.addAll(change.inserted());
            written.addAll(change.updated());
            written.addAll(change.deleted());
            types.put(
                    type,
                    stated == null
                            ? new Footprint.OfType(false, written, Set.of(), Set.of(), Set.of())
                            : new Footprint.OfType(
                                    stated.whole(), written, stated.absent(), stated.present(), stated.incident()));
        });
        prepared.writes().forEach((type, write) -> {
            if (write instanceof TypeWrite.Replacement) {
                types.put(type, whole(types.get(type)));
            }
        });
        return new Footprint(types);
    }

    private static Footprint.OfType whole(Footprint.OfType stated) {
        return stated == null
                ? new Footprint.OfType(true, Set.of(), Set.of(), Set.of(), Set.of())
                : new Footprint.OfType(true, stated.written(), stated.absent(), stated.present(), stated.incident());
    }

    /**
     * @param rows inline rows of the record that publishes {@code commit}, for the ends of edges that it updates
     * @param schema to call types by their names
     */
    static Optional<Refusal> against(
            Footprint footprint, CommitRecord.Member commit, Map<TypeId, CommitRecord.Rows> rows, Schema schema) {
        for (Map.Entry<TypeId, ChangeSet> entry : commit.changes().entrySet()) {
            Footprint.OfType relied = footprint.types().get(entry.getKey());
            ChangeSet change = entry.getValue();
            if (relied == null || change.isEmpty()) {
                continue;
            }
            Optional<String> member = intersection(relied, change, Optional.ofNullable(rows.get(entry.getKey())));
            if (member.isPresent()) {
                return Optional.of(new Refusal(
                        "type " + schema.type(entry.getKey()).name() + ": " + member.get(),
                        Optional.of(commit.commit().id())));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> intersection(
            Footprint.OfType relied, ChangeSet change, Optional<CommitRecord.Rows> rows) {
        if (relied.whole()) {
            return Optional.of("the whole type was relied on");
        }
        if (!change.complete()) {
            boolean anything = !relied.written().isEmpty()
                    || !relied.absent().isEmpty() && change.insertedCount() > 0
                    || !relied.present().isEmpty() && change.deletedCount() > 0
                    || !relied.incident().isEmpty();
            return anything ? Optional.of("too much of it changed to tell what") : Optional.empty();
        }
        for (List<String> ids : List.of(change.inserted(), change.updated(), change.deleted())) {
            Optional<String> hit = common(relied.written(), ids);
            if (hit.isPresent()) {
                return hit.map(id -> "'" + id + "' was written");
            }
        }
        Optional<String> appeared = common(relied.absent(), change.inserted());
        if (appeared.isPresent()) {
            return appeared.map(id -> "'" + id + "' was inserted");
        }
        Optional<String> gone = common(relied.present(), change.deleted());
        if (gone.isPresent()) {
            return gone.map(id -> "'" + id + "' was deleted");
        }
        return relied.incident().isEmpty() ? Optional.empty() : incident(relied.incident(), change, rows);
    }

    private static Optional<String> incident(Set<String> nodes, ChangeSet change, Optional<CommitRecord.Rows> rows) {
        boolean endsKnown = change.insertedEnds().size() == change.insertedCount()
                && change.deletedEnds().size() == change.deletedCount();
        if (!endsKnown) {
            return Optional.of("edges changed whose ends are not known");
        }
        for (List<ChangeSet.Ends> ends : List.of(change.insertedEnds(), change.deletedEnds())) {
            for (ChangeSet.Ends end : ends) {
                if (nodes.contains(end.source()) || nodes.contains(end.destination())) {
                    // The other end may be one that the writer can't see.
                    String own = nodes.contains(end.source()) ? end.source() : end.destination();
                    return Optional.of("an edge at '" + own + "' changed");
                }
            }
        }
        if (change.updatedCount() == 0) {
            return Optional.empty();
        }
        // An upsert may move an edge. Inline rows tell its new ends; what fragments hold is not known here.
        Map<String, EntityRow> updated = new HashMap<>();
        rows.ifPresent(r -> r.updated().forEach(row -> updated.put(row.id(), row)));
        for (String id : change.updated()) {
            Optional<EntityRow.Ends> ends = Optional.ofNullable(updated.get(id)).flatMap(EntityRow::ends);
            if (ends.isEmpty()
                    || nodes.contains(ends.get().source())
                    || nodes.contains(ends.get().destination())) {
                return Optional.of("edge '" + id + "' was updated");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> common(Set<String> some, Collection<String> others) {
        if (some.isEmpty() || others.isEmpty() || Collections.disjoint(some, others)) {
            return Optional.empty();
        }
        return others.stream().filter(some::contains).findFirst();
    }
}
