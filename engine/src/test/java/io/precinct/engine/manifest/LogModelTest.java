package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.ObjectStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogModelTest {
    @TempDir
    private Path directory;

    private static LogModel model(long seed, int operations) {
        return new LogModel(seed, 3, 4, operations, UnaryOperator.identity(), UnaryOperator.identity());
    }

    @Test
    void everyHistoryIsOneThatAMapUnderstands() throws InterruptedException {
        for (long seed : new long[] {1, 2, 3, 4, new Random().nextLong()}) {
            model(seed, 40).run(directory.resolve("seed" + seed));
        }
    }

    @Test
    @Tag("soak")
    void everyLongHistoryIsOneThatAMapUnderstands() throws InterruptedException {
        Random seeds = new Random();
        for (int round = 0; round < 40; round++) {
            long seed = seeds.nextLong();
            model(seed, 300).run(directory.resolve("seed" + seed));
        }
    }

    /** The same model must see what is broken on purpose. */
    private Optional<Throwable> firstFailure(UnaryOperator<ObjectStore> store, UnaryOperator<WriteAttempt> attempt)
            throws InterruptedException {
        for (int seed = 0; seed < 10; seed++) {
            try {
                new LogModel(seed, 3, 2, 40, store, attempt).run(directory.resolve("seed" + seed));
            } catch (AssertionError detected) {
                System.err.println("DETECTED " + detected.getMessage());
                return Optional.of(detected);
            }
        }
        return Optional.empty();
    }

    @Test
    void seesAStoreThatLetsTwoWritersWinOneSlot() throws InterruptedException {
        assertThat(firstFailure(Overwriting::new, UnaryOperator.identity())).isPresent();
    }

    @Test
    void seesWritesThatAreNotHeldAgainstWhatWasPublishedMeanwhile() throws InterruptedException {
        assertThat(firstFailure(UnaryOperator.identity(), Unadmitted::new)).isPresent();
    }

    /** A conditional put that sometimes isn't. */
    private record Overwriting(ObjectStore store) implements ObjectStore {
        @Override
        public PutResult putIfAbsent(String key, byte[] bytes) {
            PutResult result = store.putIfAbsent(key, bytes);
            if (result == PutResult.EXISTS && !key.contains("checkpoint")) {
                store.put(key, bytes);
                return PutResult.CREATED;
            }
            return result;
        }

        @Override
        public void put(String key, byte[] bytes) {
            store.put(key, bytes);
        }

        @Override
        public Optional<byte[]> get(String key) {
            return store.get(key);
        }

        @Override
        public List<String> list(String prefix, Optional<String> startAfter, int limit) {
            return store.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(String key) {
            store.delete(key);
        }
    }

    /** Claims to have been prepared on a state later than any, so that no record is held against it. */
    private record Unadmitted(WriteAttempt write) implements WriteAttempt {
        @Override
        public void discard() {
            write.discard();
        }

        @Override
        public Prepared prepare(Snapshot base) {
            Prepared prepared = write.prepare(base);
            Snapshot claimed = new Snapshot(
                    base.stream(),
                    base.branch(),
                    Long.MAX_VALUE / 2,
                    base.head(),
                    base.schema(),
                    base.numbers(),
                    base.types());
            Optional<Schema> schema = prepared.schema();
            return new Prepared(
                    claimed,
                    prepared.kind(),
                    prepared.provenance(),
                    prepared.writes(),
                    Map.copyOf(prepared.changes()),
                    prepared.footprint(),
                    prepared.mergedParent(),
                    schema);
        }

        @Override
        public WhenRefused whenRefused() {
            return write.whenRefused();
        }
    }
}
