package io.precinct.engine.upkeep;

import io.precinct.engine.CommitInfo;
import java.util.List;
import java.util.Optional;

/**
 * What one run of upkeep did on one branch.
 *
 * @param commit what it published; empty when there was nothing to gain
 * @param complete false when it was cancelled before it had looked at every type
 */
public record UpkeepReport(Optional<CommitInfo> commit, List<OfType> types, boolean complete) {
    public UpkeepReport {
        types = List.copyOf(types);
    }

    /**
     * @param folded inline rows that went into fragments
     * @param reason why nothing was done, or what was; for people
     */
    public record OfType(
            String typeName, Action action, long folded, int fragmentsBefore, int fragmentsAfter, String reason) {}

    public enum Action {
        NOTHING,
        FOLDED,
        COMPACTED,
        /** Not looked at, because the run was cancelled. */
        SKIPPED
    }
}
