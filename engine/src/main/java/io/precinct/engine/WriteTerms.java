package io.precinct.engine;

import io.precinct.engine.manifest.StreamId;
import java.util.Optional;

/**
 * What must hold for a write to be published.
 *
 * @param head the branch must hold exactly what it held after this commit: nothing but upkeep may have come since, or the
 *     write fails with {@code PreconditionFailed}
 * @param once the write is published at most once, however often it is tried
 */
public record WriteTerms(Optional<CommitId> head, Optional<Once> once) {
    public static final WriteTerms NONE = new WriteTerms(Optional.empty(), Optional.empty());

    /**
     * A write that may have been tried before, here or in another process, with an outcome that nobody was told. Every try
     * publishes under one and the same id, so that the second to come finds the first and becomes its answer.
     *
     * @param commit its id, of this write alone
     * @param stream the branch's life when it was first tried
     * @param since position of the branch's head then; the commit can only be behind it
     */
    public record Once(CommitId commit, StreamId stream, long since) {}
}
