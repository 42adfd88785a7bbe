package io.precinct.engine.manifest;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Work behind the writers, done when a test says so, or at once on threads of its own; no pause takes time. */
public final class Behind implements Background, AutoCloseable {
    /** @param delay how long it was to wait */
    public record Planned(Duration delay, Runnable work) {}

    private final Deque<Planned> planned = new ArrayDeque<>();
    private final List<Failure> failures = new ArrayList<>();
    private final ExecutorService threads;
    private final boolean byHand;

    private Behind(ExecutorService threads, boolean byHand) {
        this.threads = threads;
        this.byHand = byHand;
    }

    public static Behind byHand() {
        return new Behind(Executors.newSingleThreadExecutor(), true);
    }

    public static Behind threads(int number) {
        return new Behind(Executors.newFixedThreadPool(number), false);
    }

    @Override
    public void run(Duration delay, Runnable work) {
        if (byHand) {
            synchronized (this) {
                planned.add(new Planned(delay, work));
            }
        } else {
            threads.execute(work);
        }
    }

    @Override
    public synchronized void failed(Failure failure) {
        failures.add(failure);
    }

    public synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }

    public synchronized List<Planned> planned() {
        return List.copyOf(planned);
    }

    /** Does what is planned now, not what that plans; the number of pieces of work. */
    public int runPlanned() {
        List<Planned> now;
        synchronized (this) {
            now = List.copyOf(planned);
            planned.clear();
        }
        now.forEach(one -> one.work().run());
        return now.size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
