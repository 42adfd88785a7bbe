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
        Files.createDirectories(root.resolve("a/b"));
        store.putIfAbsent("a/b/first", bytes("x"));
        assertThat(forced).containsExactly(root.resolve("a/b"), root.resolve("a"), root);
        forced.clear();
        store.putIfAbsent("a/b/second", bytes("x"));
        assertThat(forced).containsExactly(root.resolve("a/b"));
    }
}
