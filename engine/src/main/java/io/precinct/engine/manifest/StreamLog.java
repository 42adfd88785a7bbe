package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One numbered sequence of immutable records, of which each slot is won by put-if-absent, and the state that they add
 * up to. Slot n+1 may be written only by who has folded all slots up to n. Names count downwards, so that a listing
 * begins with the newest. Checkpoints and the hint are derived: losing or damaging them costs requests, never truth.
 * After Delta Lake's log and SlateDB's numbered manifests. Thread-safe.
 *
 * @param <S> immutable state after some record
 */
final class StreamLog<S> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLog.class);

    /** A checkpoint is written when so many records have been published since the last. */
    static final int CHECKPOINT_INTERVAL = 32;

    private static final int PUT_ATTEMPTS = 6;
    private static final int FIRST_WINDOW = 8;
    private static final int MOST_AT_ONCE = CHECKPOINT_INTERVAL - FIRST_WINDOW;

    /** How records become state. Errors are {@code Corrupt}, naming the key. */
    interface Machine<S> {
        S first(String key, byte[] record);

        S after(S state, String key, byte[] record);

        byte[] checkpoint(S state);

        S restore(String key, byte[] checkpoint);

        long sequence(S state);

        /** Of the record at the state's sequence. */
        String digest(S state);

        long checkpointed(S state);

        S checkpointed(S state, long sequence);
    }

    sealed interface Appended<S> {
        /** The record is durable and this is the state after it. */
        record Won<S>(S state) implements Appended<S> {}

        /** Another record holds the slot; this is the state after it. */
        record Lost<S>(S state) implements Appended<S> {}
    }

    /**
     * What is known of the records that collections take. A record that is missing is one that is not there yet only if
     * none of those from the beginning of the reading on can have been taken by then.
     */
    interface Kept {
        /** Nothing of the stream is ever taken. */
        Kept ALL = new Kept() {
            @Override
            public long floor() {
                return 1;
            }

            @Override
            public boolean isCertain(long from, boolean cold) {
                return true;
            }
        };

        /** The oldest record that is kept for certain, as far as this process knows: older ones are not read. */
        long floor();

        /** What was read lately may be of no history: it went on from records that are gone. */
        default void doubted() {}

        /**
         * Whether no record from the one at {@code from} on can have been taken until now.
         *
         * @param cold the reading began at a checkpoint or the first record, and not at a state that was known
         */
        boolean isCertain(long from, boolean cold);
    }

    private static final int MOST_BEGINNINGS = 4;

    private final ObjectStore store;
    private final String prefix;
    private final Machine<S> machine;
    private final Duration pause;
    private final Kept kept;
    private final AtomicReference<Optional<S>> known = new AtomicReference<>(Optional.empty());

    /** @param pause between attempts at an unclear put; grows with each */
    StreamLog(ObjectStore store, String name, Machine<S> machine, Duration pause, Kept kept) {
        this.store = store;
        this.prefix = "log/" + name + "/";
        this.machine = machine;
        this.pause = pause;
        this.kept = kept;
    }

    static String inverted(long sequence) {
        return "%020d".formatted(Long.MAX_VALUE - sequence);
    }

    String key(long sequence) {
        return prefix + inverted(sequence);
    }

    String prefix() {
        return prefix;
    }

    String checkpointKey(long sequence) {
        return prefix + "checkpoint/" + inverted(sequence);
    }

    String hintKey() {
        return prefix + "hint";
    }

    /** The newest state seen by this process, without any request. */
    Optional<S> known() {
        return known.get();
    }

    /**
     * The newest state there is; empty when the stream has no record to begin with, or none any more. One request when
     * nothing is new, and one more where a collection may have been at work meanwhile.
     */
    Optional<S> refresh() {
        Optional<S> from = known.get();
        for (int beginning = 0; beginning < MOST_BEGINNINGS; beginning++) {
            boolean cold = from.isEmpty();
            // What follows a checkpoint is between no and 31 records: two rounds find them all.
            int window = 1;
            if (cold) {
                from = newestCheckpoint(beginning == 0);
                window = from.isPresent() ? FIRST_WINDOW : 1;
            }
            if (from.isEmpty()) {
                from = first();
            }
            if (from.isEmpty()) {
                return cold ? listedCheckpoint(Optional.empty()).flatMap(this::whole) : Optional.empty();
            }
            S state = fold(from.get(), window);
            if (isWhole(from.get(), cold)) {
                return Optional.of(install(state));
            }
            // Behind the records that it knew others were taken: it must not go on from where it was.
            forget();
            from = Optional.empty();
        }
        return Optional.empty();
    }

    /** Reads on from a checkpoint that only a listing could find. */
    private Optional<S> whole(S begun) {
        S state = fold(begun, FIRST_WINDOW);
        return isWhole(begun, true) ? Optional.of(install(state)) : Optional.empty();
    }

    /** Whether what was read from {@code begun} on is all that there is. */
    private boolean isWhole(S begun, boolean cold) {
        long from = machine.sequence(begun);
        boolean whole = kept.isCertain(from, cold);
        if (!whole) {
            kept.doubted();
        }
        return whole;
    }

    private Optional<S> first() {
        return kept.floor() > 1 ? Optional.empty() : get(key(1)).map(bytes -> machine.first(key(1), bytes));
    }

    /** The state right after the record at {@code sequence}; empty when there is none, or not any more. */
    Optional<S> at(long sequence) {
        if (sequence < kept.floor()) {
            return Optional.empty();
        }
        Optional<S> begun = sequence < CHECKPOINT_INTERVAL ? first() : checkpointAtOrBefore(sequence);
        if (begun.isEmpty()) {
            begun = sequence < CHECKPOINT_INTERVAL ? checkpointAtOrBefore(sequence) : first();
        }
        Optional<S> state = begun;
        while (state.isPresent() && machine.sequence(state.get()) < sequence) {
            S reached = state.get();
            long next = machine.sequence(reached) + 1;
            for (Optional<byte[]> record : records(next, (int) Math.min(MOST_AT_ONCE, sequence - next + 1))) {
                if (record.isEmpty()) {
                    return Optional.empty();
                }
                reached = machine.after(reached, key(machine.sequence(reached) + 1), record.get());
            }
            state = Optional.of(reached);
        }
        return begun.isPresent() && isWhole(begun.get(), true) ? state : Optional.empty();
    }

    /**
     * Gives {@code states} the state and each after it, to the last there is.
     *
     * @return the sequence of the last
     */
    long walk(S begun, Consumer<S> states) {
        S state = begun;
        states.accept(state);
        while (true) {
            long next = machine.sequence(state) + 1;
            for (Optional<byte[]> record : records(next, FIRST_WINDOW)) {
                if (record.isEmpty()) {
                    return machine.sequence(state);
                }
                state = machine.after(state, key(machine.sequence(state) + 1), record.get());
                states.accept(state);
            }
        }
    }

    /** Makes sure that the stream can be begun at {@code state}: its checkpoint is there and can be read. */
    void requireCheckpoint(S state) {
        long sequence = machine.sequence(state);
        String key = checkpointKey(sequence);
        try {
            store.putIfAbsent(key, machine.checkpoint(state));
        } catch (StoreException failed) {
            throw unavailable(failed);
        }
        if (restore(key).filter(kept -> machine.sequence(kept) == sequence).isEmpty()) {
            throw Envelope.corrupt(key, "it can't be read, and older records must not go without it");
        }
    }

    Optional<byte[]> record(long sequence) {
        return get(key(sequence));
    }

    /** Writes the stream's first record. */
    S create(byte[] record, CommitId id) {
        S state = machine.first(key(1), record);
        if (put(key(1), record, id).isPresent()) {
            throw new EngineException(new EngineFailure.AlreadyExists("stream", prefix));
        }
        install(state);
        return state;
    }

    /**
     * Tries to win the slot after {@code base}. An unclear answer is resolved by putting the same bytes again.
     *
     * @throws EngineException {@code CommitInDoubt} when the store can't be reached any more and the record may be
     *     there; {@code StorageUnavailable} when it certainly is not
     */
    Appended<S> append(S base, byte[] record, CommitId id) {
        return append(base, record, machine.after(base, key(machine.sequence(base) + 1), record), id);
    }

    /** As above, with what the record makes of {@code base}. */
    Appended<S> append(S base, byte[] record, S state, CommitId id) {
        String key = key(machine.sequence(base) + 1);
        Optional<byte[]> winner = put(key, record, id);
        if (winner.isPresent()) {
            return new Appended.Lost<>(install(machine.after(base, key, winner.get())));
        }
        install(state);
        return new Appended.Won<>(state);
    }

    /** Whether a checkpoint is due after {@code state}. */
    boolean checkpointDue(S state) {
        long sequence = machine.sequence(state);
        return sequence - machine.checkpointed(state) >= CHECKPOINT_INTERVAL
                || sequence % CHECKPOINT_INTERVAL == 0 && sequence > machine.checkpointed(state);
    }

    /** Writes a checkpoint and the hint. Best effort: a failure is logged, and the next due one makes up for it. */
    void checkpoint(S state) {
        long sequence = machine.sequence(state);
        try {
            store.putIfAbsent(checkpointKey(sequence), machine.checkpoint(state));
            store.put(hintKey(), Long.toString(sequence).getBytes(StandardCharsets.US_ASCII));
            known.updateAndGet(now -> now.map(s -> machine.checkpointed(s, sequence)));
        } catch (RuntimeException failed) {
            // Whatever it is: the record before it is published, and its writer must hear that.
            LOG.warn("checkpoint {} of {} is left to a later commit", sequence, prefix, failed);
        }
    }

    /** Forgets what is known: the next read starts from the store. */
    void forget() {
        known.set(Optional.empty());
    }

    private S install(S state) {
        return known.updateAndGet(now -> now.isPresent() && machine.sequence(now.get()) >= machine.sequence(state)
                        ? now
                        : Optional.of(state))
                .orElseThrow();
    }

    /** @param window records asked for at first; more each time, for who lags far behind */
    private S fold(S from, int window) {
        S state = from;
        int folded = 0;
        int asked = window;
        while (true) {
            long next = machine.sequence(state) + 1;
            for (Optional<byte[]> record : records(next, asked)) {
                if (record.isEmpty()) {
                    return state;
                }
                state = machine.after(state, key(machine.sequence(state) + 1), record.get());
                folded++;
            }
            asked = Math.min(MOST_AT_ONCE, asked < FIRST_WINDOW ? 2 * asked : MOST_AT_ONCE);
            if (folded >= CHECKPOINT_INTERVAL) {
                folded = 0;
                // The hint lags behind. A newer checkpoint, if there is one, saves the records before it.
                long reached = machine.sequence(state);
                Optional<S> newer = listedCheckpoint(Optional.empty()).filter(s -> machine.sequence(s) > reached);
                if (newer.isPresent()) {
                    state = newer.get();
                }
            }
        }
    }

    /** The records in so many slots, each empty when there is none, all asked for at once. */
    private List<Optional<byte[]>> records(long from, int count) {
        if (count == 1) {
            return List.of(get(key(from)));
        }
        List<CompletableFuture<Optional<byte[]>>> asked = LongStream.range(from, from + count)
                .mapToObj(slot -> CompletableFuture.supplyAsync(
                        () -> get(key(slot)),
                        task -> Thread.ofVirtual().name("record-" + slot).start(task)))
                .toList();
        try {
            return asked.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }

    /** @param hinted begin with what the hint says, which lags behind and may even go back */
    private Optional<S> newestCheckpoint(boolean hinted) {
        if (!hinted) {
            return listedCheckpoint(Optional.empty());
        }
        Optional<byte[]> hint = get(hintKey());
        if (hint.isEmpty()) {
            return Optional.empty();
        }
        try {
            long sequence = Long.parseLong(new String(hint.get(), StandardCharsets.US_ASCII));
            Optional<S> state = sequence < kept.floor() ? Optional.empty() : restore(checkpointKey(sequence));
            if (state.isPresent()) {
                return state;
            }
        } catch (NumberFormatException damaged) {
            LOG.warn("the hint of {} is damaged; reading on without it", prefix);
        }
        return listedCheckpoint(Optional.empty());
    }

    private Optional<S> checkpointAtOrBefore(long sequence) {
        return listedCheckpoint(Optional.of(checkpointKey(sequence + 1)));
    }

    /** The newest readable checkpoint whose key comes after {@code startAfter}. */
    private Optional<S> listedCheckpoint(Optional<String> startAfter) {
        Optional<String> after = startAfter;
        while (true) {
            List<String> keys = list(prefix + "checkpoint/", after);
            // Names count downwards: one that comes later than the floor's is below it.
            if (keys.isEmpty() || keys.getFirst().compareTo(checkpointKey(kept.floor())) > 0) {
                return Optional.empty();
            }
            Optional<S> state = restore(keys.getFirst());
            if (state.isPresent()) {
                return state;
            }
            after = Optional.of(keys.getFirst());
        }
    }

    private Optional<S> restore(String key) {
        Optional<byte[]> bytes = get(key);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            S state = machine.restore(key, bytes.get());
            if (!checkpointKey(machine.sequence(state)).equals(key)) {
                throw Envelope.corrupt(key, "it is the checkpoint of another record");
            }
            return Optional.of(state);
        } catch (EngineException e) {
            if (e.failure() instanceof EngineFailure.Corrupt) {
                LOG.warn("falling back to an earlier checkpoint: {}", e.getMessage());
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Empty when this call's bytes hold the slot, else the bytes that do. */
    private Optional<byte[]> put(String key, byte[] bytes, CommitId id) {
        Optional<RuntimeException> doubt = Optional.empty();
        for (int attempt = 1; attempt <= PUT_ATTEMPTS; attempt++) {
            try {
                switch (store.putIfAbsent(key, bytes)) {
                    case CREATED -> {
                        return Optional.empty();
                    }
                    case EXISTS -> {
                        Optional<byte[]> winner = store.get(key);
                        if (winner.isPresent()) {
                            return Arrays.equals(winner.get(), bytes) ? Optional.empty() : winner;
                        }
                        // Present and then absent: pruned under us, or not yet visible. Ask again.
                        doubt = Optional.of(new StoreException(
                                StoreException.Kind.IN_DOUBT, "'" + key + "' exists and can't be read", null));
                    }
                }
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.IN_DOUBT && attempt == 1) {
                    throw unavailable(e);
                }
                // From here on nothing but a definite answer about these bytes may end the doubt.
                doubt = Optional.of(e);
            } catch (RuntimeException untyped) {
                // Says nothing of the effect.
                doubt = Optional.of(untyped);
            }
            if (attempt < PUT_ATTEMPTS && !rest(pause.multipliedBy(1L << (attempt - 1)))) {
                break;
            }
        }
        throw new EngineException(new EngineFailure.CommitInDoubt(id), doubt.orElseThrow());
    }

    private static boolean rest(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<byte[]> get(String key) {
        try {
            return store.get(key);
        } catch (StoreException e) {
            throw unavailable(e);
        }
    }

    private List<String> list(String under, Optional<String> startAfter) {
        try {
            return store.list(under, startAfter, 1);
        } catch (StoreException e) {
            throw unavailable(e);
        }
    }

    static EngineException unavailable(StoreException e) {
        EngineFailure.Retry retry =
                e.kind() == StoreException.Kind.REFUSED ? EngineFailure.Retry.NEVER : EngineFailure.Retry.LATER;
        return new EngineException(new EngineFailure.StorageUnavailable(e.getMessage(), retry), e);
    }
}
