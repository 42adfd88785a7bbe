package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.Optional;

/** Publishes changes of the list of branches and tags: each is one record, won or lost like any other. */
record RefsChanges(StreamLog<RefsState> refs, LogSettings settings) {
    /** On the newest list; does nothing if somebody else made the same change already. */
    void make(RefsState.Change change, String actor) {
        if (!make(refs.refresh(), change, actor)) {
            throw new IllegalStateException("a " + change + " depends on when it is made");
        }
    }

    /**
     * On the list as it was read, or as whoever was faster left it.
     *
     * @return false when a collection was faster, and the change is one that was made ready on what it may take away, or
     *     is a collection's own: then nothing is done, and all of it begins anew
     */
    boolean make(Optional<RefsState> known, RefsState.Change change, String actor) {
        Optional<RefsState> before = known;
        while (true) {
            if (isMade(before, change)) {
                return true;
            }
            CommitId id = new CommitId(settings.ids().next());
            byte[] record = RefsState.encode(
                    before, change, id.value(), actor, settings.clock().instant());
            if (before.isEmpty()) {
                refs.create(record, id);
                return true;
            }
            switch (refs.append(before.get(), record, id)) {
                case StreamLog.Appended.Won<RefsState> won -> {
                    if (refs.checkpointDue(won.state())) {
                        refs.checkpoint(won.state());
                    }
                    return true;
                }
                case StreamLog.Appended.Lost<RefsState> lost -> {
                    if (!standsOn(lost.state(), before, change)) {
                        return false;
                    }
                    before = Optional.of(lost.state());
                }
            }
        }
    }

    /** Whether the change is still right after others were made. */
    private static boolean standsOn(RefsState now, Optional<RefsState> before, RefsState.Change change) {
        return switch (change) {
            // Its first record names pins that were captured before.
            case RefsState.Change.Create create -> before.map(RefsState::fenced).equals(Optional.of(now.fenced()));
            // Its floors were chosen for the branches and tags that there were.
            case RefsState.Change.Fence fence -> false;
            case RefsState.Change.Delete delete -> true;
            case RefsState.Change.Tag tag -> true;
            case RefsState.Change.Untag untag -> true;
        };
    }

    /**
     * @throws EngineException {@code AlreadyExists}; {@code NotFound} for a tag that isn't there; {@code
     *     HistoryReclaimed} for a tag of what a collection has taken
     */
    private static boolean isMade(Optional<RefsState> before, RefsState.Change change) {
        switch (change) {
            case RefsState.Change.Create create -> {
                if (before.filter(state -> state.live().containsKey(create.name()))
                        .isPresent()) {
                    throw new EngineException(new EngineFailure.AlreadyExists(
                            "branch", create.name().value()));
                }
                return false;
            }
            case RefsState.Change.Delete delete -> {
                return !before.map(state -> state.live().get(delete.name())).equals(Optional.of(delete.stream()));
            }
            case RefsState.Change.Tag tag -> {
                if (before.filter(state -> state.tags().containsKey(tag.name())).isPresent()) {
                    throw new EngineException(
                            new EngineFailure.AlreadyExists("tag", tag.name().value()));
                }
                if (before.filter(state -> state.isReclaimed(tag.slot())).isPresent()) {
                    throw new EngineException(new EngineFailure.HistoryReclaimed(
                            "commit " + tag.commit().value()));
                }
                return false;
            }
            case RefsState.Change.Untag untag -> {
                if (before.filter(state -> state.tags().containsKey(untag.name()))
                        .isEmpty()) {
                    throw new EngineException(
                            new EngineFailure.NotFound("tag", untag.name().value()));
                }
                return false;
            }
            case RefsState.Change.Fence fence -> {
                return false;
            }
        }
    }
}
