package io.precinct.engine;

import java.util.List;

/**
 * What a collection took, or would have taken.
 *
 * @param oldest where the history of each branch begins from now on, by its name
 * @param complete false when the run was cancelled; then another run goes on where it ended
 */
public record CollectReport(List<OfKind> reclaimed, List<Oldest> oldest, boolean complete, boolean dryRun) {
    public CollectReport {
        reclaimed = List.copyOf(reclaimed);
        oldest = List.copyOf(oldest);
    }

    public enum Kind {
        /** Commit records below the history that is kept, and of branches that nothing kept names. */
        RECORDS,
        /** What is derived from those. */
        CHECKPOINTS,
        /** Rows, deletions and indexes that no kept version of a dataset consists of. */
        FILES,
        /** Versions of datasets that no kept record names. */
        VERSIONS
    }

    public record OfKind(Kind kind, long objects, long bytes) {}

    /** @param commit the oldest whose state can be read */
    public record Oldest(BranchName branch, CommitInfo commit) {}

    /** Of all kinds. */
    public long objects() {
        return reclaimed.stream().mapToLong(OfKind::objects).sum();
    }

    /** Of all kinds. */
    public long bytes() {
        return reclaimed.stream().mapToLong(OfKind::bytes).sum();
    }
}
