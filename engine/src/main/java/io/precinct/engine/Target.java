package io.precinct.engine;

import java.time.Instant;

/** What a read is bound to. */
public sealed interface Target {
    /** The head of a branch at the moment the operation starts. */
    record Branch(BranchName name) implements Target {}

    /** One commit, whatever branch holds it. */
    record AtCommit(CommitId id) implements Target {}

    /** The commit that a tag names. */
    record AtTag(TagName name) implements Target {}

    /**
     * The newest commit of a branch, and of what it was made from, that is not younger than {@code time} by the clock of
     * its writer.
     */
    record AtTime(BranchName branch, Instant time) implements Target {}
}
