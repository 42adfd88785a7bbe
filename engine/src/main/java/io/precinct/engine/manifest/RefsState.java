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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which branches and tags there are, and every stream there ever was: the state of the {@code ~refs} stream. Immutable.
 *
 * @param live stream by name
 * @param streams every stream, oldest first; dead ones keep their records
 * @param tags by name
 */
record RefsState(
        long sequence,
        String digest,
        Map<BranchName, StreamId> live,
        List<StreamId> streams,
        Map<TagName, Tagged> tags,
        long checkpointed) {
    static final String STREAM = "~refs";

    RefsState {
        live = java.util.Collections.unmodifiableMap(new TreeMap<>(live));
        streams = List.copyOf(streams);
        tags = java.util.Collections.unmodifiableMap(new TreeMap<>(tags));
    }

    /** The record that holds a tag's commit, and who tagged it when. */
    record Tagged(BranchStream.Slot slot, CommitId commit, String actor, Instant at) {}

    /** One change of the list of branches and tags. */
    sealed interface Change {
        record Create(BranchName name, StreamId stream, Optional<CommitRecord.Source> source) implements Change {}

        record Delete(BranchName name, StreamId stream) implements Change {}

        record Tag(TagName name, BranchStream.Slot slot, CommitId commit) implements Change {}

        record Untag(TagName name) implements Change {}
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .build();

    /** Of a tag {@code stream} and {@code sourceSequence} are the record that holds {@code commit}. */
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
            String actor,
            long atMicros) {}

    private record TagLine(String stream, long sequence, String commit, String actor, long atMicros) {}

    private record CheckpointLine(
            long sequence,
            String digest,
            Map<String, String> live,
            List<String> streams,
            Optional<Map<String, TagLine>> tags) {}

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
                        actor,
                        micros);
        };
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
        Map<TagName, Tagged> tags = new TreeMap<>(before.map(RefsState::tags).orElse(Map.of()));
        if (line.tag().orElse(false)) {
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
                before.map(RefsState::checkpointed).orElse(1L));
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
                        Optional.of(tags));
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
                        state.tags(),
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
