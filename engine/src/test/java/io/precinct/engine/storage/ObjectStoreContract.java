package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.ObjectStore.PutResult;
import io.precinct.engine.spi.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every object store promises. A suite is an empty subclass that names its factory. */
public abstract class ObjectStoreContract {
    private static final int RACERS = 20;

    /** A client of one store that is empty when a test begins; every call of one test reaches the same store. */
    protected abstract ObjectStore store();

    /** A client of the same store, and what a power cut right now would leave of it. */
    protected abstract Cuttable cuttable();

    protected interface Cuttable {
        ObjectStore store();

        Optional<byte[]> leftOf(String key);
    }

    /** For stores that are durable because somebody else promises it: whatever can be read is left. */
    protected static Cuttable promised(ObjectStore store) {
        return new Cuttable() {
            @Override
            public ObjectStore store() {
                return store;
            }

            @Override
            public Optional<byte[]> leftOf(String key) {
                return store.get(key);
            }
        };
    }

    /** A client of the same store whose next conditional put takes effect, and which can't find out. */
    protected abstract ObjectStore losingAnswers();

    @Test
    void whatIsAcknowledgedOutlivesAPowerCut() {
        Cuttable cut = cuttable();
        for (String key : List.of("top", "new/directory/deep/object", "new/directory/second", "new/other", "top-2")) {
            assertThat(cut.store().putIfAbsent(key, bytes("of " + key))).isEqualTo(PutResult.CREATED);
            assertThat(cut.leftOf(key))
                    .as(key)
                    .hasValueSatisfying(left -> assertThat(left).isEqualTo(bytes("of " + key)));
        }
    }

    @Test
    void anotherClientsObjectOfTheSameBytesIsAcknowledgedOnlyOnceItIsDurable() {
        Cuttable cut = cuttable();
        store().putIfAbsent("new/shared", bytes("same"));
        assertThat(cut.store().putIfAbsent("new/shared", bytes("same"))).isEqualTo(PutResult.CREATED);
        assertThat(cut.leftOf("new/shared")).isPresent();
    }

