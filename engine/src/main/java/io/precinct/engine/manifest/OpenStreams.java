package io.precinct.engine.manifest;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The streams of one log that this process remembers, each with its committer. Beyond a number, those least recently used
 * are forgotten: what they hold is read again when it is needed. A stream with writers, or with other work that concerns
 * it, is not: its writers must meet in one queue. Thread-safe.
 */
final class OpenStreams {
    /** How the parts of a stream are made. */
    interface Maker {
        BranchStream stream(StreamId id);

        Committer committer(BranchStream stream);
    }

    private static final class Open {
        final BranchStream stream;
        final Committer committer;
        int users;

        Open(BranchStream stream, Committer committer) {
            this.stream = stream;
            this.committer = committer;
        }
    }

    private final int most;
    private final Maker maker;
    private final Predicate<StreamId> concerned;
    private final Map<StreamId, Open> streams = new LinkedHashMap<>(16, 0.75f, true);
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * @param most streams remembered, unless more have writers
     * @param concerned whether work besides writers goes on in a stream
     */
    OpenStreams(int most, Maker maker, Predicate<StreamId> concerned) {
        this.most = most;
        this.maker = maker;
        this.concerned = concerned;
    }

    /** To read from. A stream that is forgotten while somebody reads from it goes on working for that reader. */
    BranchStream stream(StreamId id) {
        lock.lock();
        try {
            return open(id).stream;
        } finally {
            lock.unlock();
        }
    }

    /** Calls {@code work} with the stream's one committer, which stays the one while that runs. */
    <T> T committing(StreamId id, Function<Committer, T> work) {
        Open used;
        lock.lock();
        try {
            used = open(id);
            used.users++;
        } finally {
            lock.unlock();
        }
        try {
            return work.apply(used.committer);
        } finally {
            lock.lock();
            try {
                used.users--;
            } finally {
                lock.unlock();
            }
        }
    }

    int size() {
        lock.lock();
        try {
            return streams.size();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            streams.clear();
        } finally {
            lock.unlock();
        }
    }

    private Open open(StreamId id) {
        Open known = streams.get(id);
        if (known != null) {
            return known;
        }
        BranchStream stream = maker.stream(id);
        Open opened = new Open(stream, maker.committer(stream));
        streams.put(id, opened);
        Iterator<Map.Entry<StreamId, Open>> oldest = streams.entrySet().iterator();
        while (streams.size() > most && oldest.hasNext()) {
            Map.Entry<StreamId, Open> one = oldest.next();
            if (one.getValue() != opened && one.getValue().users == 0 && !concerned.test(one.getKey())) {
                oldest.remove();
            }
        }
        return opened;
    }
}
