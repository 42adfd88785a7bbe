package io.precinct.engine;

import java.util.List;

/**
 * What was looked at in a graph's store, and what is wrong with it.
 *
 * @param records of the list of branches and of every stream, dead branches included
 * @param versions of datasets whose manifest and files were looked at
 * @param complete false when the run was cancelled; then the absence of findings says nothing
 */
public record VerifyReport(long records, long checkpoints, long versions, boolean complete, List<Finding> findings) {
    public VerifyReport {
        findings = List.copyOf(findings);
    }

    public boolean sound() {
        return complete && findings.isEmpty();
    }

    /** @param place key of the object in the graph's store */
    public record Finding(Kind kind, String place, String detail) {}

    public enum Kind {
        /** The stream's later states can't be read. Only a copy of the object helps. */
        RECORD_MISSING,
        /** As above: the bytes, or their place in the chain, are not what was published. */
        RECORD_DAMAGED,
        /** Derived from records: reads are slower without it, and right. */
        CHECKPOINT_DAMAGED,
        /** A file of a dataset version that some record names is gone. */
        FILE_MISSING,
        /** A file of a dataset version that some record names is not what was published. */
        FILE_DAMAGED
    }
}
