package io.precinct.engine.manifest;

import com.github.benmanes.caffeine.cache.Cache;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.spi.ObjectStore;
import java.util.Optional;

/** The records of one branch's life and their newest state, as this process knows them. Thread-safe. */
final class BranchStream {
    /** One record, decoded, as every stream's cache keeps it. */
    record Slot(StreamId stream, long sequence) {}

    private final StreamId id;
    private final CommitRecordCodec codec;
    private final Cache<Slot, CommitRecord> records;
    private final StreamLog<StreamState> log;
    private final LogSettings.Limits limits;
    private final ListSeen list;

    /** At that time, or later, nothing followed the known head. */
    private volatile long confirmedNanos = System.nanoTime();

    /** What this process knows of the list of branches. */
    interface ListSeen {
        Optional<RefsState> state();

        /** As {@link #state}, read now. */
        Optional<RefsState> newest();

        /** The state was read then or later, in the time of {@link System#nanoTime}. */
        long atNanos();
    }

    BranchStream(
            StreamId id,
            ObjectStore store,
            CommitRecordCodec codec,
            Cache<Slot, CommitRecord> records,
            LogSettings settings,
            ListSeen list) {
        this.id = id;
        this.codec = codec;
        this.records = records;
        this.limits = settings.limits();
        this.list = list;
        this.log = new StreamLog<>(store, id.value(), new Machine(), limits.putPause(), new KeptRecords());
    }

    /**
     * A collection waits before it takes the first record: for longer than {@code zombieAfter} after everybody could read
     * in the list what it takes. So whoever saw the list, or the end of the stream, less long ago has missed nothing.
     */
    private final class KeptRecords implements StreamLog.Kept {
        @Override
        public long floor() {
            return list.state().map(state -> state.floor(id)).orElse(1L);
        }

        @Override
        public boolean isCertain(long from, boolean cold) {
            long bound = limits.zombieAfter().toNanos();
            if (!cold && System.nanoTime() - confirmedNanos < bound) {
                return true;
            }
            Slot slot = new Slot(id, from);
            long seen = list.atNanos();
            boolean lately =
                    list.state().filter(state -> !state.isReclaimed(slot)).isPresent()
                            && System.nanoTime() - seen < bound;
            // What the list does not name by now, no collection can have taken before.
            return lately || !isReclaimed(from);
        }

        @Override
        public void doubted() {
            records.asMap().keySet().removeIf(slot -> slot.stream().equals(id));
        }
    }

    StreamId id() {
        return id;
    }

    StreamLog<StreamState> log() {
        return log;
    }

    StreamLog.Machine<StreamState> machine() {
        return new Machine();
    }

    /** The newest state there is. */
    Optional<StreamState> refresh() {
        long now = System.nanoTime();
        Optional<StreamState> state = log.refresh();
        if (state.isPresent()) {
            confirm(now);
        }
        return state;
    }

    /** The newest state that this process has seen, without a request when there is one. */
    Optional<StreamState> known() {
        Optional<StreamState> known = log.known();
        return known.isPresent() ? known : refresh();
    }

    private synchronized void confirm(long nanos) {
        if (nanos - confirmedNanos > 0) {
            confirmedNanos = nanos;
        }
    }

    /** Nanoseconds since nothing followed the known head for certain. */
    long unconfirmedNanos() {
        return System.nanoTime() - confirmedNanos;
    }

    /** This process wrote the record of the known head at {@code nanos} or later, in the time of {@link System#nanoTime}. */
    void confirmed(Made made, long nanos) {
        confirm(nanos);
        keep(made.record());
    }

    private void keep(CommitRecord record) {
        records.put(new Slot(id, record.sequence()), record);
    }

    /** A record as it is to be put, and the state after it. */
    record Made(CommitRecord record, StreamState on, byte[] bytes, StreamState after) {}

    /** Everything about a record but its put. Fails when it can't be written, or could not be read. */
    Made made(StreamState on, CommitRecord record) {
        byte[] bytes = codec.encode(record);
        String schema = record.schema().hash();
        if (!schema.equals(on.schema().hash())) {
            // Readers know the schema by its hash only.
            if (!codec.schemas().apply(schema).hash().equals(schema)) {
                throw Envelope.corrupt(GraphLogs.schemaKey(schema), "it holds another schema");
            }
        }
        return new Made(record, on, bytes, on.after(record, Envelope.digest(bytes), log.key(record.sequence())));
    }

    /** Tries to win the record's slot. */
    StreamLog.Appended<StreamState> append(Made made) {
        return log.append(made.on(), made.bytes(), made.after(), made.record().id());
    }

