package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.spi.StoreException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PutIfAbsentProofTest {
    private final InMemoryObjectStore sound = new InMemoryObjectStore();

    @Test
    void aSoundStorePassesAndHoldsNothingAfterwards() {
        PutIfAbsentProof.prove(sound);
        assertThat(sound.keys()).isEmpty();
    }

    @Test
    void aDirectoryPasses(@TempDir Path directory) {
        LocalObjectStore store = LocalObjectStore.open(directory, false);
        PutIfAbsentProof.prove(store);
        assertThat(store.list("", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void aStoreThatOverwritesIsNamedAndLeftClean() {
        refuses(
                new Unsound(sound) {
                    @Override
                    public PutResult putIfAbsent(String key, byte[] bytes) {
                        sound.put(key, bytes);
                        return PutResult.CREATED;
                    }
                },
                "both of two racing puts of differing bytes that they created");
    }

    @Test
    void aStoreThatTellsTheTruthButOverwritesIsNamed() {
        refuses(
                new Unsound(sound) {
                    @Override
                    public PutResult putIfAbsent(String key, byte[] bytes) {
                        PutResult answer = sound.putIfAbsent(key, bytes);
                        sound.put(key, bytes("replaced"));
                        return answer;
                    }
                },
                "other bytes than the winner's");
    }

    @Test
    void aStoreThatOverwritesOnlyOnceTheRaceIsOverIsNamed() {
        refuses(
                new Unsound(sound) {
                    private int puts;

                    @Override
                    public synchronized PutResult putIfAbsent(String key, byte[] bytes) {
                        if (++puts <= 2) {
                            return sound.putIfAbsent(key, bytes);
                        }
                        sound.put(key, bytes);
                        return PutResult.CREATED;
                    }
                },
                "a put of an object that existed that it created");
    }

    @Test
    void aStoreThatLosesWhatItAcknowledgedIsNamed() {
        refuses(
                new Unsound(sound) {
                    @Override
                    public Optional<byte[]> get(String key) {
                        return Optional.empty();
                    }
                },
                "does not answer the object");
    }

    @Test
    void aStoreThatRefusesEveryoneIsNamed() {
        refuses(
                new Unsound(sound) {
                    @Override
                    public PutResult putIfAbsent(String key, byte[] bytes) {
                        return PutResult.EXISTS;
                    }
                },
                "both of two racing puts of a fresh key that the object existed");
    }

    @Test
    void aStoreWhoseListingLagsIsNamed() {
        refuses(
                new Unsound(sound) {
                    @Override
                    public List<String> list(String prefix, Optional<String> startAfter, int limit) {
                        return List.of();
                    }
                },
                "its listing shows []");
    }

    @Test
    void aStoreThatDeletesNothingIsNamed() {
        assertThatThrownBy(() -> PutIfAbsentProof.prove(new Unsound(sound) {
                    @Override
                    public void delete(String key) {}
                }))
                .hasMessageContaining("after deleting it");
    }

    @Test
    void aStoreThatCanNotBeReachedSaysSoItself() {
        sound.failNext(InMemoryObjectStore.Operation.PUT_IF_ABSENT, InMemoryObjectStore.Fault.UNAVAILABLE_BEFORE);
        assertThatThrownBy(() -> PutIfAbsentProof.prove(sound))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
        assertThat(sound.keys()).isEmpty();
    }

    private void refuses(ObjectStore store, String what) {
        assertThatThrownBy(() -> PutIfAbsentProof.prove(store))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                .hasMessageContaining(what);
        assertThat(sound.keys()).isEmpty();
    }

    private static byte[] bytes(String text) {
        return ObjectStoreContract.bytes(text);
    }

    private abstract static class Unsound implements ObjectStore {
        private final ObjectStore store;

        Unsound(ObjectStore store) {
            this.store = store;
        }

        @Override
        public PutResult putIfAbsent(String key, byte[] bytes) {
            return store.putIfAbsent(key, bytes);
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
}
