package io.precinct.engine;

import java.time.Instant;

/**
 * A name for one commit that stays with it, whatever becomes of the branch.
 *
 * @param branch that the commit was authored on
 * @param actor who made the tag
 */
public record Tag(TagName name, CommitId commit, BranchName branch, String actor, Instant createdAt) {}
