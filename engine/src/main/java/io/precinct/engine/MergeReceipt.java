package io.precinct.engine;

import java.util.Optional;

/** What a merge did. {@code commit} is absent when nothing was to be done. */
public record MergeReceipt(BranchName source, BranchName target, Outcome outcome, Optional<CommitInfo> commit) {
    public enum Outcome {
        /** Everything of the source was in the target before. */
        ALREADY_UP_TO_DATE,
        /** The target had nothing of its own and now is as the source. */
        FAST_FORWARD,
        MERGED
    }
}