    @Test
    void aLostAnswerIsInDoubtUntilTheSamePutSettlesIt() {
        Cuttable cut = cuttable();
        assertThatThrownBy(() -> losingAnswers().putIfAbsent("new/doubt", bytes("mine")))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.IN_DOUBT));
        assertThat(cut.store().putIfAbsent("new/doubt", bytes("other"))).isEqualTo(PutResult.EXISTS);
        assertThat(cut.store().putIfAbsent("new/doubt", bytes("mine"))).isEqualTo(PutResult.CREATED);
        assertThat(cut.leftOf("new/doubt"))
                .hasValueSatisfying(left -> assertThat(left).isEqualTo(bytes("mine")));
    }

    /** How many keys are raced for; fewer where requests are slow. */
    protected int races() {
        return 50;
    }

    @Test
    void putIfAbsentCreatesOnceAndKeepsTheFirstBytes() {
        ObjectStore store = store();
        assertThat(store.putIfAbsent("a/first", bytes("one"))).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent("a/first", bytes("two"))).isEqualTo(PutResult.EXISTS);
        assertThat(store.get("a/first")).hasValueSatisfying(b -> assertThat(b).isEqualTo(bytes("one")));
    }

    @Test
    void putIfAbsentOfTheSameBytesAnswersCreatedAgain() {
        ObjectStore store = store();
        assertThat(store.putIfAbsent("a/same", bytes("one"))).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent("a/same", bytes("one"))).isEqualTo(PutResult.CREATED);
    }

    @Test
    void anotherClientSeesWhatWasPut() {
        store().putIfAbsent("seen", bytes("x"));
        assertThat(store().get("seen")).isPresent();
    }

    @Test
    void aRaceForOneKeyHasExactlyOneWinnerWhoseBytesStay() throws Exception {
        ObjectStore store = store();
        try (ExecutorService threads = Executors.newFixedThreadPool(RACERS)) {
            CyclicBarrier start = new CyclicBarrier(RACERS);
            for (int race = 0; race < races(); race++) {
                String key = "race/" + race;
                List<Future<PutResult>> answers = new ArrayList<>();
                for (int racer = 0; racer < RACERS; racer++) {
                    byte[] mine = bytes("racer " + racer + " of " + race);
                    Callable<PutResult> attempt = () -> {
                        start.await();
                        return store.putIfAbsent(key, mine);
                    };
                    answers.add(threads.submit(attempt));
                }
                List<Integer> winners = new ArrayList<>();
                for (int racer = 0; racer < RACERS; racer++) {
                    if (answers.get(racer).get() == PutResult.CREATED) {
                        winners.add(racer);
                    }
                }
                assertThat(winners).as("winners of " + key).hasSize(1);
                assertThat(new String(store.get(key).orElseThrow(), UTF_8))
                        .isEqualTo("racer " + winners.getFirst() + " of " + race);
            }
        }
    }

    @Test
    void putReplaces() {
        ObjectStore store = store();
        store.put("hint/a", bytes("one"));
        store.put("hint/a", bytes("two"));
        assertThat(store.get("hint/a")).hasValueSatisfying(b -> assertThat(b).isEqualTo(bytes("two")));
    }

    @Test
    void absentObjectsReadAsEmpty() {
        ObjectStore store = store();
        store.putIfAbsent("dir/object", bytes("x"));
        assertThat(store.get("absent")).isEmpty();
        assertThat(store.get("absent/below")).isEmpty();
        assertThat(store.get("dir")).isEmpty();
        assertThat(store.get("dir/object/below")).isEmpty();
    }

    @Test
    void deleteRemovesAndAbsenceIsSuccess() {
        ObjectStore store = store();
        store.putIfAbsent("dir/object", bytes("x"));
        store.delete("dir/object");
        store.delete("dir/object");
        store.delete("dir");
        store.delete("never/there");
        assertThat(store.get("dir/object")).isEmpty();
        assertThat(store.list("", Optional.empty(), 10)).isEmpty();
        assertThat(store.putIfAbsent("dir/object", bytes("y"))).isEqualTo(PutResult.CREATED);
    }

    @Test
    void emptyAndLargeObjectsKeepTheirBytes() {
        ObjectStore store = store();
        byte[] large = new byte[9 << 20];
        new Random(7).nextBytes(large);
        assertThat(store.putIfAbsent("size/empty", new byte[0])).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent("size/large", large)).isEqualTo(PutResult.CREATED);
        assertThat(store.get("size/empty"))
                .hasValueSatisfying(b -> assertThat(b).isEmpty());
        assertThat(store.get("size/large"))
                .hasValueSatisfying(b -> assertThat(b).isEqualTo(large));
        assertThat(store.putIfAbsent("size/empty", bytes("x"))).isEqualTo(PutResult.EXISTS);
    }

    @Test
    void listingsAscendByCharacterAlsoAcrossPrefixes() {
        ObjectStore store = store();
        List<String> keys = List.of("a-b", "a.b", "a/b", "a/b-c/d", "a/b/c", "a/bb", "a0", "aB", "a_", "a~");
        // The key "a/b" and keys below "a/b/" can't both be files: local stores refuse, so the suite keeps them apart.
        List<String> stored = keys.stream().filter(k -> !k.equals("a/b/c")).toList();
        stored.reversed().forEach(k -> store.putIfAbsent(k, bytes(k)));
        List<String> sorted = stored.stream().sorted().toList();
        assertThat(store.list("", Optional.empty(), 100)).isEqualTo(sorted);
        assertThat(store.list("a", Optional.empty(), 100)).isEqualTo(sorted);
        assertThat(store.list("a/", Optional.empty(), 100)).containsExactly("a/b", "a/b-c/d", "a/bb");
        assertThat(store.list("a/b", Optional.empty(), 100)).containsExactly("a/b", "a/b-c/d", "a/bb");
        assertThat(store.list("a/b-", Optional.empty(), 100)).containsExactly("a/b-c/d");
        assertThat(store.list("b", Optional.empty(), 100)).isEmpty();
        assertThat(store.list("b/c/", Optional.empty(), 100)).isEmpty();
    }

    @Test
    void listingsBeginStrictlyAfterTheGivenKey() {
        ObjectStore store = store();
        for (String key : List.of("l/1", "l/2/x", "l/2/y", "l/3")) {
            store.putIfAbsent(key, bytes(key));
        }
        assertThat(store.list("l/", Optional.of("l/1"), 100)).containsExactly("l/2/x", "l/2/y", "l/3");
        assertThat(store.list("l/", Optional.of("l/2/x"), 100)).containsExactly("l/2/y", "l/3");
        assertThat(store.list("l/", Optional.of("l/2"), 100)).containsExactly("l/2/x", "l/2/y", "l/3");
        assertThat(store.list("l/2/", Optional.of("l/1"), 100)).containsExactly("l/2/x", "l/2/y");
        assertThat(store.list("l/", Optional.of("l/3"), 100)).isEmpty();
        assertThat(store.list("l/", Optional.of("m"), 100)).isEmpty();
    }

    @Test
    void listingsStopAtTheLimitAndPageToTheEnd() {
        ObjectStore store = store();
        List<String> all = IntStream.range(0, 25).mapToObj("p/%03d"::formatted).toList();
        all.forEach(k -> store.putIfAbsent(k, bytes(k)));
        assertThat(store.list("p/", Optional.empty(), 1)).containsExactly("p/000");
        List<String> paged = new ArrayList<>();
        Optional<String> after = Optional.empty();
        for (List<String> page = store.list("p/", after, 7); !page.isEmpty(); page = store.list("p/", after, 7)) {
            assertThat(page.size()).isLessThanOrEqualTo(7);
            paged.addAll(page);
            after = Optional.of(page.getLast());
        }
        assertThat(paged).isEqualTo(all);
        assertThatThrownBy(() -> store.list("p/", Optional.empty(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a/./b", "a b", "a\\b", "a+b", "ä", "a\0b",
                "a%2fb", "a?b", "a#b", "😀"
            })
    void oddKeysAreRefused(String key) {
        ObjectStore store = store();
        assertThatThrownBy(() -> store.putIfAbsent(key, bytes("x"))).satisfies(ObjectStoreContract::isRefusal);
        assertThatThrownBy(() -> store.put(key, bytes("x"))).satisfies(ObjectStoreContract::isRefusal);
        assertThatThrownBy(() -> store.get(key)).satisfies(ObjectStoreContract::isRefusal);
        assertThatThrownBy(() -> store.delete(key)).satisfies(ObjectStoreContract::isRefusal);
    }

    @Test
    void keysOfEveryAdmittedCharacterAndTheLongestSegmentWork() {
        ObjectStore store = store();
        for (String key : List.of("azAZ09._~-", "..a", "-", "~refs/x", "s/" + "k".repeat(ObjectKeys.LONGEST_SEGMENT))) {
            assertThat(store.putIfAbsent(key, bytes(key))).isEqualTo(PutResult.CREATED);
            assertThat(store.get(key)).isPresent();
        }
        assertThatThrownBy(() -> store.get("k".repeat(ObjectKeys.LONGEST_SEGMENT + 1)))
                .satisfies(ObjectStoreContract::isRefusal);
    }

    @Test
    void laterChangesOfTheCallersArrayDoNotReachTheObject() {
        ObjectStore store = store();
        byte[] mine = bytes("one");
        store.putIfAbsent("copy", mine);
        mine[0] = 'X';
        byte[] read = store.get("copy").orElseThrow();
        read[1] = 'X';
        assertThat(store.get("copy")).hasValueSatisfying(b -> assertThat(b).isEqualTo(bytes("one")));
    }

    static void isRefusal(Throwable thrown) {
        assertThat(thrown).isInstanceOf(StoreException.class);
        assertThat(((StoreException) thrown).kind()).isEqualTo(StoreException.Kind.REFUSED);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
