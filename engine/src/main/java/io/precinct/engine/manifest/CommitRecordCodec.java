package io.precinct.engine.manifest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Bytes of records and checkpoints. Deterministic. Reading verifies every checksum, the shape and the schema: what
 * can't be understood whole is {@code Corrupt}. Thread-safe.
 *
 * @param schemas the schema stored under a hash
 * @param allocator buffers for rows, released before a call returns
 */
record CommitRecordCodec(Function<String, Schema> schemas, BufferAllocator allocator) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS))
            .build();

    // The header as it is written. Absent lists are empty, absent numbers 0.
    private record Header(
            String stream,
            long sequence,
            String id,
            Optional<String> previous,
            List<MemberLine> members,
            String schema,
            List<PinLine> pins,
            List<RowsLine> inline,
            boolean terminal,
            boolean fence,
            Optional<GenesisLine> genesis) {
        Header {
            members = orEmpty(members);
            pins = orEmpty(pins);
            inline = orEmpty(inline);
        }
    }

    private record CheckpointHeader(
            String stream,
            String branch,
            long seed,
            long sequence,
            String digest,
            CommitLine head,
            String schema,
            List<ImageLine> types) {
        CheckpointHeader {
            types = orEmpty(types);
        }
    }

    private record CommitLine(
            String id,
            String branch,
            long sequence,
            long generation,
            String kind,
            Optional<String> parent,
            Optional<String> mergedParent,
            String actor,
            Optional<String> requestId,
            long createdAtMicros) {}

    private record MemberLine(
            CommitLine commit,
            Optional<String> mergedStream,
            long mergedSequence,
            Optional<String> decisionId,
            List<ChangeLine> changes) {
        MemberLine {
            changes = orEmpty(changes);
        }
    }

    private record ChangeLine(
            int type,
            long insertedCount,
            long updatedCount,
            long deletedCount,
            List<String> inserted,
            List<String> updated,
            List<String> deleted,
            List<List<String>> insertedEnds,
            List<List<String>> deletedEnds,
            boolean complete) {
        ChangeLine {
            inserted = orEmpty(inserted);
            updated = orEmpty(updated);
            deleted = orEmpty(deleted);
            insertedEnds = orEmpty(insertedEnds);
            deletedEnds = orEmpty(deletedEnds);
        }
    }

    private record PinLine(
            int type,
            String dataset,
            String version,
            long rows,
            int fragments,
            long manifestBytes,
            String manifestDigest,
            long foldedThrough) {}

    /** {@code section} holds the inserted and then the updated rows; -1 when there are none. */
    private record RowsLine(int type, int inserted, int updated, List<String> deleted, int section) {
        RowsLine {
            deleted = orEmpty(deleted);
        }
    }

    private record LayerLine(long sequence, int inserted, int updated, List<String> deleted) {
        LayerLine {
            deleted = orEmpty(deleted);
        }
    }

    private record ImageLine(PinLine pin, List<LayerLine> layers, int section) {
        ImageLine {
            layers = orEmpty(layers);
        }
    }

    private record GenesisLine(
            String branch,
            Optional<String> sourceStream,
            long sourceSequence,
            long seed,
            Optional<CommitLine> head,
            List<ImageLine> state) {
        GenesisLine {
            state = orEmpty(state);
        }
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    byte[] encode(CommitRecord record) {
        List<byte[]> sections = new ArrayList<>();
        List<RowsLine> inline = new ArrayList<>();
        new TreeMap<>(record.inline()).forEach((type, rows) -> {
            int section = section(record.schema().type(type), List.of(rows), sections);
            inline.add(new RowsLine(
                    type.value(), rows.inserted().size(), rows.updated().size(), sorted(rows.deleted()), section));
        });
        Header header = new Header(
                record.stream().value(),
                record.sequence(),
                record.id().value(),
                record.previous(),
                record.members().stream().map(CommitRecordCodec::line).toList(),
                record.schema().hash(),
                new TreeMap<>(record.pins())
                        .entrySet().stream()
                                .map(e -> line(
                                        e.getKey(),
                                        e.getValue().pin(),
                                        e.getValue().foldedThrough()))
                                .toList(),
                inline,
                record.terminal(),
                record.fence(),
                record.genesis()
                        .map(g -> new GenesisLine(
                                g.branch().value(),
                                g.source().map(s -> s.stream().value()),
                                g.source().map(CommitRecord.Source::sequence).orElse(0L),
                                g.seed(),
                                g.head().map(CommitRecordCodec::line),
                                lines(record.schema(), g.state(), sections))));
        return Envelope.encode(Envelope.Magic.RECORD, json(header), sections);
    }

    CommitRecord decode(String key, byte[] bytes) {
        Envelope envelope = Envelope.decode(Envelope.Magic.RECORD, key, bytes);
        Header header = parse(key, envelope.header(), Header.class);
        return guarded(key, () -> {
            Schema schema = schemas.apply(header.schema());
            Map<TypeId, CommitRecord.PinMove> pins = new HashMap<>();
            header.pins()
                    .forEach(p -> pins.put(new TypeId(p.type()), new CommitRecord.PinMove(pin(p), p.foldedThrough())));
            Map<TypeId, CommitRecord.Rows> inline = new HashMap<>();
            for (RowsLine line : header.inline()) {
                EntityType type = schema.type(new TypeId(line.type()));
                List<EntityRow> rows = rows(key, envelope, type, line.section());
                expect(key, rows.size(), (long) line.inserted() + line.updated());
                inline.put(
                        type.id(),
                        new CommitRecord.Rows(
                                rows.subList(0, line.inserted()),
                                rows.subList(line.inserted(), rows.size()),
                                Set.copyOf(line.deleted())));
            }
            return new CommitRecord(
                    new StreamId(header.stream()),
                    header.sequence(),
                    new CommitId(header.id()),
                    header.previous(),
                    header.members().stream().map(CommitRecordCodec::member).toList(),
                    schema,
                    pins,
                    inline,
                    header.terminal(),
                    header.fence(),
                    header.genesis()
                            .map(g -> new CommitRecord.Genesis(
                                    new BranchName(g.branch()),
                                    g.sourceStream()
                                            .map(s -> new CommitRecord.Source(new StreamId(s), g.sourceSequence())),
                                    g.seed(),
                                    g.head().map(CommitRecordCodec::commit),
                                    images(key, envelope, schema, g.state()))));
        });
    }

    byte[] encodeCheckpoint(StreamState state) {
        List<byte[]> sections = new ArrayList<>();
        CheckpointHeader header = new CheckpointHeader(
                state.stream().value(),
                state.branch().value(),
                state.seed(),
                state.sequence(),
                state.digest(),
                line(state.head()),
                state.schema().hash(),
                lines(state.schema(), state.images(), sections));
        return Envelope.encode(Envelope.Magic.CHECKPOINT, json(header), sections);
    }

    StreamState decodeCheckpoint(String key, byte[] bytes) {
        Envelope envelope = Envelope.decode(Envelope.Magic.CHECKPOINT, key, bytes);
        CheckpointHeader header = parse(key, envelope.header(), CheckpointHeader.class);
        return guarded(key, () -> {
            Schema schema = schemas.apply(header.schema());
            return StreamState.of(
                    new StreamId(header.stream()),
                    new BranchName(header.branch()),
                    header.seed(),
                    header.sequence(),
                    header.digest(),
                    commit(header.head()),
                    schema,
                    StreamState.types(schema, images(key, envelope, schema, header.types()), key),
                    false,
                    header.sequence());
        });
    }

    private List<ImageLine> lines(Schema schema, List<CommitRecord.TypeImage> images, List<byte[]> sections) {
        return images.stream()
                .sorted(java.util.Comparator.comparing(CommitRecord.TypeImage::type))
                .map(image -> new ImageLine(
                        line(image.type(), image.pin(), image.foldedThrough()),
                        image.layers().stream()
                                .map(l -> new LayerLine(
                                        l.sequence(),
                                        l.rows().inserted().size(),
                                        l.rows().updated().size(),
                                        sorted(l.rows().deleted())))
                                .toList(),
                        section(
                                schema.type(image.type()),
                                image.layers().stream()
                                        .map(CommitRecord.Layer::rows)
                                        .toList(),
                                sections)))
                .toList();
    }

    private List<CommitRecord.TypeImage> images(String key, Envelope envelope, Schema schema, List<ImageLine> lines) {
        List<CommitRecord.TypeImage> images = new ArrayList<>();
        for (ImageLine line : lines) {
            EntityType type = schema.type(new TypeId(line.pin().type()));
            List<EntityRow> rows = rows(key, envelope, type, line.section());
            List<CommitRecord.Layer> layers = new ArrayList<>();
            int at = 0;
            for (LayerLine layer : line.layers()) {
                int middle = at + layer.inserted();
                int end = middle + layer.updated();
                if (end > rows.size()) {
                    throw Envelope.corrupt(key, "it names more inline rows of " + type.name() + " than it holds");
                }
                layers.add(new CommitRecord.Layer(
                        layer.sequence(),
                        new CommitRecord.Rows(
                                rows.subList(at, middle), rows.subList(middle, end), Set.copyOf(layer.deleted()))));
                at = end;
            }
            expect(key, rows.size(), at);
            images.add(new CommitRecord.TypeImage(
                    type.id(), pin(line.pin()), line.pin().foldedThrough(), layers));
        }
        return images;
    }

    private int section(EntityType type, List<CommitRecord.Rows> parts, List<byte[]> sections) {
        List<EntityRow> rows = new ArrayList<>();
        for (CommitRecord.Rows part : parts) {
            rows.addAll(part.inserted());
            rows.addAll(part.updated());
        }
        if (rows.isEmpty()) {
            return -1;
        }
        sections.add(RowVectors.encode(type, rows, allocator));
        return sections.size() - 1;
    }

    private List<EntityRow> rows(String key, Envelope envelope, EntityType type, int section) {
        if (section < 0) {
            return List.of();
        }
        if (section >= envelope.sections().size()) {
            throw Envelope.corrupt(key, "section " + section + " is missing");
        }
        return RowVectors.decode(type, envelope.sections().get(section), allocator, key);
    }

    private static void expect(String key, long found, long expected) {
        if (found != expected) {
            throw Envelope.corrupt(key, "it holds " + found + " inline rows where it names " + expected);
        }
    }

    private static List<String> sorted(Set<String> ids) {
        return ids.stream().sorted().toList();
    }

    private static PinLine line(TypeId type, Pin pin, long foldedThrough) {
        return new PinLine(
                type.value(),
                pin.dataset(),
                Long.toUnsignedString(pin.version()),
                pin.rows(),
                pin.fragments(),
                pin.manifestBytes(),
                pin.manifestDigest(),
                foldedThrough);
    }

    private static Pin pin(PinLine line) {
        return new Pin(
                line.dataset(),
                Long.parseUnsignedLong(line.version()),
                line.rows(),
                line.fragments(),
                line.manifestBytes(),
                line.manifestDigest() == null ? "" : line.manifestDigest());
    }

    private static CommitLine line(CommitInfo commit) {
        return new CommitLine(
                commit.id().value(),
                commit.branch().value(),
                commit.sequence(),
                commit.generation(),
                commit.kind().name(),
                commit.parent().map(CommitId::value),
                commit.mergedParent().map(CommitId::value),
                commit.actor(),
                commit.requestId(),
                micros(commit.createdAt()));
    }

    private static CommitInfo commit(CommitLine line) {
        return new CommitInfo(
                new CommitId(line.id()),
                new BranchName(line.branch()),
                line.sequence(),
                line.generation(),
                CommitInfo.Kind.valueOf(line.kind()),
                line.parent().map(CommitId::new),
                line.mergedParent().map(CommitId::new),
                line.actor() == null ? "" : line.actor(),
                line.requestId(),
                instant(line.createdAtMicros()));
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, java.time.temporal.ChronoUnit.MICROS);
    }

    static long micros(Instant time) {
        return java.time.temporal.ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static MemberLine line(CommitRecord.Member member) {
        return new MemberLine(
                line(member.commit()),
                member.merged().map(s -> s.stream().value()),
                member.merged().map(CommitRecord.Source::sequence).orElse(0L),
                member.decisionId(),
                new TreeMap<>(member.changes())
                        .entrySet().stream()
                                .map(e -> line(e.getKey(), e.getValue()))
                                .toList());
    }

    private static CommitRecord.Member member(MemberLine line) {
        Map<TypeId, ChangeSet> changes = new HashMap<>();
        for (ChangeLine c : line.changes()) {
            changes.put(
                    new TypeId(c.type()),
                    new ChangeSet(
                            c.insertedCount(),
                            c.updatedCount(),
                            c.deletedCount(),
                            c.inserted(),
                            c.updated(),
                            c.deleted(),
                            ends(c.insertedEnds()),
                            ends(c.deletedEnds()),
                            c.complete()));
        }
        return new CommitRecord.Member(
                commit(line.commit()),
                line.mergedStream().map(s -> new CommitRecord.Source(new StreamId(s), line.mergedSequence())),
                line.decisionId(),
                changes);
    }

    private static ChangeLine line(TypeId type, ChangeSet change) {
        return new ChangeLine(
                type.value(),
                change.insertedCount(),
                change.updatedCount(),
                change.deletedCount(),
                change.inserted(),
                change.updated(),
                change.deleted(),
                endLines(change.insertedEnds()),
                endLines(change.deletedEnds()),
                change.complete());
    }

    private static List<List<String>> endLines(List<ChangeSet.Ends> ends) {
        return ends.stream().map(e -> List.of(e.source(), e.destination())).toList();
    }

    private static List<ChangeSet.Ends> ends(List<List<String>> lines) {
        return lines.stream().map(l -> new ChangeSet.Ends(l.get(0), l.get(1))).toList();
    }

    private static byte[] json(Object header) {
        try {
            return JSON.writeValueAsBytes(header);
        } catch (IOException impossible) {
            throw new IllegalStateException("a header is plain data", impossible);
        }
    }

    private static <T> T parse(String key, byte[] json, Class<T> form) {
        try {
            return JSON.readValue(json, form);
        } catch (IOException damaged) {
            throw Envelope.corrupt(key, "its header is not what this release writes: " + damaged.getMessage());
        }
    }

    /** Checksums have passed: what still doesn't fit was written wrong, and is as unreadable as damage. */
    private static <T> T guarded(String key, java.util.function.Supplier<T> read) {
        try {
            return read.get();
        } catch (EngineException typed) {
            throw typed;
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NullPointerException wrong) {
            throw Envelope.corrupt(key, "it contradicts itself: " + wrong);
        }
    }
}
