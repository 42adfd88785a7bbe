package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the records of one stream up to {@code sequence} add up to. Immutable; a pure function of the records.
 *
 * @param digest of the record at {@code sequence}; the next record names it
 * @param checkpointed the newest checkpoint this was read from or is known to have; 1 for the first record
 */
record StreamState(
        StreamId stream,
        BranchName branch,
        long seed,
        long sequence,
        String digest,
        CommitInfo head,
        Schema schema,
        Map<TypeId, TypeState> types,
        boolean terminal,
        long checkpointed,
        Snapshot snapshot) {

    /** {@code layers} ascend by sequence, all above {@code foldedThrough}; {@code overlay} is what they add up to. */
    record TypeState(
            EntityType type,
            Pin pin,
            long foldedThrough,
            List<CommitRecord.Layer> layers,
            Overlay overlay,
            long overlayBytes) {
        static TypeState of(EntityType type, Pin pin, long foldedThrough, List<CommitRecord.Layer> layers) {
            Overlay overlay = Overlay.EMPTY;
            long bytes = 0;
            for (CommitRecord.Layer layer : layers) {
                overlay = overlay.with(entries(layer.rows()));
                bytes += layer.rows().bytes();
            }
            return new TypeState(type, pin, foldedThrough, List.copyOf(layers), overlay, bytes);
        }

        TypeState with(CommitRecord.Layer layer) {
            List<CommitRecord.Layer> more = new ArrayList<>(layers);
            more.add(layer);
            return new TypeState(
                    type,
                    pin,
                    foldedThrough,
                    List.copyOf(more),
                    overlay.with(entries(layer.rows())),
                    overlayBytes + layer.rows().bytes());
        }

        /** Entries after {@code through} stay: the new pin holds the state after that record. */
        TypeState movedTo(Pin next, long through) {
            return of(
                    type,
                    next,
                    through,
                    layers.stream().filter(l -> l.sequence() > through).toList());
        }

        TypeState renamed(EntityType now) {
            return new TypeState(now, pin, foldedThrough, layers, overlay, overlayBytes);
        }

        /** Inline rows lose what the type has no longer, and are null in what it has now. */
        TypeState withColumnsOf(EntityType next, String key) {
            List<Property> old = type.properties();
            int[] sources = next.properties().stream()
                    .mapToInt(p -> old.stream().map(Property::id).toList().indexOf(p.id()))
                    .toArray();
            for (int p = 0; p < sources.length; p++) {
                PropertyType form = next.properties().get(p).type().asNullable();
                boolean converted = sources[p] >= 0
                        && (old.get(sources[p]).type().scalar() != form.scalar()
                                || old.get(sources[p]).type().list() != form.list());
                if (converted && !layers.isEmpty()) {
                    throw Envelope.corrupt(key, "it changes columns of " + next.name() + " under inline rows");
                }
            }
            return of(
                    next,
                    pin,
                    foldedThrough,
                    layers.stream()
                            .map(layer -> new CommitRecord.Layer(
                                    layer.sequence(),
                                    new CommitRecord.Rows(
                                            moved(layer.rows().inserted(), sources),
                                            moved(layer.rows().updated(), sources),
                                            layer.rows().deleted())))
                            .toList());
        }

        private static List<EntityRow> moved(List<EntityRow> rows, int[] sources) {
            return rows.stream()
                    .map(row -> new EntityRow(
                            row.id(),
                            row.number(),
                            row.ends(),
                            Arrays.stream(sources)
                                    .mapToObj(at -> at < 0 ? Optional.empty() : row.value(at))
                                    .toList()))
                    .toList();
        }

        CommitRecord.TypeImage image() {
            return new CommitRecord.TypeImage(type.id(), pin, foldedThrough, layers);
        }
    }

    static StreamState of(
            StreamId stream,
            BranchName branch,
            long seed,
            long sequence,
            String digest,
            CommitInfo head,
            Schema schema,
            Map<TypeId, TypeState> types,
            boolean terminal,
            long checkpointed) {
        Map<TypeId, TypeSnapshot> views = new TreeMap<>();
        types.forEach((id, t) -> views.put(id, new TypeSnapshot(t.type(), t.pin(), t.foldedThrough(), t.overlay())));
        Snapshot snapshot = new Snapshot(stream, branch, sequence, head, schema, new EntityNumbers(seed), views);
        return new StreamState(
                stream,
                branch,
                seed,
                sequence,
                digest,
                head,
                schema,
                Map.copyOf(types),
                terminal,
                checkpointed,
                snapshot);
    }

    /** The state after a stream's first record. */
    static StreamState first(CommitRecord record, String digest, String key) {
        CommitRecord.Genesis genesis = record.genesis()
                .orElseThrow(() -> Envelope.corrupt(key, "it is the first of its stream and holds no state"));
        Optional<CommitInfo> own = record.members().isEmpty()
                ? Optional.empty()
                : Optional.of(record.members().getLast().commit());
        CommitInfo head = own.or(genesis::head)
                .orElseThrow(() -> Envelope.corrupt(key, "it is the first of its stream and names no commit"));
        return of(
                record.stream(),
                genesis.branch(),
                genesis.seed(),
                record.sequence(),
                digest,
                head,
                record.schema(),
                types(record.schema(), genesis.state(), key),
                record.terminal(),
                record.sequence());
    }

    static Map<TypeId, TypeState> types(Schema schema, List<CommitRecord.TypeImage> images, String key) {
        Map<TypeId, TypeState> types = new TreeMap<>();
        Map<TypeId, CommitRecord.TypeImage> byType = new TreeMap<>();
        images.forEach(image -> byType.put(image.type(), image));
        for (EntityType type : schema.types()) {
            CommitRecord.TypeImage image = byType.get(type.id());
            if (image == null) {
                throw Envelope.corrupt(key, "it holds no state of type " + type.name());
            }
            types.put(type.id(), TypeState.of(type, image.pin(), image.foldedThrough(), image.layers()));
        }
        return types;
    }

    /**
     * The state after {@code record}.
     *
     * @param key of the record, for errors
     */
    StreamState after(CommitRecord record, String recordDigest, String key) {
        if (!record.stream().equals(stream) || record.sequence() != sequence + 1) {
            throw Envelope.corrupt(
                    key, "it says that it is " + record.stream() + "/" + record.sequence() + ", which is another slot");
        }
        if (!record.previous().equals(Optional.of(digest))) {
            throw Envelope.corrupt(key, "it does not follow the record in the slot before it");
        }
        if (terminal) {
            throw Envelope.corrupt(key, "it follows the record that ends the branch");
        }
        Map<TypeId, TypeState> next = new TreeMap<>();
        for (EntityType type : record.schema().types()) {
            next.put(type.id(), typeAfter(type, record, key));
        }
        CommitInfo last =
                record.members().isEmpty() ? head : record.members().getLast().commit();
        return of(
                stream,
                branch,
                seed,
                record.sequence(),
                recordDigest,
                last,
                record.schema(),
                next,
                record.terminal(),
                checkpointed);
    }

    private TypeState typeAfter(EntityType type, CommitRecord record, String key) {
        TypeState before = types.get(type.id());
        CommitRecord.PinMove move = record.pins().get(type.id());
        if (before == null && move == null) {
            throw Envelope.corrupt(key, "it adds type " + type.name() + " without a dataset");
        }
        TypeState now;
        if (before == null) {
            now = TypeState.of(type, move.pin(), move.foldedThrough(), List.of());
        } else {
            now = move == null ? before : before.movedTo(move.pin(), move.foldedThrough());
            if (!before.type().equals(type)) {
                now = TypeLayout.arrowSchema(before.type()).equals(TypeLayout.arrowSchema(type))
                        ? now.renamed(type)
                        : now.withColumnsOf(type, key);
            }
        }
        CommitRecord.Rows rows = record.inline().get(type.id());
        return rows == null || rows.size() == 0 ? now : now.with(new CommitRecord.Layer(record.sequence(), rows));
    }

    StreamState checkpointed(long at) {
        return new StreamState(
                stream,
                branch,
                seed,
                sequence,
                digest,
                head,
                schema,
                types,
                terminal,
                Math.max(checkpointed, at),
                snapshot);
    }

    List<CommitRecord.TypeImage> images() {
        return types.values().stream().map(TypeState::image).toList();
    }

    /** The state as another stream's first record takes it over: one layer a type, of sequence 1. */
    List<CommitRecord.TypeImage> imagesForNewStream() {
        return types.values().stream()
                .map(t -> new CommitRecord.TypeImage(
                        t.type().id(),
                        t.pin(),
                        0,
                        t.overlay().isEmpty() ? List.of() : List.of(new CommitRecord.Layer(1, collapsed(t.overlay())))))
                .toList();
    }

    private static CommitRecord.Rows collapsed(Overlay overlay) {
        List<EntityRow> inserted = new ArrayList<>();
        List<EntityRow> updated = new ArrayList<>();
        java.util.Set<String> deleted = new java.util.LinkedHashSet<>();
        overlay.entries().forEach((id, entry) -> {
            if (entry.row().isEmpty()) {
                deleted.add(id);
            } else if (entry.inBase()) {
                updated.add(entry.row().get());
            } else {
                inserted.add(entry.row().get());
            }
        });
        return new CommitRecord.Rows(inserted, updated, deleted);
    }

    static Map<String, Overlay.Entry> entries(CommitRecord.Rows rows) {
        Map<String, Overlay.Entry> entries = new LinkedHashMap<>();
        rows.inserted().forEach(row -> entries.put(row.id(), new Overlay.Entry(Optional.of(row), false)));
        rows.updated().forEach(row -> entries.put(row.id(), new Overlay.Entry(Optional.of(row), true)));
        rows.deleted().forEach(id -> entries.put(id, new Overlay.Entry(Optional.empty(), true)));
        return entries;
    }
}
