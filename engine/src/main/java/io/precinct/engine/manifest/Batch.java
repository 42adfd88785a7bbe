package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.TypeId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A record in the making on one state: a commit for each of its entries, in their order. None relied on or writes what
 * an earlier one changes, so each is as valid after those before it as it is on the state itself. Used by one thread.
 */
final class Batch {
    static final int MOST_MEMBERS = 128;

    enum Answer {
        JOINED,
        /** Not with those that are in it: a record of its own, or a later one, may take it. */
        LATER,
        /** It can't be published on this state and has its outcome. */
        FINISHED
    }

    private final StreamState on;
    private final LogSettings settings;
    private final List<Entry> entries = new ArrayList<>();
    private final List<CommitRecord.Member> members = new ArrayList<>();
    private final List<Entry> authors = new ArrayList<>();
    private final Map<TypeId, CommitRecord.PinMove> pins = new TreeMap<>();
    private final Map<TypeId, List<CommitRecord.Rows>> inline = new TreeMap<>();
    private long bytes;
    private boolean full;

    Batch(StreamState on, LogSettings settings) {
        this.on = on;
        this.settings = settings;
    }

    StreamState on() {
        return on;
    }

    List<Entry> entries() {
        return entries;
    }

    /** @param entry admitted against every record up to the state */
    Answer offer(Entry entry) {
        if (full || !entries.isEmpty() && (entry.isAlone() || isTwin(entry) || intersects(entry))) {
            return Answer.LATER;
        }
        Optional<Answer> stopped = checkPins(entry).or(() -> checkRoom(entry));
        if (stopped.isPresent()) {
            return stopped.get();
        }
        join(entry);
        return Answer.JOINED;
    }

    /** Another try of a write that is in the record: it finds what became of it behind the record. */
    private boolean isTwin(Entry entry) {
        return entries.stream().anyMatch(other -> other.id.equals(entry.id));
    }

