package io.precinct.engine.simulation;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The shared store as one life of a process sees it: other processes act before a request takes effect and before its
 * answer arrives, requests fail, and the process dies at one. Requests of helper threads are neither delayed nor failed.
 *
 * @param store the shared store, or what a defect makes of it
 * @param by whose request the process works on
 */
record StoreFront(World world, ObjectStore store, Weather weather, Supplier<Optional<Asked>> by)
        implements ObjectStore {
    @Override
    public PutResult putIfAbsent(String key, byte[] bytes) {
        world.between();
        Weather.Fate fate = world.scheduler().isActor() ? weather.ofConditionalPut() : alive();
        PutResult result = switch (fate.effect()) {
            case NOW -> store.putIfAbsent(key, bytes);
            case LATER -> {
                world.shared().lands(key, bytes, by.get());
                yield PutResult.CREATED;
            }
            case NONE -> PutResult.CREATED;
        };
        world.shared().show(by.get());
        hear(fate, key);
        world.between();
        return result;
    }

    @Override
    public void put(String key, byte[] bytes) {
        other(key, () -> {
            store.put(key, bytes);
            return true;
        });
    }

    @Override
    public Optional<byte[]> get(String key) {
        return other(key, () -> store.get(key)).flatMap(found -> found);
    }

    @Override
    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
        return other(prefix, () -> store.list(prefix, startAfter, limit)).orElse(List.of());
    }

    @Override
    public void delete(String key) {
        other(key, () -> {
            store.delete(key);
            return true;
        });
    }

    private <T> Optional<T> other(String key, Supplier<T> effect) {
        Weather.Fate fate = world.scheduler().isActor() ? weather.ofOther() : alive();
        Optional<T> result = fate.effect() == Weather.Effect.NOW ? Optional.of(effect.get()) : Optional.empty();
        hear(fate, key);
        world.between();
        return result;
    }

    private Weather.Fate alive() {
        weather.requireAlive();
        return Weather.Fate.FAIR;
    }

    private static void hear(Weather.Fate fate, String key) {
        if (fate.dies()) {
            throw new Weather.Death();
        }
        fate.answer().ifPresent(kind -> {
            throw new StoreException(kind, "simulated at '" + key + "'", null);
        });
    }
}
