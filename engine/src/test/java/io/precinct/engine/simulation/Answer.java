package io.precinct.engine.simulation;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.StreamId;
import java.util.Optional;

/** What a process learns of an operation. */
sealed interface Answer {
    record Committed(CommitId commit) implements Answer {}

    /** It changes nothing, so nothing was published. */
    record Nothing() implements Answer {}

    /** A branch was made; {@code head} is its newest commit. */
    record Made(StreamId stream, CommitId head) implements Answer {}

    /** A branch was deleted. */
    record Deleted() implements Answer {}

    record Saw(CommitId head, Content content) implements Answer {}

    /** A tag was made of the commit. */
    record Tagged(CommitId commit) implements Answer {}

    record Refused(EngineFailure failure) implements Answer {}

    /** It may take effect at any later time, or never. {@code commit} is known when the engine told it. */
    record Unknown(Optional<CommitId> commit) implements Answer {}
}