    /**
     * As {@link #append}, for records without writers. A slot that a collection had emptied before is not won, but lost
     * to what came after it.
     */
    StreamLog.Appended<StreamState> publish(StreamState on, CommitRecord record) {
        Made made = made(on, record);
        long unconfirmed = unconfirmedNanos();
        long started = System.nanoTime();
        StreamLog.Appended<StreamState> appended = append(made);
        if (appended instanceof StreamLog.Appended.Won<StreamState>) {
            boolean late = unconfirmed + System.nanoTime() - started
                    >= limits.zombieAfter().toNanos();
            if (late && wasEmptied(made)) {
                log.forget();
                return new StreamLog.Appended.Lost<>(refresh()
                        .orElseThrow(() -> new EngineException(
                                new EngineFailure.NotFound("branch", on.branch().value()))));
            }
            confirmed(made, started);
        }
        return appended;
    }

    /**
     * Whether a collection has taken what was in the slot before.
     *
     * @throws EngineException {@code CommitInDoubt} when that can't be found out
     */
    boolean wasEmptied(Made made) {
        try {
            return isReclaimed(made.record().sequence());
        } catch (EngineException unknown) {
            log.forget();
            throw new EngineException(
                    new EngineFailure.CommitInDoubt(made.record().id()), unknown);
        }
    }

    /** The record in a slot; empty when there is none. */
    Optional<CommitRecord> record(long sequence) {
        Slot slot = new Slot(id, sequence);
        CommitRecord cached = records.getIfPresent(slot);
        if (cached != null) {
            return Optional.of(cached);
        }
        Optional<CommitRecord> read = log.record(sequence).map(bytes -> codec.decode(log.key(sequence), bytes));
        read.ifPresent(record -> records.put(slot, record));
        return read;
    }

    /** What an earlier try of a write published behind {@code after} and up to {@code through}. */
    Optional<GraphLog.Committed> published(CommitId id, long after, long through) {
        for (long sequence = after + 1; sequence <= through; sequence++) {
            // Without the record nobody knows whether it was in it.
            CommitRecord record =
                    record(sequence).orElseThrow(() -> new EngineException(new EngineFailure.CommitInDoubt(id)));
            for (CommitRecord.Member member : record.members()) {
                if (member.commit().id().equals(id)) {
                    return Optional.of(repeated(member.commit()));
                }
            }
        }
        return Optional.empty();
    }

    GraphLog.Committed repeated(CommitInfo commit) {
        return log.at(commit.sequence())
                .map(state -> new GraphLog.Committed(commit, state.snapshot(), true))
                .orElseThrow(() -> new EngineException(new EngineFailure.CommitInDoubt(commit.id())));
    }

    /** Whether a collection has taken the record, as the list of branches says now. */
    boolean isReclaimed(long sequence) {
        return list.newest()
                .map(state -> state.isReclaimed(new Slot(id, sequence)))
                .orElse(false);
    }

    /** Whether a fence, or records that are gone and may have been fences, lie after the record at {@code from}. */
    boolean isFencedSince(long from, StreamState on) {
        for (long sequence = from + 1; sequence <= on.sequence(); sequence++) {
            Optional<CommitRecord> record = record(sequence);
            if (record.isEmpty() ? isReclaimed(sequence) : record.get().fence()) {
                return true;
            }
        }
        return false;
    }

    private final class Machine implements StreamLog.Machine<StreamState> {
        @Override
        public StreamState first(String key, byte[] bytes) {
            CommitRecord record = codec.decode(key, bytes);
            if (!record.stream().equals(id) || record.sequence() != 1) {
                throw Envelope.corrupt(key, "it says that it is " + record.stream() + "/" + record.sequence());
            }
            return StreamState.first(record, Envelope.digest(bytes), key);
        }

        @Override
        public StreamState after(StreamState state, String key, byte[] bytes) {
            CommitRecord record = codec.decode(key, bytes);
            StreamState after = state.after(record, Envelope.digest(bytes), key);
            keep(record);
            return after;
        }

        @Override
        public byte[] checkpoint(StreamState state) {
            return codec.encodeCheckpoint(state);
        }

        @Override
        public StreamState restore(String key, byte[] checkpoint) {
            StreamState state = codec.decodeCheckpoint(key, checkpoint);
            if (!state.stream().equals(id)) {
                throw Envelope.corrupt(key, "it is a checkpoint of stream " + state.stream());
            }
            return state;
        }

        @Override
        public long sequence(StreamState state) {
            return state.sequence();
        }

        @Override
        public String digest(StreamState state) {
            return state.digest();
        }

        @Override
        public long checkpointed(StreamState state) {
            return state.checkpointed();
        }

        @Override
        public StreamState checkpointed(StreamState state, long sequence) {
            return state.checkpointed(sequence);
        }
    }
}
