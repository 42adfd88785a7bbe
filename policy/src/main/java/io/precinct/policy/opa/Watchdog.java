package io.precinct.policy.opa;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Interrupts evaluations that run too long. Arming is an uncontended lock; one daemon thread looks around every few
 * milliseconds. An interrupt is only sent between arming and disarming, under the same lock, so that a late one never
 * hits what the thread does next.
 */
final class Watchdog implements AutoCloseable {
    private static final long LOOK_NANOS = 5_000_000;

    private final Set<Guard> guards = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    Watchdog() {
        thread = Thread.ofPlatform().daemon().name("policy-watchdog").unstarted(this::watch);
        thread.start();
    }

    /** A guard for one instance; leave it when the instance goes. */
    Guard guard() {
        Guard guard = new Guard();
        guards.add(guard);
        return guard;
    }

    void leave(Guard guard) {
        guards.remove(guard);
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            long now = System.nanoTime();
            for (Guard guard : guards) {
                guard.check(now);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /** Watches at most one evaluation at a time. */
    static final class Guard {
        private final ReentrantLock lock = new ReentrantLock();
        private Thread running;
        private long deadlineNanos;
        private boolean fired;

        void arm(long nanos) {
            lock.lock();
            try {
                running = Thread.currentThread();
                deadlineNanos = System.nanoTime() + nanos;
                fired = false;
            } finally {
                lock.unlock();
            }
        }

        /** True when the evaluation was interrupted by this guard; its interrupt is gone then. */
        boolean disarm() {
            lock.lock();
            try {
                running = null;
                if (fired && Thread.interrupted()) {
                    return true;
                }
                return fired;
            } finally {
                lock.unlock();
            }
        }

        private void check(long now) {
            lock.lock();
            try {
                if (running != null && !fired && now - deadlineNanos >= 0) {
                    fired = true;
                    running.interrupt();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
