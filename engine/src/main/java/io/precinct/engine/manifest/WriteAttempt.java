package io.precinct.engine.manifest;

import io.precinct.engine.WriteTerms;

/** A write as the committer sees it: it can be prepared again when the branch moved under it. */
public interface WriteAttempt {
    /** What to do when a record published meanwhile intersects the footprint. */
    enum WhenRefused {
        /** Prepare again on the new state, a bounded number of times: inserts, upserts, loads, upkeep. */
        PREPARE_AGAIN,
        /** Fail with {@code ReadSetChanged}: update, delete, overwrite. */
        FAIL
    }

    /** Validates against {@code base} and stages; no effect is visible. May be called several times. */
    Prepared prepare(Snapshot base);

    WhenRefused whenRefused();

    /**
     * A collection ran, or the branch is another by now: what earlier preparations staged, captured of other branches or
     * read of datasets may be gone, and the next preparation must not use it. Called between preparations.
     *
     * @throws io.precinct.engine.EngineException when the write can't be prepared from scratch again; typed, for its
     *     caller to send it again
     */
    void discard();

    /**
     * Whether the first preparation needs the newest state there is, because a preparation that fails can't be repeated.
     * Otherwise it may be prepared on an older one first, and what fails or changes nothing there is prepared again.
     */
    default boolean startsOnNewest() {
        return false;
    }

    /** What must hold for it to be published. */
    default WriteTerms terms() {
        return WriteTerms.NONE;
    }
}
