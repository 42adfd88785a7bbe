package io.precinct.engine.feed;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.merge.DiffPlace;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * What a cursor or a page token says. It holds no right: it is a point in a history that its bearer reads anyway.
 *
 * @param binding digest of graph, branch life and filter
 * @param access digest of what its bearer saw
 * @param at the last commit that was told whole
 * @param page absent for a cursor
 */
record FeedToken(String binding, String access, FeedPosition at, Optional<Page> page) {
    /** A token is told by its first character, so that a cursor is never taken for a page. */
    private static final String CURSOR = "1c";

    private static final String PAGE = "1p";
    private static final int LONGEST = 4_096;

    /**
     * @param through the record that the poll's cut ends with
     * @param left commits that the poll may still tell
     * @param place in the commit after {@code at}, when that was begun
     */
    record Page(long through, int left, Optional<DiffPlace> place) {}

    String text() {
        String common = String.join(
                "|",
                page.isPresent() ? PAGE : CURSOR,
                binding,
                access,
                at.stream().value(),
                Long.toString(at.sequence()),
                at.commit().value(),
                at.whole() ? "w" : "i");
        String text = page.map(one -> common + "|" + one.through() + "|" + one.left() + "|"
                        + one.place().map(DiffPlace::text).orElse(""))
                .orElse(common);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws EngineException {@code ChangeCursorRejected} */
    static FeedToken cursor(String text) {
        return read(text, CURSOR);
    }

    /** @throws EngineException {@code ChangeCursorRejected} */
    static FeedToken page(String text) {
        return read(text, PAGE);
    }

    private static FeedToken read(String text, String kind) {
        if (text.length() > LONGEST) {
            throw rejected("it is too long");
        }
        try {
            boolean page = kind.equals(PAGE);
            String[] parts =
                    new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\\|", page ? 10 : 8);
            if (parts.length != (page ? 10 : 7) || !parts[0].equals(kind)) {
                throw rejected("it is no " + (page ? "page token" : "cursor"));
            }
            FeedPosition at = new FeedPosition(
                    new StreamId(parts[3]), Long.parseLong(parts[4]), new CommitId(parts[5]), parts[6].equals("w"));
            return new FeedToken(
                    parts[1],
                    parts[2],
                    at,
                    page
                            ? Optional.of(new Page(
                                    Long.parseLong(parts[7]),
                                    Integer.parseInt(parts[8]),
                                    parts[9].isEmpty() ? Optional.empty() : Optional.of(DiffPlace.read(parts[9]))))
                            : Optional.empty());
        } catch (IllegalArgumentException malformed) {
            throw rejected("it can't be read");
        }
    }

    static EngineException rejected(String why) {
        return new EngineException(new EngineFailure.ChangeCursorRejected(why));
    }
}
