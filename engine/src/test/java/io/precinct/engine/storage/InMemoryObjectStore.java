package io.precinct.engine.storage;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.spi.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * An object store in memory for tests of whatever is built on one: it counts requests, adds latency and fails on
 * demand, before or after the effect. Several instances of the code under test share one store as processes would.
 */
public final class InMemoryObjectStore implements ObjectStore {
    public enum Operation {
        PUT_IF_ABSENT,
        PUT,
        GET,
        LIST,
        DELETE
    }

    /** @param key the key, or the prefix of a listing */
    public record Request(Operation operation, String key) {}

    public enum Fault {
        /** Nothing happens; the caller is told UNAVAILABLE. */
        UNAVAILABLE_BEFORE,
        /** Nothing happens; the caller of a conditional put is told IN_DOUBT. */
        IN_DOUBT_BEFORE,
        /** The effect takes place; the caller of a conditional put is told IN_DOUBT, any other UNAVAILABLE. */
        IN_DOUBT_AFTER
    }

    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final List<Request> requests = new ArrayList<>();
    private final Map<Operation, Deque<Fault>> planned = new EnumMap<>(Operation.class);
    private Function<Request, Optional<Fault>> faults = request -> Optional.empty();
    private volatile Duration latency = Duration.ZERO;

    /** Every later request takes at least this long. */
    public void latency(Duration each) {
        this.latency = each;
    }

    /** The next request of this kind that has no earlier planned fault meets this one. */
    public synchronized void failNext(Operation operation, Fault fault) {
        planned.computeIfAbsent(operation, o -> new ArrayDeque<>()).add(fault);
    }

    /** Asked for every request that no planned fault meets, by several threads at once; seed it for reproducible storms. */
    public synchronized void faults(Function<Request, Optional<Fault>> decide) {
        this.faults = decide;
    }

    /** What was asked since the beginning or the last {@link #forgetRequests}, in order of arrival. */
    public synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    public synchronized Map<Operation, Long> counts() {
        Map<Operation, Long> counts = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            counts.put(
                    operation,
                    requests.stream().filter(r -> r.operation() == operation).count());
        }
        return counts;
    }

    public synchronized void forgetRequests() {
        requests.clear();
    }

    /** Replaces an object's bytes behind the store's contract, as damage would. Not a request. */
    public void overwrite(String key, byte[] bytes) {
        objects.put(key, bytes.clone());
    }

    /** The keys there are, ascending. Not a request. */
    public List<String> keys() {
        return List.copyOf(objects.keySet());
    }

    @Override
    public PutResult putIfAbsent(String key, byte[] bytes) {
        ObjectKeys.check(key);
        Optional<Fault> fault = arrive(new Request(Operation.PUT_IF_ABSENT, key));
        failBefore(fault, key, Kind.IN_DOUBT);
        byte[] there = objects.putIfAbsent(key, bytes.clone());
        failAfter(fault, key, Kind.IN_DOUBT);
        return there == null || Arrays.equals(there, bytes) ? PutResult.CREATED : PutResult.EXISTS;
    }

    @Override
    public void put(String key, byte[] bytes) {
        ObjectKeys.check(key);
        Optional<Fault> fault = arrive(new Request(Operation.PUT, key));
        failBefore(fault, key, Kind.UNAVAILABLE);
        objects.put(key, bytes.clone());
        failAfter(fault, key, Kind.UNAVAILABLE);
    }

    @Override
    public Optional<byte[]> get(String key) {
        ObjectKeys.check(key);
        Optional<Fault> fault = arrive(new Request(Operation.GET, key));
        failBefore(fault, key, Kind.UNAVAILABLE);
        Optional<byte[]> found = Optional.ofNullable(objects.get(key)).map(byte[]::clone);
        failAfter(fault, key, Kind.UNAVAILABLE);
        return found;
    }

    @Override
    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
        ObjectKeys.checkPrefix(prefix);
        if (limit < 1) {
            throw new IllegalArgumentException("a listing has a limit of at least 1, not " + limit);
        }
        Optional<Fault> fault = arrive(new Request(Operation.LIST, prefix));
        failBefore(fault, prefix, Kind.UNAVAILABLE);
        List<String> found = objects.tailMap(prefix, true).keySet().stream()
                .takeWhile(key -> key.startsWith(prefix))
                .filter(key -> startAfter.isEmpty() || key.compareTo(startAfter.get()) > 0)
                .limit(limit)
                .toList();
        failAfter(fault, prefix, Kind.UNAVAILABLE);
        return found;
    }

    @Override
    public void delete(String key) {
        ObjectKeys.check(key);
        Optional<Fault> fault = arrive(new Request(Operation.DELETE, key));
        failBefore(fault, key, Kind.UNAVAILABLE);
        objects.remove(key);
        failAfter(fault, key, Kind.UNAVAILABLE);
    }

    private Optional<Fault> arrive(Request request) {
        Optional<Fault> fault;
        Function<Request, Optional<Fault>> decide;
        synchronized (this) {
            requests.add(request);
            fault = Optional.ofNullable(planned.getOrDefault(request.operation(), new ArrayDeque<>())
                    .poll());
            decide = faults;
        }
        if (fault.isEmpty()) {
            // Not under the lock: deciding may take requests of its own, of other threads too.
            fault = decide.apply(request);
        }
        long until = System.nanoTime() + latency.toNanos();
        for (long left = latency.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return fault;
    }

    private static void failBefore(Optional<Fault> fault, String key, Kind doubt) {
        if (fault.isPresent() && fault.get() == Fault.UNAVAILABLE_BEFORE) {
            throw new StoreException(Kind.UNAVAILABLE, "injected before the effect on '" + key + "'", null);
        }
        if (fault.isPresent() && fault.get() == Fault.IN_DOUBT_BEFORE) {
            throw new StoreException(doubt, "injected before the effect on '" + key + "'", null);
        }
    }

    private static void failAfter(Optional<Fault> fault, String key, Kind doubt) {
        if (fault.isPresent() && fault.get() == Fault.IN_DOUBT_AFTER) {
            throw new StoreException(doubt, "injected after the effect on '" + key + "'", null);
        }
    }
}
