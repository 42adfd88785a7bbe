package io.precinct.engine;

/** What a read is bound to. */
public sealed interface Target {
    /** The head of a branch at the moment the operation starts. */
    record Branch(BranchName name) implements Target {}

    /** One commit, whatever branch holds it. */
    record AtCommit(CommitId id) implements Target {}
}
