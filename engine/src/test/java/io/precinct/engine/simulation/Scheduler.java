package io.precinct.engine.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs actors on threads of their own, of which exactly one goes on at a time: each hands over at its {@link #point}s to
 * whom the seed chooses, possibly itself. Nothing but the seed decides, so a run can be repeated. Threads that the code
 * under test starts and waits for belong to the turn of the actor that started them and have no points.
 */
final class Scheduler {
    /** An actor that is not done by then goes in circles. */
    private static final int MOST_POINTS = 300_000;

    /** Ends an actor when the run is over for all. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stopped() {
            super("the run has stopped", null, false, false);
        }
    }

    private static final class Actor {
        private final Thread thread;
        private int asleepUntil;

        Actor(Thread thread) {
            this.thread = thread;
        }
    }

    private final Random random;
    private final List<Actor> actors = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Optional<Actor> running = Optional.empty();
    private volatile Optional<Throwable> failure = Optional.empty();
    private int points;

    Scheduler(Random random) {
        this.random = random;
    }

    /** Before {@link #run}. */
    void add(Runnable work) {
        Actor[] self = new Actor[1];
        self[0] = new Actor(Thread.ofVirtual().unstarted(() -> {
            await(self[0]);
            try {
                work.run();
            } catch (Stopped stopped) {
                // What stopped the run is known already.
            } catch (Throwable broken) {
                fail(broken);
            }
            actors.remove(self[0]);
            if (actors.isEmpty()) {
                ended.countDown();
            } else {
                hand(chosen());
            }
        }));
        actors.add(self[0]);
    }

    /** Returns when every actor has ended; throws {@code Stopped} after a failure. */
    void run() {
        List<Actor> all = List.copyOf(actors);
        all.forEach(actor -> actor.thread.start());
        if (!all.isEmpty()) {
            hand(chosen());
            try {
                ended.await();
            } catch (InterruptedException stop) {
                throw new IllegalStateException("the simulation was interrupted", stop);
            }
        }
        if (failure.isPresent()) {
            throw new Stopped();
        }
    }

    /** Stops the run; the first failure is the one that is told. */
    void fail(Throwable broken) {
        if (failure.isEmpty()) {
            failure = Optional.of(broken);
        }
    }

    /** What went wrong first. */
    Optional<Throwable> failure() {
        return failure;
    }

    /** Whether the calling thread is the actor whose turn it is. */
    boolean isActor() {
        return running.map(actor -> actor.thread == Thread.currentThread()).orElse(false);
    }

    /** Goes on when it is the caller's turn again. */
    void point() {
        if (!isActor()) {
            return;
        }
        if (failure.isPresent()) {
            throw new Stopped();
        }
        if (++points > MOST_POINTS) {
            fail(new AssertionError("an operation does not end"));
            throw new Stopped();
        }
        Actor self = running.orElseThrow();
        if (random.nextInt(3) > 0) {
            return;
        }
        if (random.nextInt(12) == 0) {
            // A pause of a process, long enough for the others to do much.
            self.asleepUntil = points + 20 + random.nextInt(300);
        }
        Actor next = chosen();
        if (next != self) {
            hand(next);
            await(self);
            if (failure.isPresent()) {
                throw new Stopped();
            }
        }
    }

    private Actor chosen() {
        List<Actor> awake =
                actors.stream().filter(actor -> actor.asleepUntil <= points).toList();
        List<Actor> candidates = awake.isEmpty() ? actors : awake;
        return candidates.get(random.nextInt(candidates.size()));
    }

    private void hand(Actor next) {
        running = Optional.of(next);
        LockSupport.unpark(next.thread);
    }

    private void await(Actor self) {
        while (running.orElse(null) != self) {
            LockSupport.park(this);
        }
    }
}