    private boolean intersects(Entry entry) {
        for (int i = 0; i < members.size(); i++) {
            if (Admission.against(entry.footprint, members.get(i), authors.get(i).inline, on.schema())
                    .isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Optional<Answer> checkPins(Entry entry) {
        for (Map.Entry<TypeId, TypeWrite> moving : entry.moving.entrySet()) {
            TypeId type = moving.getKey();
            if (pins.containsKey(type)) {
                return Optional.of(Answer.LATER);
            }
            Composer.Detached detached = entry.detached.get(type);
            Optional<StreamState.TypeState> current =
                    Optional.ofNullable(on.types().get(type));
            // A type that this very commit adds has no pin that could have moved.
            if (detached == null || current.filter(detached::isOutdatedOn).isPresent()) {
                entry.finish(
                        moving.getValue() instanceof TypeWrite.Repin
                                ? new Entry.Outcome.Refused(
                                        new Admission.Refusal("a dataset was rewritten", Optional.empty()), true)
                                : new Entry.Outcome.Stale());
                return Optional.of(Answer.FINISHED);
            }
        }
        return Optional.empty();
    }

    private Optional<Answer> checkRoom(Entry entry) {
        LogSettings.Limits limits = settings.limits();
        if (!entries.isEmpty() && bytes + recordBytes(entry) > limits.recordBytes()) {
            return Optional.of(Answer.LATER);
        }
        for (Map.Entry<TypeId, CommitRecord.Rows> rows : entry.inline.entrySet()) {
            StreamState.TypeState type = on.types().get(rows.getKey());
            if (!fits(type, rows.getValue(), List.of(), limits)) {
                if (pins.containsKey(rows.getKey())) {
                    return Optional.of(Answer.LATER);
                }
                entry.finish(new Entry.Outcome.Stale());
                return Optional.of(Answer.FINISHED);
            }
            if (!fits(type, rows.getValue(), inline.getOrDefault(rows.getKey(), List.of()), limits)) {
                return Optional.of(Answer.LATER);
            }
        }
        return Optional.empty();
    }

    /** Whether the overlay of {@code type} can take the rows besides {@code others} of the same record. */
    static boolean fits(
            StreamState.TypeState type,
            CommitRecord.Rows rows,
            List<CommitRecord.Rows> others,
            LogSettings.Limits limits) {
        long entries = type.overlay().entries().size() + rows.size();
        long bytes = type.overlayBytes() + rows.bytes();
        for (CommitRecord.Rows other : others) {
            entries += other.size();
            bytes += other.bytes();
        }
        return type.layers().size() + 1 <= limits.overlayRecords()
                && entries <= limits.overlayRows()
                && bytes <= limits.overlayBytes();
    }

    private long recordBytes(Entry entry) {
        long changes = entry.prepared
                .map(p -> p.changes().values().stream()
                        .mapToLong(ChangeSets::bytes)
                        .sum())
                .orElse(0L);
        return entry.inlineBytes() + Math.min(changes, settings.limits().changeBytes());
    }

    private void join(Entry entry) {
        entries.add(entry);
        entry.prepared.ifPresent(prepared -> {
            members.add(member(entry.id, prepared));
            authors.add(entry);
        });
        entry.detached.forEach((type, detached) -> {
            if (entry.moving.containsKey(type)) {
                pins.put(type, new CommitRecord.PinMove(detached.pin(), detached.foldedThrough()));
            }
        });
        entry.inline.forEach((type, rows) ->
                inline.computeIfAbsent(type, t -> new ArrayList<>()).add(rows));
        bytes += recordBytes(entry);
        full = entry.isAlone() || entries.size() >= MOST_MEMBERS;
    }

    private CommitRecord.Member member(CommitId id, Prepared prepared) {
        CommitInfo parent = members.isEmpty() ? on.head() : members.getLast().commit();
        CommitInfo commit = new CommitInfo(
                id,
                on.branch(),
                on.sequence() + 1,
                generation(parent, prepared.mergedParent()),
                prepared.kind(),
                Optional.of(parent.id()),
                prepared.mergedParent().map(merged -> merged.commit().id()),
                prepared.provenance().actor(),
                Optional.of(prepared.provenance().requestId()),
                settings.clock().instant().truncatedTo(ChronoUnit.MICROS));
        return new CommitRecord.Member(
                commit,
                prepared.mergedParent().map(merged -> new CommitRecord.Source(merged.stream(), merged.sequence())),
                prepared.provenance().decisionId(),
                ChangeSets.capped(prepared.changes(), settings.limits().changeBytes()));
    }

    private static long generation(CommitInfo parent, Optional<Authored> merged) {
        long other = merged.map(one -> one.commit().generation()).orElse(parent.generation());
        return parent.generation() == 0 || other == 0 ? 0 : Math.max(parent.generation(), other) + 1;
    }

    /** The commit that the record holds for an entry; empty for a fold. */
    Optional<CommitInfo> commitOf(Entry entry) {
        int at = authors.indexOf(entry);
        return at < 0 ? Optional.empty() : Optional.of(members.get(at).commit());
    }

    /** Only for a batch that somebody joined. */
    CommitRecord record() {
        Map<TypeId, CommitRecord.Rows> rows = new TreeMap<>();
        inline.forEach((type, parts) -> rows.put(type, merged(parts)));
        return new CommitRecord(
                on.stream(),
                on.sequence() + 1,
                entries.getFirst().id,
                Optional.of(on.digest()),
                members,
                entries.getFirst().prepared.flatMap(Prepared::schema).orElse(on.schema()),
                pins,
                rows,
                false,
                false,
                Optional.empty());
    }

    private static CommitRecord.Rows merged(List<CommitRecord.Rows> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Set<String> deleted = new HashSet<>();
        parts.forEach(part -> deleted.addAll(part.deleted()));
        return new CommitRecord.Rows(
                parts.stream().flatMap(part -> part.inserted().stream()).toList(),
                parts.stream().flatMap(part -> part.updated().stream()).toList(),
                deleted);
    }
}
