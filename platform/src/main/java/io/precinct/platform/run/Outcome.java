package io.precinct.platform.run;

/**
 * A running operation's result. Streams are read before {@link #close}; closing ends the lease on the tenant's engine
 * and writes the trail's outcome record, so an outcome that is not closed is a leak.
 */
public final class Outcome<R> implements AutoCloseable {
    private final R value;
    private final Runnable succeeded;
    private final java.util.function.Consumer<Throwable> failed;
    private final Runnable release;
    private Throwable failure;
    private boolean closed;

    Outcome(R value, Runnable succeeded, java.util.function.Consumer<Throwable> failed, Runnable release) {
        this.value = value;
        this.succeeded = succeeded;
        this.failed = failed;
        this.release = release;
    }

    public R value() {
        return value;
    }

    /** Says that producing the result failed after it began; the trail records it. */
    public void failed(Throwable thrown) {
        failure = thrown;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (value instanceof AutoCloseable resource) {
                closeQuietlyInto(resource);
            }
            if (failure == null) {
                succeeded.run();
            } else {
                failed.accept(failure);
            }
        } finally {
            release.run();
        }
    }

    private void closeQuietlyInto(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception thrown) {
            if (failure == null) {
                failure = thrown;
            } else {
                failure.addSuppressed(thrown);
            }
        }
    }
}
