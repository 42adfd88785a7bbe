package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.manifest.StreamId;
import java.util.Map;
import java.util.Optional;

/**
 * An operation's answer and the time in which it ran, for its judgement.
 *
 * @param began for each branch, where its history stood
 * @param trouble whether a request of the process failed, or the process died, in that time
 */
record Trial(History history, Asked asked, Answer answer, Map<BranchName, Integer> began, boolean trouble) {
    /** From right before the operation began until now. */
    Span span(BranchName branch) {
        return history.since(branch, began.get(branch));
    }

    void requirePublished(CommitId commit) {
        if (!asked.published().equals(Optional.of(commit))) {
            throw wrong("was acknowledged, and its commit is " + asked.published() + " in history");
        }
    }

    void requireMade(StreamId stream) {
        if (!asked.made().equals(Optional.of(stream))) {
            throw wrong("was acknowledged, and what appeared is " + asked.made());
        }
    }

    void requireEnded() {
        if (!asked.ended()) {
            throw wrong("was acknowledged, and the branch was not ended by it");
        }
    }

    void requireTrouble() {
        if (!trouble) {
            throw wrong("met trouble, and there was none");
        }
    }

    AssertionError wrong(String what) {
        return new AssertionError(asked + " " + what + "; the answer is " + answer);
    }
}
