package io.precinct.engine.storage;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Platform threads with large stacks on which every native call runs, since the library recurses on the stack of its
 * caller and virtual threads would be pinned. Callers block; an interrupt takes effect only while a call still waits
 * for its thread or before the next call, never in the middle of one, whose buffers must outlive it.
 *
 * <p>Calls that wait for rows from their caller have threads of their own: the caller may need a reading call to
 * produce the rows, and the two must not wait for one another. Thread-safe; one pool serves the process.
 */
public final class NativePool implements AutoCloseable {
    private static final long STACK_BYTES = 64L << 20;

    private final ExecutorService calls;
    private final ExecutorService streams;

    /**
     * @param callThreads most native calls at a time
     * @param streamThreads most fragment writes at a time
     */
    public NativePool(int callThreads, int streamThreads) {
        this.calls = Executors.newFixedThreadPool(callThreads, threads("native-call-"));
        this.streams = Executors.newFixedThreadPool(streamThreads, threads("native-write-"));
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new LargeStackThread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static final class LargeStackThread extends Thread {
        LargeStackThread(Runnable work, String name) {
            super(null, work, name, STACK_BYTES);
        }
    }

    /**
     * Runs {@code call} on a pool thread and waits for it. A call made from a pool thread runs in place.
     *
     * @throws EngineException {@code Interrupted} when the caller was interrupted before the call began; its interrupt
     *     flag stays set
     * @throws Exception whatever the call throws
     */
    <T> T call(Callable<T> call) throws Exception {
        if (Thread.currentThread() instanceof LargeStackThread) {
            return call.call();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
        AtomicBoolean begun = new AtomicBoolean();
        FutureTask<T> task = new FutureTask<>(() -> {
            if (!begun.compareAndSet(false, true)) {
                throw new CancellationException();
            }
            return call.call();
        });
        submit(calls, task);
        return await(task, begun);
    }

    /** Starts a call that reads rows which the caller goes on to produce. The caller must wait for its end. */
    <T> Future<T> stream(Callable<T> call) {
        FutureTask<T> task = new FutureTask<>(call);
        submit(streams, task);
        return task;
    }

    private static void submit(ExecutorService executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            throw new EngineException(
                    new EngineFailure.StorageUnavailable("the native pool is closed", EngineFailure.Retry.LATER), e);
        }
    }

    private static <T> T await(Future<T> task, AtomicBoolean begun) throws Exception {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    // Winning the flag means that the call never starts; losing it, that its end must be awaited.
                    if (begun.compareAndSet(false, true)) {
                        throw new EngineException(new EngineFailure.Interrupted(false), e);
                    }
                } catch (ExecutionException e) {
                    throw rethrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The cause as it was thrown; an error is thrown on. */
    private static Exception rethrown(ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
            return cause;
        }
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e;
    }

    /** Lets running calls end and refuses new ones. */
    @Override
    public void close() {
        streams.close();
        calls.close();
    }
}
