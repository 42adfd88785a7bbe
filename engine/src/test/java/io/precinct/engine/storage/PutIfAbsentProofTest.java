package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PutIfAbsentProofTest {
    /** A store in memory that breaks its word in one way. */
    private static class Liar implements ObjectStore {
        final InMemoryObjectStore real = new InMemoryObjectStore();

        @Override
        public PutResult putIfAbsent(String key, byte[] bytes) {
            return real.putIfAbsent(key, bytes);
        }

        @Override
        public void put(String key, byte[] bytes) {
            real.put(key, bytes);
        }

        @Override
        public Optional<byte[]> get(String key) {
            return real.get(key);
        }

        @Override
        public List<String> list(String prefix, Optional<String> startAfter, int limit) {
            return real.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(String key) {
            real.delete(key);
        }
    }

    @Test
    void storesThatKeepTheirWordPassAndAreLeftAsTheyWere(@TempDir Path directory) {
        InMemoryObjectStore memory = new InMemoryObjectStore();
        PutIfAbsentProof.prove(memory);
        assertThat(memory.keys()).isEmpty();
        ObjectStore local = LocalObjectStore.open(directory, true);
        PutIfAbsentProof.prove(local);
        assertThat(local.list("", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void aBucketPasses(@TempDir Path objects) throws Exception {
        try (S3Server server = new S3Server(objects);
                S3ObjectStore store = S3ObjectStore.open(server.location())) {
            PutIfAbsentProof.prove(store);
        }
    }

    @Test
    void aStoreThatIgnoresTheConditionIsFound() {
        assertThatThrownBy(() -> PutIfAbsentProof.prove(new Liar() {
                    @Override
                    public PutResult putIfAbsent(String key, byte[] bytes) {
                        real.put(key, bytes);
                        return PutResult.CREATED;
                    }
                }))
                .isInstanceOf(PutIfAbsentProof.Broken.class)
                .hasMessageContaining("4 were told");
    }

    @Test
    void aStoreThatTellsNobodyIsFound() {
        assertThatThrownBy(() -> PutIfAbsentProof.prove(new Liar() {
                    @Override
                    public PutResult putIfAbsent(String key, byte[] bytes) {
                        real.putIfAbsent(key, bytes);
                        return PutResult.EXISTS;
                    }
                }))
                .isInstanceOf(PutIfAbsentProof.Broken.class)
                .hasMessageContaining("0 were told");
    }

    @Test
    void aStoreWhoseLoserOverwritesIsFound() {
        assertThatThrownBy(() -> PutIfAbsentProof.prove(new Liar() {
                    @Override
                    public synchronized PutResult putIfAbsent(String key, byte[] bytes) {
                        PutResult result = real.putIfAbsent(key, bytes);
                        if (result == PutResult.EXISTS) {
                            real.put(key, bytes);
                        }
                        return result;
                    }
                }))
                .isInstanceOf(PutIfAbsentProof.Broken.class)
                .hasMessageContaining("does not hold the bytes");
    }

    @Test
    void aStoreThatListsLateIsFound() {
        assertThatThrownBy(() -> PutIfAbsentProof.prove(new Liar() {
                    @Override
                    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
                        return List.of();
                    }
                }))
                .isInstanceOf(PutIfAbsentProof.Broken.class)
                .hasMessageContaining("not listed");
    }

    @Test
    void aStoreThatCannotBeAskedHasProvedNothing() {
        InMemoryObjectStore store = new InMemoryObjectStore();
        store.failNext(InMemoryObjectStore.Operation.GET, InMemoryObjectStore.Fault.values()[0]);
        assertThatThrownBy(() -> PutIfAbsentProof.prove(store)).isInstanceOf(StoreException.class);
    }
}
