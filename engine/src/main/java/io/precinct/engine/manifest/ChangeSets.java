package io.precinct.engine.manifest;

import io.precinct.engine.schema.TypeId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Bounds what a record keeps of the change sets of a commit. */
final class ChangeSets {
    private ChangeSets() {}

    /** The change sets with at most {@code limit} bytes of ids in all; the largest lose their lists first. */
    static Map<TypeId, ChangeSet> capped(Map<TypeId, ChangeSet> changes, long limit) {
        Map<TypeId, ChangeSet> kept = new TreeMap<>();
        changes.forEach((type, change) -> {
            if (!change.isEmpty()) {
                kept.put(type, change);
            }
        });
        long total = kept.values().stream().mapToLong(ChangeSets::bytes).sum();
        List<TypeId> largestFirst = kept.keySet().stream()
                .sorted(Comparator.comparingLong(t -> -bytes(kept.get(t))))
                .toList();
        for (TypeId type : largestFirst) {
            if (total <= limit) {
                break;
            }
            ChangeSet whole = kept.get(type);
            total -= bytes(whole);
            kept.put(
                    type,
                    new ChangeSet(
                            whole.insertedCount(),
                            whole.updatedCount(),
                            whole.deletedCount(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            false));
        }
        return kept;
    }

    static long bytes(ChangeSet change) {
        long bytes = 0;
        for (List<String> ids : List.of(change.inserted(), change.updated(), change.deleted())) {
            for (String id : ids) {
                bytes += 4L + id.length();
            }
        }
        for (List<ChangeSet.Ends> ends : List.of(change.insertedEnds(), change.deletedEnds())) {
            for (ChangeSet.Ends end : ends) {
                bytes += 8L + end.source().length() + end.destination().length();
            }
        }
        return bytes;
    }
}
