package io.precinct.engine.exec;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes on the heap executions may hold: each for itself, and all that share this object together, so that no
 * query can take the process down. Counted are bindings, sort keys, groups and results that wait to be pulled, by estimates
 * that lean to the high side; what belongs to decoded views is bounded elsewhere. Thread-safe.
 */
public final class QueryMemory {
    /** For embedded use without neighbours. */
    public static final QueryMemory UNBOUNDED = new QueryMemory(Long.MAX_VALUE, Long.MAX_VALUE);

    private final long total;
    private final long each;
    private final AtomicLong held = new AtomicLong();

    /**
     * @param total bytes that all may hold together
     * @param each bytes that one may hold
     */
    public QueryMemory(long total, long each) {
        if (each <= 0 || total < each) {
            throw new IllegalArgumentException(each + " bytes for each of " + total);
        }
        this.total = total;
        this.each = each;
    }

    /** Bytes that are held now. */
    public long held() {
        return held.get();
    }

    Share share() {
        return new Share();
    }

    /** What one execution holds. Used by one thread at a time. */
    final class Share implements AutoCloseable {
        private long taken;

        /** @throws EngineException {@code ResourceLimit} when it is more than one may hold; {@code Busy} when others hold it */
        void take(long bytes) {
            if (bytes > each - taken) {
                throw new EngineException(new EngineFailure.ResourceLimit("query_memory_bytes", each, taken + bytes));
            }
            if (held.addAndGet(bytes) > total) {
                held.addAndGet(-bytes);
                throw new EngineException(new EngineFailure.Busy("memory for queries"));
            }
            taken += bytes;
        }

        void give(long bytes) {
            taken -= bytes;
            held.addAndGet(-bytes);
        }

        @Override
        public void close() {
            give(taken);
        }
    }
}
