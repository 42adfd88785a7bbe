package io.precinct.engine;

import java.util.List;

/**
 * What a merge would do now.
 *
 * @param bases the commits that both sides go back to; several after crossing merges
 * @param changes what the target would change, by type
 * @param conflicts the first ones, by type and id; the merge fails while there is any
 * @param conflictCount all of them
 */
public record MergePreview(
        MergeReceipt.Outcome outcome,
        CommitId target,
        CommitId source,
        List<CommitId> bases,
        List<TypeChanges> changes,
        List<MergeConflict> conflicts,
        long conflictCount) {
    public MergePreview {
        bases = List.copyOf(bases);
        changes = List.copyOf(changes);
        conflicts = List.copyOf(conflicts);
    }

    public record TypeChanges(String typeName, long inserted, long updated, long deleted) {}
}
