package io.precinct.engine.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.precinct.engine.BranchName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which branches there are, and every stream there ever was: the state of the {@code ~refs} stream. Immutable.
 *
 * @param live stream by name
 * @param streams every stream, oldest first; dead ones keep their records
 */
record RefsState(
        long sequence, String digest, Map<BranchName, StreamId> live, List<StreamId> streams, long checkpointed) {
    static final String STREAM = "~refs";

    RefsState {
        live = java.util.Collections.unmodifiableMap(new TreeMap<>(live));
        streams = List.copyOf(streams);
    }

    /** One change of the list of branches. */
    sealed interface Change {
        BranchName name();

        StreamId stream();

        record Create(BranchName name, StreamId stream, Optional<CommitRecord.Source> source) implements Change {}

        record Delete(BranchName name, StreamId stream) implements Change {}
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .build();

    private record Line(
            long sequence,
            String id,
            Optional<String> previous,
            boolean create,
            String name,
            String stream,
            Optional<String> sourceStream,
            long sourceSequence,
            String actor,
            long atMicros) {}

    private record CheckpointLine(long sequence, String digest, Map<String, String> live, List<String> streams) {}

    /** @param id of this record, unlike that of any other */
    static byte[] encode(Optional<RefsState> before, Change change, String id, String actor, java.time.Instant at) {
        Optional<CommitRecord.Source> source =
                change instanceof Change.Create create ? create.source() : Optional.empty();
        Line line = new Line(
                before.map(RefsState::sequence).orElse(0L) + 1,
                id,
                before.map(RefsState::digest),
                change instanceof Change.Create,
                change.name().value(),
                change.stream().value(),
                source.map(s -> s.stream().value()),
                source.map(CommitRecord.Source::sequence).orElse(0L),
                actor,
                CommitRecordCodec.micros(at));
        return Envelope.encode(Envelope.Magic.RECORD, json(line), List.of());
    }

    private static RefsState apply(Optional<RefsState> before, String key, byte[] bytes) {
        Envelope envelope = Envelope.decode(Envelope.Magic.RECORD, key, bytes);
        Line line = parse(key, envelope.header(), Line.class);
        long expected = before.map(RefsState::sequence).orElse(0L) + 1;
        if (line.sequence() != expected || !line.previous().equals(before.map(RefsState::digest))) {
            throw Envelope.corrupt(key, "it does not follow the record in the slot before it");
        }
        Map<BranchName, StreamId> live =
                new TreeMap<>(before.map(RefsState::live).orElse(Map.of()));
        List<StreamId> streams = new ArrayList<>(before.map(RefsState::streams).orElse(List.of()));
        BranchName name = new BranchName(line.name());
        StreamId stream = new StreamId(line.stream());
        if (line.create()) {
            if (live.put(name, stream) != null) {
                throw Envelope.corrupt(key, "it creates branch '" + name + "', which exists");
            }
            streams.add(stream);
        } else if (!live.remove(name, stream)) {
            throw Envelope.corrupt(key, "it deletes branch '" + name + "', which does not exist");
        }
        return new RefsState(
                expected,
                envelope.digest(),
                live,
                streams,
                before.map(RefsState::checkpointed).orElse(1L));
    }

    static StreamLog.Machine<RefsState> machine() {
        return new StreamLog.Machine<>() {
            @Override
            public RefsState first(String key, byte[] record) {
                return apply(Optional.empty(), key, record);
            }

            @Override
            public RefsState after(RefsState state, String key, byte[] record) {
                return apply(Optional.of(state), key, record);
            }

            @Override
            public byte[] checkpoint(RefsState state) {
                Map<String, String> live = new TreeMap<>();
                state.live().forEach((name, stream) -> live.put(name.value(), stream.value()));
                CheckpointLine line = new CheckpointLine(
                        state.sequence(),
                        state.digest(),
                        live,
                        state.streams().stream().map(StreamId::value).toList());
                return Envelope.encode(Envelope.Magic.CHECKPOINT, json(line), List.of());
            }

            @Override
            public RefsState restore(String key, byte[] checkpoint) {
                Envelope envelope = Envelope.decode(Envelope.Magic.CHECKPOINT, key, checkpoint);
                CheckpointLine line = parse(key, envelope.header(), CheckpointLine.class);
                Map<BranchName, StreamId> live = new TreeMap<>();
                line.live().forEach((name, stream) -> live.put(new BranchName(name), new StreamId(stream)));
                return new RefsState(
                        line.sequence(),
                        line.digest(),
                        live,
                        line.streams().stream().map(StreamId::new).toList(),
                        line.sequence());
            }

            @Override
            public long sequence(RefsState state) {
                return state.sequence();
            }

            @Override
            public long checkpointed(RefsState state) {
                return state.checkpointed();
            }

            @Override
            public RefsState checkpointed(RefsState state, long sequence) {
                return new RefsState(
                        state.sequence(),
                        state.digest(),
                        state.live(),
                        state.streams(),
                        Math.max(state.checkpointed(), sequence));
            }
        };
    }

    private static byte[] json(Object line) {
        try {
            return JSON.writeValueAsBytes(line);
        } catch (IOException impossible) {
            throw new IllegalStateException("a reference is plain data", impossible);
        }
    }

    private static <T> T parse(String key, byte[] json, Class<T> form) {
        try {
            return JSON.readValue(json, form);
        } catch (IOException damaged) {
            throw Envelope.corrupt(key, "its header is not what this release writes: " + damaged.getMessage());
        }
    }
}
