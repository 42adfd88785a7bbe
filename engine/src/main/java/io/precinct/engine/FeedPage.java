package io.precinct.engine;

import java.util.List;
import java.util.Optional;

/**
 * A page of the change feed: the commits in their order along first parents, each with what it changed for the caller,
 * which may be nothing. A commit that was begun on the page before goes on in the first block.
 *
 * @param next asks for the next page of the same poll
 * @param cursor begins the next poll; on the last page only, so that it never points into a commit
 * @param caughtUp nothing followed when the poll began
 */
public record FeedPage(List<CommitChanges> blocks, Optional<String> next, Optional<String> cursor, boolean caughtUp) {
    public FeedPage {
        blocks = List.copyOf(blocks);
    }
}
