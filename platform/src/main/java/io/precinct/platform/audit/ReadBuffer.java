package io.precinct.platform.audit;

import io.dropwizard.lifecycle.Managed;
import io.precinct.platform.config.AuditSettings;
import io.precinct.tenants.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets reads answer without waiting for the trail. What does not fit into the queue is counted, and the count is
 * written as a gap record of its tenant: nothing is lost silently. Thread-safe.
 */
public final class ReadBuffer implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger(ReadBuffer.class);
    private static final int AT_ONCE = 500;

    private record Waiting(TenantId tenant, AuditEntry entry) {}

    private final AuditTrail trail;
    private final AuditSettings settings;
    private final ArrayBlockingQueue<Waiting> queue;
    private final Map<TenantId, AtomicInteger> waiting = new ConcurrentHashMap<>();
    private final Map<TenantId, Long> lost = new HashMap<>();
    private final ReentrantLock flushing = new ReentrantLock();
    private final ReentrantLock stopLock = new ReentrantLock();
    private final Condition stopped = stopLock.newCondition();
    private boolean stopping;
    private Optional<Thread> writer = Optional.empty();

    public ReadBuffer(AuditTrail trail, AuditSettings settings) {
        this.trail = trail;
        this.settings = settings;
        this.queue = new ArrayBlockingQueue<>(settings.queue());
    }

    /** Takes a record of a read; returns at once. */
    public void add(TenantId tenant, AuditEntry entry) {
        AtomicInteger ofTenant = waiting.computeIfAbsent(tenant, first -> new AtomicInteger());
        // One tenant's burst must not push out what the others read.
        if (ofTenant.incrementAndGet() > Math.max(1, settings.queue() / 4)
                || !queue.offer(new Waiting(tenant, entry))) {
            ofTenant.decrementAndGet();
            lose(tenant, 1);
        }
    }

    @Override
    public void start() {
        writer = Optional.of(Thread.ofVirtual().name("audit-reads").start(this::run));
    }

    /** Writes what still waits, then returns. */
    @Override
    public void stop() throws InterruptedException {
        stopLock.lock();
        try {
            stopping = true;
            stopped.signalAll();
        } finally {
            stopLock.unlock();
        }
        if (writer.isPresent()) {
            writer.get().join();
        }
        flush();
    }

    private void run() {
        stopLock.lock();
        try {
            while (!stopping) {
                boolean signalled = stopped.await(settings.flush().toMilliseconds(), TimeUnit.MILLISECONDS);
                if (!signalled) {
                    flush();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            stopLock.unlock();
        }
    }

    /** Writes everything that waits now. A tenant whose records can't be written gets a gap record later. */
    public void flush() {
        flushing.lock();
        try {
            writeGaps();
            List<Waiting> some = new ArrayList<>();
            while (queue.drainTo(some, AT_ONCE) > 0) {
                Map<TenantId, List<AuditEntry>> byTenant = new LinkedHashMap<>();
                some.forEach(one -> byTenant.computeIfAbsent(one.tenant(), tenant -> new ArrayList<>())
                        .add(one.entry()));
                byTenant.forEach(this::write);
                some.clear();
            }
        } finally {
            flushing.unlock();
        }
    }

    private void write(TenantId tenant, List<AuditEntry> entries) {
        waiting.get(tenant).addAndGet(-entries.size());
        try {
            trail.append(tenant, entries);
        } catch (RuntimeException unavailable) {
            LOG.atError()
                    .setCause(unavailable)
                    .addKeyValue("tenant", tenant)
                    .addKeyValue("records", entries.size())
                    .log("read records could not be written; a gap record will tell");
            lose(tenant, entries.size());
        }
    }

    private void writeGaps() {
        Map<TenantId, Long> gaps;
        synchronized (lost) {
            gaps = Map.copyOf(lost);
            lost.clear();
        }
        gaps.forEach((tenant, count) -> {
            try {
                trail.append(tenant, List.of(gap(count)));
            } catch (RuntimeException unavailable) {
                LOG.atError()
                        .setCause(unavailable)
                        .addKeyValue("tenant", tenant)
                        .log("a gap record could not be written");
                lose(tenant, count);
            }
        });
    }

    private void lose(TenantId tenant, long count) {
        synchronized (lost) {
            lost.merge(tenant, count, Long::sum);
        }
    }

    private static AuditEntry gap(long count) {
        return new AuditEntry(
                AuditEntry.Kind.GAP,
                AuditEntry.AuditClass.DATA_READ,
                "",
                Optional.empty(),
                new AuditEntry.Actor("system:audit", "system", Optional.empty(), Optional.empty()),
                "gap",
                "audit.gap",
                AuditEntry.Resource.NONE,
                Optional.empty(),
                Optional.of(new AuditEntry.OutcomeFacts(
                        0, Optional.of("records_lost"), Optional.empty(), Optional.of(count), Optional.empty(), 0)),
                new AuditEntry.Origin(Optional.empty(), "upkeep", Optional.empty()),
                Optional.empty());
    }
}
