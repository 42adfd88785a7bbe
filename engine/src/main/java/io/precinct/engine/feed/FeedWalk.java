package io.precinct.engine.feed;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.StreamId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The commits between a position and a cut, oldest first along first parents. Reads a record when its commits are asked
 * for, and, where the position is in a stream that the branch was made from, the first record of each stream between.
 * One thread uses it.
 */
final class FeedWalk {
    private final GraphLog log;
    private final Deque<Stretch> ahead = new ArrayDeque<>();
    private final Deque<Authored> record = new ArrayDeque<>();
    private StreamId stream;
    private long sequence;
    private long through;

    /** One life of a branch, up to a record. */
    private record Stretch(StreamId stream, long through) {}

    private FeedWalk(GraphLog log, Stretch first, long from) {
        this.log = log;
        stream = first.stream();
        through = first.through();
        sequence = from;
    }

    /** From the position on; empty when it is not on the way to the cut. */
    static Optional<FeedWalk> from(GraphLog log, FeedPosition at, StreamId stream, long through) {
        List<Stretch> later = new ArrayList<>();
        Stretch here = new Stretch(stream, through);
        while (!here.stream().equals(at.stream())) {
            GraphLog.Origin origin = log.origin(here.stream());
            if (origin.from().isEmpty()) {
                return Optional.empty();
            }
            later.add(here);
            here = new Stretch(origin.from().get(), origin.sequence());
        }
        if (at.sequence() < 1 || at.sequence() > here.through()) {
            return Optional.empty();
        }
        FeedWalk walk = new FeedWalk(log, here, at.sequence() + 1);
        later.reversed().forEach(walk.ahead::add);
        if (!at.whole()) {
            List<Authored> members = log.commits(at.stream(), at.sequence());
            int place = members.stream().map(one -> one.commit().id()).toList().indexOf(at.commit());
            if (place < 0) {
                return Optional.empty();
            }
            walk.record.addAll(members.subList(place + 1, members.size()));
        }
        return Optional.of(walk);
    }

    /** The next commit, which stays the next. */
    Optional<Authored> peek() {
        while (record.isEmpty()) {
            if (sequence <= through) {
                record.addAll(log.commits(stream, sequence));
                sequence++;
            } else if (ahead.isEmpty()) {
                return Optional.empty();
            } else {
                Stretch next = ahead.remove();
                stream = next.stream();
                through = next.through();
                sequence = 1;
            }
        }
        return Optional.of(record.getFirst());
    }

    void take() {
        record.removeFirst();
    }

    /** The newest commit on the way to the cut whose changes can't be told any more. */
    static CommitId firstUnreadable(GraphLog log, StreamId stream, long through) {
        StreamId at = stream;
        long last = through;
        while (true) {
            long oldest = log.oldest(at);
            for (long sequence = oldest; sequence <= last && oldest > 1; sequence++) {
                List<Authored> members = log.commits(at, sequence);
                if (!members.isEmpty()) {
                    return members.getLast().commit().id();
                }
            }
            GraphLog.Origin origin = log.origin(at);
            if (origin.from().isEmpty()) {
                throw new EngineException(
                        new EngineFailure.Corrupt(at.value(), "its history is whole and could not be read"));
            }
            try {
                log.commits(origin.from().get(), origin.sequence());
            } catch (EngineException gone) {
                if (gone.failure() instanceof EngineFailure.HistoryReclaimed
                        && origin.head().isPresent()) {
                    return origin.head().get();
                }
                throw gone;
            }
            at = origin.from().get();
            last = origin.sequence();
        }
    }
}
