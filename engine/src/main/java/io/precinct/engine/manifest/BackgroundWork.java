package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.TypeId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds and checkpoints of one log behind its writers: at most one of a kind for a stream and type at a time. What fails
 * is reported and tried again after a pause that doubles. Closing lets what runs end and starts nothing more.
 */
final class BackgroundWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** @param type that is folded; empty for a checkpoint of the stream */
    record Key(StreamId stream, Optional<TypeId> type) {}

    /** @param names of what is worked on, for reports */
    record Work(Key key, String name, Optional<BranchName> branch, Optional<String> typeName, Runnable task) {}

    private final Optional<Background> host;
    private final Set<Key> planned = ConcurrentHashMap.newKeySet();
    private final Map<Key, Integer> failures = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private int running;
    private volatile boolean closed;

    BackgroundWork(Optional<Background> host) {
        this.host = host;
    }

    boolean hasHost() {
        return host.isPresent();
    }

    /** Whether work on the stream is planned or under way. */
    boolean concerns(StreamId stream) {
        return planned.stream().anyMatch(key -> key.stream().equals(stream));
    }

    boolean isClosed() {
        return closed;
    }

    /** Has the work done soon, unless the same is planned or under way already, or nobody does such work. */
    void plan(Work work) {
        if (host.isPresent() && !closed && planned.add(work.key())) {
            hand(work, Duration.ZERO);
        }
    }

    private void hand(Work work, Duration delay) {
        try {
            host.orElseThrow().run(delay, () -> run(work));
        } catch (RejectedExecutionException refused) {
            planned.remove(work.key());
            LOG.warn("a {} is left to a later commit: its host takes no work", work.name(), refused);
        }
    }

    private void run(Work work) {
        if (!begin()) {
            planned.remove(work.key());
            return;
        }
        Optional<Duration> again = Optional.empty();
        try {
            work.task().run();
            failures.remove(work.key());
        } catch (RuntimeException failed) {
            again = failed(work, failed);
        } finally {
            if (again.isEmpty()) {
                planned.remove(work.key());
            }
            end();
        }
        again.ifPresent(pause -> hand(work, pause));
    }

    /** When to try again; empty for never. */
    private Optional<Duration> failed(Work work, RuntimeException cause) {
        boolean gone = cause instanceof EngineException engine && engine.failure() instanceof EngineFailure.NotFound;
        if (gone || closed) {
            // The branch ended, or the log was closed: nobody misses it.
            failures.remove(work.key());
            return Optional.empty();
        }
        int attempts = failures.merge(work.key(), 1, Integer::sum);
        Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 16));
        Duration pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
        host.orElseThrow()
                .failed(new Background.Failure(work.name(), work.branch(), work.typeName(), attempts, pause, cause));
        return Optional.of(pause);
    }

    private boolean begin() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            running++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            running--;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when nothing runs any more. Tasks that ask {@link #isClosed} end early. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            while (running > 0) {
                ended.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
