package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.Optional;

/** Publishes changes of the list of branches and tags: each is one record, won or lost like any other. */
record RefsChanges(StreamLog<RefsState> refs, LogSettings settings) {
    /** On the newest list; does nothing if somebody else made the same change already. */
    void make(RefsState.Change change, String actor) {
        make(refs.refresh(), change, actor);
    }

    /** On the list as it was read, or as whoever was faster left it. */
    void make(Optional<RefsState> known, RefsState.Change change, String actor) {
        Optional<RefsState> before = known;
        while (true) {
            if (isMade(before, change)) {
                return;
            }
            CommitId id = new CommitId(settings.ids().next());
            byte[] record = RefsState.encode(
                    before, change, id.value(), actor, settings.clock().instant());
            if (before.isEmpty()) {
                refs.create(record, id);
                return;
            }
            switch (refs.append(before.get(), record, id)) {
                case StreamLog.Appended.Won<RefsState> won -> {
                    if (refs.checkpointDue(won.state())) {
                        refs.checkpoint(won.state());
                    }
                    return;
                }
                case StreamLog.Appended.Lost<RefsState> lost -> before = Optional.of(lost.state());
            }
        }
    }

    /** @throws EngineException {@code AlreadyExists}; {@code NotFound} for a tag that isn't there */
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
        }
    }
}
