package io.precinct.engine.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.TagName;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which branches and tags there are, and every stream there ever was: the state of the {@code ~refs} stream. Immutable.
 *
 * @param live stream by name
 * @param streams every stream of which records are kept, oldest first; dead ones among them
 * @param tags by name
 * @param floors the oldest record that is kept, of streams that have lost their first
 * @param fenced sequence of the last record here that a collection left; 0 when there was none
 */
record RefsState(
        long sequence,
        String digest,
        Map<BranchName, StreamId> live,
        List<StreamId> streams,
        Map<TagName, Tagged> tags,
        Map<StreamId, Long> floors,
        long fenced,
        long checkpointed) {
    static final String STREAM = "~refs";

    /** In the place of a branch's name, which can't begin so. */
    private static final String FENCE = "~fence";

    RefsState {
        live = java.util.Collections.unmodifiableMap(new TreeMap<>(live));
        streams = List.copyOf(streams);
        tags = java.util.Collections.unmodifiableMap(new TreeMap<>(tags));
        floors = Map.copyOf(floors);
    }

    /** The oldest record of the stream that is kept. */
    long floor(StreamId stream) {
        return floors.getOrDefault(stream, 1L);
    }

    /** Whether a collection has taken the record, or may do so at any moment. */
    boolean isReclaimed(BranchStream.Slot slot) {
        return slot.sequence() < floor(slot.stream()) || !streams.contains(slot.stream());
    }

    /** The record that holds a tag's commit, and who tagged it when. */
    record Tagged(BranchStream.Slot slot, CommitId commit, String actor, Instant at) {}

    /** One change of the list of branches and tags. */
    sealed interface Change {
        record Create(BranchName name, StreamId stream, Optional<CommitRecord.Source> source) implements Change {}

        record Delete(BranchName name, StreamId stream) implements Change {}

        record Tag(TagName name, BranchStream.Slot slot, CommitId commit) implements Change {}

        record Untag(TagName name) implements Change {}

        /**
         * A collection begins: what was staged before it, and is named by no record yet, must not be named any more.
         *
         * @param floors of each stream that keeps records, the oldest that it keeps
         * @param gone dead streams that keep none
         */
        record Fence(Map<StreamId, Long> floors, Set<StreamId> gone) implements Change {
            public Fence {
                floors = Map.copyOf(floors);
                gone = Set.copyOf(gone);
            }
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .build();

    /** Of a tag {@code stream} and {@code sourceSequence} are the record that holds {@code commit}; a fence has {@code floors}. */
    private record Line(
            long sequence,
            String id,
            Optional<String> previous,
            boolean create,
            Optional<Boolean> tag,
            String name,
            Optional<String> stream,
            Optional<String> sourceStream,
            long sourceSequence,
            Optional<String> commit,
            Optional<Map<String, Long>> floors,
            Optional<List<String>> gone,
            String actor,
            long atMicros) {}

    private record TagLine(String stream, long sequence, String commit, String actor, long atMicros) {}

    private record CheckpointLine(
            long sequence,
            String digest,
            Map<String, String> live,
            List<String> streams,
            Optional<Map<String, TagLine>> tags,
            Optional<Map<String, Long>> floors,
            Optional<Long> fenced) {}

    /** @param id of this record, unlike that of any other */
    static byte[] encode(Optional<RefsState> before, Change change, String id, String actor, Instant at) {
        long sequence = before.map(RefsState::sequence).orElse(0L) + 1;
        Optional<String> previous = before.map(RefsState::digest);
        long micros = CommitRecordCodec.micros(at);
        Line line = switch (change) {
            case Change.Create create ->
                new Line(
                        sequence,
                        id,
                        previous,
                        true,
                        Optional.empty(),
                        create.name().value(),
                        Optional.of(create.stream().value()),
                        create.source().map(s -> s.stream().value()),
                        create.source().map(CommitRecord.Source::sequence).orElse(0L),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        actor,
                        micros);
            case Change.Delete delete ->
                new Line(
                        sequence,
                        id,
                        previous,
                        false,
                        Optional.empty(),
                        delete.name().value(),
                        Optional.of(delete.stream().value()),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        actor,
                        micros);
            case Change.Tag tag ->
                new Line(
                        sequence,
                        id,
                        previous,
                        true,
                        Optional.of(true),
                        tag.name().value(),
                        Optional.of(tag.slot().stream().value()),
                        Optional.empty(),
                        tag.slot().sequence(),
                        Optional.of(tag.commit().value()),
                        Optional.empty(),
                        Optional.empty(),
                        actor,
                        micros);
            case Change.Untag untag ->
                new Line(
                        sequence,
                        id,
                        previous,
                        false,
                        Optional.of(true),
                        untag.name().value(),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        actor,
                        micros);
            case Change.Fence fence ->
                new Line(
                        sequence,
                        id,
                        previous,
                        false,
                        Optional.empty(),
                        FENCE,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        Optional.empty(),
                        Optional.of(named(fence.floors())),
                        Optional.of(fence.gone().stream()
                                .map(StreamId::value)
                                .sorted()
                                .toList()),
                        actor,
                        micros);
        };
        return Envelope.encode(Envelope.Magic.RECORD, json(line), List.of());
    }

    private static Map<String, Long> named(Map<StreamId, Long> floors) {
        Map<String, Long> named = new TreeMap<>();
        floors.forEach((stream, floor) -> named.put(stream.value(), floor));
        return named;
    }

    private static Map<StreamId, Long> floors(Optional<Map<String, Long>> named) {
        Map<StreamId, Long> floors = new HashMap<>();
        named.orElse(Map.of()).forEach((stream, floor) -> floors.put(new StreamId(stream), floor));
        return floors;
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
        Map<TagName, Tagged> tags = new TreeMap<>(before.map(RefsState::tags).orElse(Map.of()));
        Map<StreamId, Long> floors = new HashMap<>(before.map(RefsState::floors).orElse(Map.of()));
        boolean fence = line.name().equals(FENCE);
        if (fence) {
            fence(key, line, live, streams, floors);
        } else if (line.tag().orElse(false)) {
            retag(key, line, tags);
        } else {
            relist(key, line, live, streams);
        }
        return new RefsState(
                expected,
                envelope.digest(),
                live,
                streams,
                tags,
                floors,
                fence ? expected : before.map(RefsState::fenced).orElse(0L),
                before.map(RefsState::checkpointed).orElse(1L));
    }

    private static void fence(
            String key, Line line, Map<BranchName, StreamId> live, List<StreamId> streams, Map<StreamId, Long> floors) {
        for (String name : line.gone().orElse(List.of())) {
            StreamId gone = new StreamId(name);
            if (live.containsValue(gone) || !streams.remove(gone)) {
                throw Envelope.corrupt(key, "it takes away stream " + name + ", which is in use or was not there");
            }
            floors.remove(gone);
        }
        floors(line.floors()).forEach((stream, floor) -> {
            if (!streams.contains(stream) || floor < floors.getOrDefault(stream, 1L)) {
                throw Envelope.corrupt(key, "it keeps of stream " + stream.value() + " what is gone");
            }
            floors.put(stream, floor);
        });
    }

    private static void relist(String key, Line line, Map<BranchName, StreamId> live, List<StreamId> streams) {
        BranchName name = new BranchName(line.name());
        StreamId stream = new StreamId(present(key, line.stream()));
        if (line.create()) {
            if (live.put(name, stream) != null) {
                throw Envelope.corrupt(key, "it creates branch '" + name + "', which exists");
            }
            streams.add(stream);
        } else if (!live.remove(name, stream)) {
            throw Envelope.corrupt(key, "it deletes branch '" + name + "', which does not exist");
        }
    }

    private static void retag(String key, Line line, Map<TagName, Tagged> tags) {
        TagName name = new TagName(line.name());
        if (line.create()) {
            Tagged tagged = new Tagged(
                    new BranchStream.Slot(new StreamId(present(key, line.stream())), line.sourceSequence()),
                    new CommitId(present(key, line.commit())),
                    line.actor(),
                    CommitRecordCodec.instant(line.atMicros()));
            if (tags.put(name, tagged) != null) {
                throw Envelope.corrupt(key, "it creates tag '" + name + "', which exists");
            }
        } else if (tags.remove(name) == null) {
            throw Envelope.corrupt(key, "it deletes tag '" + name + "', which does not exist");
        }
    }

    private static String present(String key, Optional<String> member) {
        return member.orElseThrow(() -> Envelope.corrupt(key, "it lacks a member of its kind"));
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
                Map<String, TagLine> tags = new TreeMap<>();
                state.tags()
                        .forEach((name, tagged) -> tags.put(
                                name.value(),
                                new TagLine(
                                        tagged.slot().stream().value(),
                                        tagged.slot().sequence(),
                                        tagged.commit().value(),
                                        tagged.actor(),
                                        CommitRecordCodec.micros(tagged.at()))));
                CheckpointLine line = new CheckpointLine(
                        state.sequence(),
                        state.digest(),
                        live,
                        state.streams().stream().map(StreamId::value).toList(),
                        Optional.of(tags),
                        Optional.of(named(state.floors())),
                        Optional.of(state.fenced()));
                return Envelope.encode(Envelope.Magic.CHECKPOINT, json(line), List.of());
            }

            @Override
            public RefsState restore(String key, byte[] checkpoint) {
                Envelope envelope = Envelope.decode(Envelope.Magic.CHECKPOINT, key, checkpoint);
                CheckpointLine line = parse(key, envelope.header(), CheckpointLine.class);
                Map<BranchName, StreamId> live = new TreeMap<>();
                line.live().forEach((name, stream) -> live.put(new BranchName(name), new StreamId(stream)));
                Map<TagName, Tagged> tags = new TreeMap<>();
                line.tags()
                        .orElse(Map.of())
                        .forEach((name, tag) -> tags.put(
                                new TagName(name),
                                new Tagged(
                                        new BranchStream.Slot(new StreamId(tag.stream()), tag.sequence()),
                                        new CommitId(tag.commit()),
                                        tag.actor(),
                                        CommitRecordCodec.instant(tag.atMicros()))));
                return new RefsState(
                        line.sequence(),
                        line.digest(),
                        live,
                        line.streams().stream().map(StreamId::new).toList(),
                        tags,
                        floors(line.floors()),
                        line.fenced().orElse(0L),
                        line.sequence());
            }

            @Override
            public long sequence(RefsState state) {
                return state.sequence();
            }

            @Override
            public String digest(RefsState state) {
                return state.digest();
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
                        state.tags(),
                        state.floors(),
                        state.fenced(),
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
