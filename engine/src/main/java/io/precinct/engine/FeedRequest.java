package io.precinct.engine;

/**
 * One poll of the change feed.
 *
 * @param filter which changes are wanted, and how many a page holds; its {@code after} is not looked at
 * @param commits most that one poll tells, over all its pages
 * @param bytes of images that make a page full; one change is told whatever its size
 */
public record FeedRequest(Start start, ChangesRequest filter, int commits, long bytes) {
    public static final int COMMITS = 128;
    public static final int MOST_COMMITS = 512;
    public static final int CHANGES = 1_000;
    public static final int MOST_CHANGES = 8_192;
    public static final long BYTES = 4L << 20;
    public static final long MOST_BYTES = 32L << 20;

    public FeedRequest {
        within("commits", commits, MOST_COMMITS);
        within("changes", filter.limit(), MOST_CHANGES);
        within("bytes", bytes, MOST_BYTES);
    }

    private static void within(String what, long asked, long most) {
        if (asked < 1 || asked > most) {
            throw new IllegalArgumentException(what + " of a poll are 1 to " + most);
        }
    }

    /** Where a poll begins. */
    public sealed interface Start {
        /** After all that there is. */
        record Now() implements Start {}

        /** After a graph's first commit, or after the last one of a branch that the caller may not read. */
        record Beginning() implements Start {}

        record After(CommitId commit) implements Start {}

        /** Where the last poll ended. */
        record Cursor(String text) implements Start {}

        /** Where the last page of this poll ended. */
        record Page(String token) implements Start {}
    }
}
