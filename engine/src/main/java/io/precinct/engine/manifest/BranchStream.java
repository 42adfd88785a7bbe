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
    private volatile long confirmedNanos = System.nanoTime();

    BranchStream(
            StreamId id,
            ObjectStore store,
            CommitRecordCodec codec,
            Cache<Slot, CommitRecord> records,
            LogSettings settings) {
        this.id = id;
        this.codec = codec;
        this.records = records;
        this.log = new StreamLog<>(
                store, id.value(), new Machine(), settings.limits().putPause());
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
        Optional<StreamState> before = log.known();
        Optional<StreamState> state = log.refresh();
        // A slot that is missing proves nothing of the ones before it: only a record that was read does.
        if (!state.map(StreamState::sequence).equals(before.map(StreamState::sequence))) {
            confirmedNanos = now;
        }
        return state;
    }

    /** The newest state that this process has seen, without a request when there is one. */
    Optional<StreamState> known() {
        Optional<StreamState> known = log.known();
        return known.isPresent() ? known : refresh();
    }

    /** Nanoseconds since the record of the known head was read or written. */
    long unconfirmedNanos() {
        return System.nanoTime() - confirmedNanos;
    }

    /** This process wrote the record of the known head at {@code nanos} or later, in the time of {@link System#nanoTime}. */
    void confirmed(Made made, long nanos) {
        confirmedNanos = nanos;
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
        public long checkpointed(StreamState state) {
            return state.checkpointed();
        }

        @Override
        public StreamState checkpointed(StreamState state, long sequence) {
            return state.checkpointed(sequence);
        }
    }
}
