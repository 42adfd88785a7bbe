package io.precinct.engine.manifest;

import java.util.List;

/**
 * What one commit changes in one type. Ids ascend. Counts are exact always; the lists are empty when
 * {@code complete} is false (too many to keep), and then the change conflicts with everything on its type.
 *
 * @param insertedEnds for an edge type: the ends of each inserted edge, in the order of {@code inserted}
 * @param deletedEnds likewise for deleted edges
 */
public record ChangeSet(
        long insertedCount,
        long updatedCount,
        long deletedCount,
        List<String> inserted,
        List<String> updated,
        List<String> deleted,
        List<Ends> insertedEnds,
        List<Ends> deletedEnds,
        boolean complete) {
    public ChangeSet {
        inserted = List.copyOf(inserted);
        updated = List.copyOf(updated);
        deleted = List.copyOf(deleted);
        insertedEnds = List.copyOf(insertedEnds);
        deletedEnds = List.copyOf(deletedEnds);
    }

    public record Ends(String source, String destination) {}

    public boolean isEmpty() {
        return insertedCount + updatedCount + deletedCount == 0;
    }
}
