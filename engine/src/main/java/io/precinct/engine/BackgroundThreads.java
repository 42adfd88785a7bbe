package io.precinct.engine;

import io.precinct.engine.manifest.Background;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads for the work of graphs behind their writers, to be shared by any number of stores; none while there is no
 * work. Failures are logged.
 */
public final class BackgroundThreads implements Background, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThreads.class);
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor threads;
    private final String name;

    /**
     * @param name for thread names and messages
     * @param most pieces of work at a time
     */
    public BackgroundThreads(String name, int most) {
        this.name = name;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ScheduledThreadPoolExecutor(most, work -> {
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
                        LOG.error("{}: work behind the writers ended in a way that it must not", name, unexpected);
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

    /** To be called when every store that uses it is closed. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
