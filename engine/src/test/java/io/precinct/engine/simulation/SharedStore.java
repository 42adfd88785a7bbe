package io.precinct.engine.simulation;

import io.precinct.engine.spi.ObjectStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * The objects that every simulated process sees, and the puts that are still under way in the network: those land when
 * nobody expects them any more, or never.
 */
final class SharedStore implements ObjectStore {
    private record Late(String key, byte[] bytes, Optional<Asked> by) {}

    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final List<Late> late = new ArrayList<>();
    private Consumer<Optional<Asked>> onlooker = by -> {};
    private boolean changed;

    /** @param eyes told after each change of a log, with whose request it was */
    void watch(Consumer<Optional<Asked>> eyes) {
        this.onlooker = eyes;
    }

    void lands(String key, byte[] bytes, Optional<Asked> by) {
        late.add(new Late(key, bytes.clone(), by));
    }

    /** Lets a put that is under way land now and then. */
    void goOn(Random random) {
        if (!late.isEmpty() && random.nextInt(12) == 0) {
            land(random.nextInt(late.size()));
        }
    }

    void landAll() {
        while (!late.isEmpty()) {
            land(0);
        }
    }

    private void land(int at) {
        Late next = late.remove(at);
        putIfAbsent(next.key(), next.bytes());
        show(next.by());
    }

    /** Tells the onlooker if something changed. */
    void show(Optional<Asked> by) {
        if (changed) {
            changed = false;
            onlooker.accept(by);
        }
    }

    @Override
    public PutResult putIfAbsent(String key, byte[] bytes) {
        byte[] there = objects.putIfAbsent(key, bytes.clone());
        changed |= there == null && key.startsWith("log/");
        return there == null || Arrays.equals(there, bytes) ? PutResult.CREATED : PutResult.EXISTS;
    }

    @Override
    public void put(String key, byte[] bytes) {
        objects.put(key, bytes.clone());
        changed = true;
    }

    @Override
    public Optional<byte[]> get(String key) {
        return Optional.ofNullable(objects.get(key)).map(byte[]::clone);
    }

    @Override
    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
        return objects.tailMap(prefix, true).keySet().stream()
                .takeWhile(key -> key.startsWith(prefix))
                .filter(key -> startAfter.isEmpty() || key.compareTo(startAfter.get()) > 0)
                .limit(limit)
                .toList();
    }

    @Override
    public void delete(String key) {
        changed |= objects.remove(key) != null && key.startsWith("log/");
    }
}
