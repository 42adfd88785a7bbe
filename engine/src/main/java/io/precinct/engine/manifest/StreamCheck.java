package io.precinct.engine.manifest;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.VerifyReport.Finding;
import io.precinct.engine.VerifyReport.Kind;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Reads one stream from its first record, or the oldest that is kept, to the last that there is sign of, and says what is wrong. Behind a damaged
 * record the chain is taken up again at the next sound checkpoint, so one run names all the damage. Writes nothing.
 */
final class StreamCheck<S> {
    private static final int PAGE = 1_000;

    private final ObjectStore store;
    private final StreamLog<S> log;
    private final StreamLog.Machine<S> machine;
    private final BiPredicate<S, S> same;
    private final List<Finding> findings = new ArrayList<>();
    private long records;
    private long checkpoints;

    /** @param same whether the state of a checkpoint is the one that the records add up to */
    StreamCheck(ObjectStore store, StreamLog<S> log, StreamLog.Machine<S> machine, BiPredicate<S, S> same) {
        this.store = store;
        this.log = log;
        this.machine = machine;
        this.same = same;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    long records() {
        return records;
    }

    long checkpoints() {
        return checkpoints;
    }

    /**
     * The last state that could be made out; each on the way is given to {@code states}.
     *
     * @param floor the oldest record that is kept, of which there must be a checkpoint if it isn't the first; what lies
     *     below is not looked at, whether it is there or not
     */
    Optional<S> run(long floor, Consumer<S> states, BooleanSupplier cancelled) {
        Set<Long> found = sequences(log.prefix());
        Set<Long> withCheckpoint = sequences(log.prefix() + "checkpoint/");
        long last = Math.max(Math.max(most(found), most(withCheckpoint)), Math.max(floor, hinted()));
        Optional<S> state = Optional.empty();
        Optional<S> newest = Optional.empty();
        for (long sequence = floor; sequence <= last && !cancelled.getAsBoolean(); sequence++) {
            state = sequence == floor && floor > 1 ? begin(floor) : record(sequence, state);
            if (sequence == floor && floor > 1) {
                withCheckpoint.remove(sequence);
            }
            if (withCheckpoint.contains(sequence)) {
                Optional<S> kept = checkpoint(sequence, state);
                state = state.or(() -> kept);
            }
            state.ifPresent(states);
            newest = state.isPresent() ? state : newest;
        }
        return newest;
    }

    /** Nothing before it is kept, so that only its checkpoint tells what the records after it add up to. */
    private Optional<S> begin(long floor) {
        String key = log.checkpointKey(floor);
        Optional<S> state = checkpoint(floor, Optional.empty());
        if (state.isEmpty()) {
            findings.add(new Finding(Kind.RECORD_MISSING, key, "the history that is kept begins with it"));
        }
        Optional<byte[]> bytes = get(log.key(floor));
        if (bytes.isEmpty()) {
            findings.add(new Finding(Kind.RECORD_MISSING, log.key(floor), "it is the oldest that is kept"));
            return state;
        }
        records++;
        try {
            String digest = Envelope.decode(Envelope.Magic.RECORD, log.key(floor), bytes.get())
                    .digest();
            if (state.filter(one -> !machine.digest(one).equals(digest)).isPresent()) {
                findings.add(new Finding(Kind.RECORD_DAMAGED, log.key(floor), "its checkpoint is of another record"));
            }
        } catch (EngineException failed) {
            findings.add(finding(Kind.RECORD_DAMAGED, failed));
        }
        return state;
    }

    private Optional<S> record(long sequence, Optional<S> before) {
        String key = log.key(sequence);
        Optional<byte[]> bytes = get(key);
        if (bytes.isEmpty()) {
            findings.add(new Finding(Kind.RECORD_MISSING, key, "there are later ones, or there is sign of it"));
            return Optional.empty();
        }
        records++;
        try {
            if (sequence == 1) {
                return Optional.of(machine.first(key, bytes.get()));
            }
            if (before.isPresent()) {
                return Optional.of(machine.after(before.get(), key, bytes.get()));
            }
            Envelope.decode(Envelope.Magic.RECORD, key, bytes.get());
        } catch (EngineException failed) {
            findings.add(finding(Kind.RECORD_DAMAGED, failed));
        }
        return Optional.empty();
    }

    /** The state of a sound checkpoint. */
    private Optional<S> checkpoint(long sequence, Optional<S> expected) {
        String key = log.checkpointKey(sequence);
        Optional<byte[]> bytes = get(key);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        checkpoints++;
        try {
            S state = machine.restore(key, bytes.get());
            if (machine.sequence(state) == sequence && expected.stream().allMatch(made -> same.test(made, state))) {
                return Optional.of(state);
            }
            findings.add(new Finding(Kind.CHECKPOINT_DAMAGED, key, "the records up to it add up to another state"));
        } catch (EngineException failed) {
            findings.add(finding(Kind.CHECKPOINT_DAMAGED, failed));
        }
        return Optional.empty();
    }

    /** Damage is a finding; a store that can't be reached is a failure. */
    private static Finding finding(Kind kind, EngineException failed) {
        if (failed.failure() instanceof EngineFailure.Corrupt corrupt) {
            return new Finding(kind, corrupt.object(), corrupt.detail());
        }
        throw failed;
    }

    /** Of the objects right below {@code prefix} that are named by one. */
    private Set<Long> sequences(String prefix) {
        Set<Long> found = new HashSet<>();
        Optional<String> after = Optional.empty();
        while (true) {
            List<String> keys = list(prefix, after);
            for (String key : keys) {
                String name = key.substring(prefix.length());
                if (name.matches("[0-9]{20}")) {
                    found.add(Long.MAX_VALUE - Long.parseLong(name));
                }
            }
            if (keys.size() < PAGE) {
                return found;
            }
            after = Optional.of(keys.getLast());
        }
    }

    private static long most(Set<Long> sequences) {
        return sequences.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** A lower bound of what there is; a damaged one is no bound, and costs nobody anything. */
    private long hinted() {
        String text = get(log.hintKey())
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .orElse("0");
        return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
    }

    private Optional<byte[]> get(String key) {
        try {
            return store.get(key);
        } catch (StoreException failed) {
            throw StreamLog.unavailable(failed);
        }
    }

    private List<String> list(String prefix, Optional<String> after) {
        try {
            return store.list(prefix, after, PAGE);
        } catch (StoreException failed) {
            throw StreamLog.unavailable(failed);
        }
    }
}
