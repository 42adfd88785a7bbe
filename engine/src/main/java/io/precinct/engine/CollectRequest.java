package io.precinct.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a collection leaves of each branch's history; of what both limits name, only what is beyond both goes.
 *
 * @param keepCommits commits of each branch that stay readable, its head among them; at least 1
 * @param olderThan states that the branch had less long ago stay readable, by the times of their commits
 * @param dryRun tells what would go, and takes nothing
 */
public record CollectRequest(OptionalInt keepCommits, Optional<Duration> olderThan, boolean dryRun) {
    public CollectRequest {
        if (keepCommits.isEmpty() && olderThan.isEmpty()) {
            throw new IllegalArgumentException("a collection needs a number of commits to keep, an age, or both");
        }
        if (keepCommits.isPresent() && keepCommits.getAsInt() < 1) {
            throw new IllegalArgumentException("the head of a branch is always kept: keep at least 1 commit");
        }
        if (olderThan.isPresent() && olderThan.get().isNegative()) {
            throw new IllegalArgumentException("an age is not negative");
        }
    }
}
