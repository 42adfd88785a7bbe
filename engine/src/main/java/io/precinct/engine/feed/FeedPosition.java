package io.precinct.engine.feed;

import io.precinct.engine.CommitId;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;

/**
 * A point between two commits.
 *
 * @param commit the last one before it
 * @param whole all commits of the record are before it, and not only those up to {@code commit}
 */
record FeedPosition(StreamId stream, long sequence, CommitId commit, boolean whole) {
    static FeedPosition after(Authored commit) {
        return new FeedPosition(
                commit.stream(), commit.sequence(), commit.commit().id(), commit.last());
    }

    static FeedPosition after(Snapshot state) {
        return new FeedPosition(state.stream(), state.sequence(), state.head().id(), true);
    }
}
