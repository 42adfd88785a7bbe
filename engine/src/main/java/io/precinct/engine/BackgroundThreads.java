package io.precinct.engine;

import io.precinct.engine.manifest.Background;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few threads for the work of all graphs of one store behind their writers; none while there is no work. */
final class BackgroundThreads implements Background, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThreads.class);
    private static final int THREADS = 2;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor threads;
    private final String name;

    BackgroundThreads(String name) {
        this.name = name;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ScheduledThreadPoolExecutor(THREADS, work -> {
            Thread thread = new Thread(work, "behind-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        threads.allowCoreThreadTimeOut(true);
        threads.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void run(Duration delay, Runnable work) {
        threads.schedule(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | Error unexpected) {
                        // The executor would keep it to itself.
                        LOG.error("work of {} behind its writers ended in a way that it must not", name, unexpected);
                        throw unexpected;
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void failed(Failure failure) {
        LOG.warn(
                "{}: {}{}{} failed {} times in a row; writes go on, and it is tried again in {}",
                name,
                failure.work(),
                failure.typeName().map(type -> " of " + type).orElse(""),
                failure.branch().map(branch -> " on " + branch).orElse(""),
                failure.attempts(),
                failure.retryIn(),
                failure.cause());
    }

    /** To be called when every log that uses it is closed. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
