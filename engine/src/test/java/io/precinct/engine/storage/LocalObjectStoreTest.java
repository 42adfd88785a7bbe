package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.ObjectStore.PutResult;
import io.precinct.engine.spi.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalObjectStoreTest extends ObjectStoreContract {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore store() {
        return LocalObjectStore.open(directory.resolve("store"), true);
    }

    private PowerCut disk;

    /** One for all clients of a test. */
    private PowerCut disk() {
        if (disk == null) {
            disk = new PowerCut(directory.resolve("store"));
        }
        return disk;
    }

    private LocalObjectStore on(Durability.Forcer forcer) {
        return LocalObjectStore.open(directory.resolve("store"), true, Files::createLink, forcer);
    }

    @Override
    protected Cuttable cuttable() {
        LocalObjectStore store = on(disk());
        return new Cuttable() {
            @Override
            public ObjectStore store() {
                return store;
            }

            @Override
            public Optional<byte[]> leftOf(String key) {
                Map<String, byte[]> left = disk().left();
                assertThat(left.keySet()).noneMatch(name -> name.startsWith("+tmp/"));
                return Optional.ofNullable(left.get(key));
            }
        };
    }

    @Override
    protected ObjectStore losingAnswers() {
        return on(path -> {
            if (Files.isDirectory(path)) {
                throw new IOException("the device failed");
            }
            disk().force(path);
        });
    }

    @Test
    void aFileThatCannotBeForcedGetsNoName() {
        LocalObjectStore store = on(disk());
        disk().breaks(Files::isRegularFile);
        assertThatThrownBy(() -> store.putIfAbsent("new/object", bytes("x")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        assertThat(store().get("new/object")).isEmpty();
        disk().breaks(path -> false);
        assertThat(store.putIfAbsent("new/object", bytes("y"))).isEqualTo(PutResult.CREATED);
    }

    @Test
    void anInterruptedThreadStillPutsWholeObjectsAndStaysInterrupted() {
        ObjectStore store = store();
        Thread.currentThread().interrupt();
        assertThat(store.putIfAbsent("new/parent/object", bytes("x"))).isEqualTo(PutResult.CREATED);
        store.put("hint", bytes("y"));
        assertThat(store.get("new/parent/object")).isPresent();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void noTemporaryFileOutlivesItsPut() throws IOException {
        ObjectStore store = store();
        store.putIfAbsent("a", bytes("x"));
        store.putIfAbsent("a", bytes("y"));
        store.put("b", bytes("z"));
        assertThat(temporaries()).isEmpty();
    }

    @Test
    void leftoversOfDeadProcessesAreInvisibleAndSweptOnceTheyAreOld() throws IOException {
        store();
        Path old = Files.write(directory.resolve("store/+tmp/old"), bytes("half"));
        Path fresh = Files.write(directory.resolve("store/+tmp/fresh"), bytes("half"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7200)));
        ObjectStore reopened = store();
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
        assertThat(reopened.list("", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void aKeyThatIsAPrefixOfOthersIsRefused() {
        ObjectStore store = store();
        store.putIfAbsent("a/b", bytes("x"));
        assertThatThrownBy(() -> store.putIfAbsent("a", bytes("x"))).satisfies(ObjectStoreContract::isRefusal);
        assertThatThrownBy(() -> store.putIfAbsent("a/b/c", bytes("x"))).satisfies(ObjectStoreContract::isRefusal);
    }

    @Test
    void aFileSystemWithoutHardLinksIsRefusedAtOpen() {
        assertThatThrownBy(() -> LocalObjectStore.open(directory, true, (name, file) -> {
                    throw new UnsupportedOperationException("no links here");
                }))
                .satisfies(ObjectStoreContract::isRefusal)
                .hasMessageContaining("hard links");
    }

    @Test
    void aLinkThatTakesEffectAndReportsFailureCountsAsCreated() throws IOException {
        LocalObjectStore store = LocalObjectStore.open(directory, true, (name, file) -> {
            Files.createLink(name, file);
            if (name.endsWith("lost")) {
                throw new IOException("the answer was lost");
            }
        });
        assertThat(store.putIfAbsent("lost", bytes("mine"))).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent("lost", bytes("other"))).isEqualTo(PutResult.EXISTS);
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsUnavailable() {
        assertThatThrownBy(() -> LocalObjectStore.open(Path.of("/proc/self"), true))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
    }

    private List<Path> temporaries() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("store/+tmp"))) {
            return files.toList();
        }
    }

    @Test
    void directoriesThatARacingWriterMadeAreForcedBeforeThePutIsAcknowledged(@TempDir Path fresh) throws Exception {
        Path root = fresh.toRealPath();
        List<Path> forced = new ArrayList<>();
        LocalObjectStore store = LocalObjectStore.open(root, true, Files::createLink, forced::add);
        forced.clear();
        Files.createDirectories(root.resolve("a/b"));
        store.putIfAbsent("a/b/first", bytes("x"));
        assertThat(forced.removeFirst().startsWith(root.resolve("+tmp"))).isTrue();
        assertThat(forced).containsExactly(root.resolve("a/b"), root.resolve("a"), root);
        forced.clear();
        store.putIfAbsent("a/b/second", bytes("x"));
        assertThat(forced.removeFirst().startsWith(root.resolve("+tmp"))).isTrue();
        assertThat(forced).containsExactly(root.resolve("a/b"));
    }
}
