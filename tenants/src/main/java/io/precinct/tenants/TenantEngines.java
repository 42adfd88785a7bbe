package io.precinct.tenants;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine instances of this process: one per tenant in use, opened on first use, closed by least recent use when there are
 * too many or they hold too much memory. An instance is never closed while a {@link Lease} on it is out, and a tenant never has
 * two. Concurrent first uses open once; a failed opening is forgotten, and the next use tries again.
 *
 * <p>Thread-safe. Opening and closing run in callers' threads, outside the lock.
 *
 * @param <E> the engine instance
 */
public final class TenantEngines<E extends AutoCloseable> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TenantEngines.class);

    /**
     * @param instances most instances open at once
     * @param memoryBytes idle instances close, oldest use first, while all together hold more than this
     * @param openWait how long a caller waits for an instance that another caller opens or closes
     */
    public record Budget(int instances, long memoryBytes, Duration openWait) {
        public Budget {
            if (instances < 1 || memoryBytes < 1 || openWait.isNegative() || openWait.isZero()) {
                throw new TenantException.Invalid(
                        TenantException.Code.INVALID_SETTINGS,
                        "the budget of engine instances needs at least one instance, some memory and some time to open");
            }
        }
    }

    private enum Phase {
        OPENING,
        OPEN,
        CLOSING,
        /** Opening failed; the slot is out of the map and only its waiters still see it. */
        FAILED
    }

    private final class Slot {
        private final TenantId tenant;
        private Phase phase = Phase.OPENING;
        private Optional<E> engine = Optional.empty();
        private Optional<Exception> failure = Optional.empty();
        private int leases = 1;
        private boolean retired;

        private Slot(TenantId tenant) {
            this.tenant = tenant;
        }

        private boolean idle() {
            return phase == Phase.OPEN && leases == 0;
        }

        private long memoryBytes() {
            return engine.map(factory::memoryBytes).orElse(0L);
        }
    }

    private final TenantDirectory directory;
    private final TenantEngineFactory<E> factory;
    private final Budget budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** In order of use, least recent first. */
    private final Map<TenantId, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    /** One for each instance that lives, those that others are just closing included. */
    private final Semaphore living;

    private boolean closed;

    public TenantEngines(TenantDirectory directory, TenantEngineFactory<E> factory, Budget budget) {
        this.directory = directory;
        this.factory = factory;
        this.budget = budget;
        this.living = new Semaphore(budget.instances());
    }

    /**
     * Lends the tenant's instance, opening it if need be.
     *
     * @throws TenantException.Absent {@code UNKNOWN_TENANT}
     * @throws TenantException.Refused when the tenant's state forbids such use
     * @throws TenantException.Unavailable {@code ENGINES_EXHAUSTED} when the budget is spent on instances in use, {@code
     *     ENGINE_OPEN_FAILED} when it does not open in time or at all, {@code CLOSED} after {@link #close()}
     */
    public Lease<E> lease(TenantId id, TenantUse use) {
        Tenant tenant = directory.require(id);
        tenant.require(use);
        List<Slot> victims = new ArrayList<>();
        Slot slot;
        boolean opener = false;
        lock.lock();
        try {
            slot = awaitUsable(id);
            if (slot == null) {
                checkOpen();
                victims.addAll(makeRoom());
                slot = new Slot(id);
                slots.put(id, slot);
                opener = true;
            } else {
                slot.leases++;
                if (slot.phase == Phase.OPENING) {
                    awaitOpened(slot);
                }
            }
        } finally {
            lock.unlock();
        }
        if (opener) {
            open(slot, tenant, victims);
        }
        Slot leased = slot;
        return new Lease<>(tenant, slot.engine.orElseThrow(), () -> release(leased));
    }

    /** Closes the tenant's instance as soon as it is idle, at once if it is; the next use opens a new one. */
    public void retire(TenantId id) {
        List<Slot> victims = new ArrayList<>();
        lock.lock();
        try {
            // Not get(): being retired is no use.
            for (Slot slot : slots.values()) {
                if (slot.tenant.equals(id)) {
                    slot.retired = true;
                    if (slot.idle()) {
                        slot.phase = Phase.CLOSING;
                        victims.add(slot);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        closeAll(victims);
    }

    /** Instances that are open, opening or closing now. */
    public int instances() {
        lock.lock();
        try {
            return slots.size();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that all open instances hold now. */
    public long memoryBytes() {
        lock.lock();
        try {
            return totalBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Gives out no more leases, waits up to the budget's {@code openWait} for those that are out, and closes what is idle then. */
    @Override
    public void close() {
        List<Slot> victims = new ArrayList<>();
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long left = budget.openWait().toNanos();
            while (left > 0 && slots.values().stream().anyMatch(slot -> !slot.idle())) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            for (Slot slot : slots.values()) {
                if (slot.idle()) {
                    slot.phase = Phase.CLOSING;
                    victims.add(slot);
                } else if (slot.phase != Phase.CLOSING) {
                    // Closing it under a running request would be worse than leaving it to the end of the process.
                    log.warn("the engine of tenant {} is still in use and stays open", slot.tenant);
                }
            }
            lock.unlock();
        }
        closeAll(victims);
    }

    /** The tenant's slot, opening or open, or null when there is none; waits while it is closing. */
    private Slot awaitUsable(TenantId id) {
        long left = budget.openWait().toNanos();
        while (true) {
            checkOpen();
            Slot slot = slots.get(id);
            if (slot == null || slot.phase != Phase.CLOSING) {
                return slot;
            }
            if (left <= 0) {
                throw notInTime("close");
            }
            left = await(left);
        }
    }

    private void awaitOpened(Slot slot) {
        long left = budget.openWait().toNanos();
        boolean opened = false;
        try {
            while (slot.phase == Phase.OPENING) {
                if (left <= 0) {
                    throw notInTime("open");
                }
                left = await(left);
            }
            if (slot.phase == Phase.FAILED) {
                throw openFailed(slot.failure.orElseThrow());
            }
            opened = true;
        } finally {
            if (!opened) {
                slot.leases--;
            }
        }
    }

    private long await(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TenantException.Unavailable(
                    TenantException.Code.ENGINE_OPEN_FAILED, "interrupted while waiting for the tenant's engine", e);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new TenantException.Unavailable(TenantException.Code.CLOSED, "this node is shutting down");
        }
    }

    /**
     * Marks the idle slots that must close before one more may open. The caller closes them before it opens.
     */
    private List<Slot> makeRoom() {
        long living = slots.values().stream()
                .filter(slot -> slot.phase != Phase.CLOSING)
                .count();
        List<Slot> victims = new ArrayList<>();
        long bytes = totalBytes();
        for (Slot slot : List.copyOf(slots.values())) {
            if (living < budget.instances() && bytes < budget.memoryBytes()) {
                break;
            }
            if (slot.idle()) {
                victims.add(slot);
                living--;
                bytes -= slot.memoryBytes();
            }
        }
        if (living >= budget.instances() || bytes >= budget.memoryBytes()) {
            throw new TenantException.Unavailable(
                    TenantException.Code.ENGINES_EXHAUSTED,
                    "every engine instance that this node may open is in use; try again later or on another node");
        }
        victims.forEach(slot -> slot.phase = Phase.CLOSING);
        return victims;
    }

    private void open(Slot slot, Tenant tenant, List<Slot> victims) {
        Optional<E> engine = Optional.empty();
        Exception failure = new IllegalStateException("opening was cut short");
        try {
            closeAll(victims);
            engine = Optional.of(openWithinBudget(tenant));
        } catch (Exception e) {
            failure = e;
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        } finally {
            lock.lock();
            try {
                if (engine.isPresent()) {
                    slot.engine = engine;
                    slot.phase = Phase.OPEN;
                } else {
                    slot.phase = Phase.FAILED;
                    slot.failure = Optional.of(failure);
                    slots.remove(slot.tenant);
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
        if (engine.isEmpty()) {
            throw openFailed(failure);
        }
    }

    private E openWithinBudget(Tenant tenant) throws Exception {
        if (!living.tryAcquire(budget.openWait().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("other instances take too long to close");
        }
        boolean opened = false;
        try {
            E engine = factory.open(tenant);
            opened = true;
            return engine;
        } finally {
            if (!opened) {
                living.release();
            }
        }
    }

    private void release(Slot slot) {
        List<Slot> victims = new ArrayList<>();
        lock.lock();
        try {
            slot.leases--;
            if (slot.idle() && slot.retired) {
                slot.phase = Phase.CLOSING;
                victims.add(slot);
            }
            victims.addAll(overMemory());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        closeAll(victims);
    }

    /** Marks idle slots for closing, oldest use first, while the open ones hold more memory than the budget. */
    private List<Slot> overMemory() {
        List<Slot> victims = new ArrayList<>();
        long bytes = totalBytes();
        Iterator<Slot> oldestFirst = slots.values().iterator();
        while (bytes > budget.memoryBytes() && oldestFirst.hasNext()) {
            Slot slot = oldestFirst.next();
            if (slot.idle()) {
                bytes -= slot.memoryBytes();
                slot.phase = Phase.CLOSING;
                victims.add(slot);
            }
        }
        return victims;
    }

    private long totalBytes() {
        return slots.values().stream()
                .filter(slot -> slot.phase == Phase.OPEN)
                .mapToLong(Slot::memoryBytes)
                .sum();
    }

    private void closeAll(List<Slot> victims) {
        for (Slot slot : victims) {
            try {
                slot.engine.orElseThrow().close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                // Its tenant must be servable again; what an engine could not give back is lost until the process ends.
                log.error("the engine of tenant {} did not close cleanly", slot.tenant, e);
            } finally {
                living.release();
                lock.lock();
                try {
                    slots.remove(slot.tenant);
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private static TenantException openFailed(Exception cause) {
        return new TenantException.Unavailable(
                TenantException.Code.ENGINE_OPEN_FAILED,
                "the tenant's engine does not open: " + cause.getMessage(),
                cause);
    }

    private static TenantException notInTime(String what) {
        return new TenantException.Unavailable(
                TenantException.Code.ENGINE_OPEN_FAILED, "the tenant's engine did not " + what + " in time; try again");
    }
}
