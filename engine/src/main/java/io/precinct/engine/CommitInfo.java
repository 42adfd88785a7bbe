package io.precinct.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * One graph commit as listed.
 *
 * @param branch the branch it was authored on
 * @param sequence position in its branch's stream of the record that published it; commits that were published together
 *     share it, and the state after them
 * @param generation one more than the greatest of its parents', 1 for the first commit of a graph, so that a commit is
 *     never an ancestor of one whose generation is not greater; 0 where it was not recorded
 * @param kind what made it
 * @param parent absent for the first commit of a graph
 */
public record CommitInfo(
        CommitId id,
        BranchName branch,
        long sequence,
        long generation,
        Kind kind,
        Optional<CommitId> parent,
        Optional<CommitId> mergedParent,
        String actor,
        Optional<String> requestId,
        Instant createdAt) {
    public enum Kind {
        GENESIS,
        MUTATION,
        LOAD,
        MERGE,
        SCHEMA,
        /** Content-preserving upkeep: fold or compaction. */
        UPKEEP
    }
}
