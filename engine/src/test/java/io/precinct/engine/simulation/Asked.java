package io.precinct.engine.simulation;

import io.precinct.engine.CommitId;
import io.precinct.engine.manifest.StreamId;
import java.util.Optional;

/** An operation under way, or done, and the effects of it that were seen. */
final class Asked {
    private final String request;
    private final Operation operation;
    private Optional<CommitId> published = Optional.empty();
    private Optional<StreamId> made = Optional.empty();
    private boolean ended;
    private boolean refused;
    private Optional<CommitId> inDoubt = Optional.empty();

    Asked(String request, Operation operation) {
        this.request = request;
        this.operation = operation;
    }

    String request() {
        return request;
    }

    Operation operation() {
        return operation;
    }

    Optional<CommitId> published() {
        return published;
    }

    Optional<StreamId> made() {
        return made;
    }

    boolean ended() {
        return ended;
    }

    boolean hasEffect() {
        return published.isPresent() || made.isPresent() || ended;
    }

    void publishes(CommitId commit) {
        requireFirstEffect("the commit " + commit);
        published = Optional.of(commit);
        requireTold();
    }

    /** Its outcome was told to be unknown, and this the commit to look for. */
    void isInDoubt(CommitId commit) {
        inDoubt = Optional.of(commit);
        requireTold();
    }

    private void requireTold() {
        if (published.isPresent() && inDoubt.isPresent() && !published.equals(inDoubt)) {
            throw new AssertionError(this + " was told to look for " + inDoubt + " and published " + published);
        }
    }

    void makes(StreamId stream) {
        requireFirstEffect("the branch of " + stream);
        made = Optional.of(stream);
    }

    void ends() {
        requireFirstEffect("the end of a branch");
        ended = true;
    }

    Optional<CommitId> inDoubt() {
        return inDoubt;
    }

    /** From now on it has no effect any more. */
    void isRefused() {
        if (hasEffect()) {
            throw new AssertionError(this + " was refused, and had an effect");
        }
        refused = true;
    }

    private void requireFirstEffect(String effect) {
        if (refused) {
            throw new AssertionError(this + " was refused, and then had an effect: " + effect);
        }
        if (hasEffect()) {
            throw new AssertionError(this + " had an effect twice, the second time " + effect);
        }
    }

    @Override
    public String toString() {
        return request + " " + operation;
    }
}
