package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import java.time.Duration;
import java.util.Optional;

/** Where a log's work that nobody waits for runs, and who hears when it fails. Thread-safe. */
public interface Background {
    /**
     * Runs the work once, on another thread, not before {@code delay} has passed. Few threads are enough: the log has
     * at most one piece of work for each type and one more for each branch under way.
     *
     * @throws java.util.concurrent.RejectedExecutionException when it will never run
     */
    void run(Duration delay, Runnable work);

    /** Work failed, without harm to any write, and is tried again by itself. */
    void failed(Failure failure);

    /**
     * @param work what failed, for people
     * @param typeName of a fold
     * @param attempts failures in a row
     */
    record Failure(
            String work,
            Optional<BranchName> branch,
            Optional<String> typeName,
            int attempts,
            Duration retryIn,
            RuntimeException cause) {}
}
