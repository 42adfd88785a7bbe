package io.precinct.engine.write;

import io.precinct.engine.LoadMode;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.manifest.RowVectors;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * The records of one type that a load has read: kept as rows while they are small enough to ride in a record, else
 * written into fragments a batch at a time while the input streams. Also the scratch space of the record being read.
 */
final class LoadedType implements AutoCloseable {
    private static final int SCAN_ROWS = 8_192;

    private final EntityType type;
    private final Context context;
    private TypeDelta delta;

    /** Of uniqueness; forgotten when a record that broke it is replaced by a later one. */
    private Findings clashes = new Findings();

    private final ValueRules rules;
    private final Optional<NodeKeys> keys;
    private final Map<String, Integer> positions = new HashMap<>();
    private final PropertyType[] forms;

    private final Object[] values;
    private final boolean[] seen;
    private String givenId;

    private final List<Embedding.Bound> embedded;
    /** Records whose vectors are made together. */
    private final List<Waiting> waiting = new ArrayList<>();

    private record Waiting(Object[] values, boolean[] seen, String givenId, String from, String to, long line) {}

    /** By id, while all rows are small. */
    private final Map<String, Kept> small = new LinkedHashMap<>();

    private long smallBytes;
    private boolean replacedEarlier;
    private Superseded superseded = new Superseded();
    private Optional<ArrowRows> batch = Optional.empty();
    private final Deque<ArrowRows> spare = new ConcurrentLinkedDeque<>();
    private final List<Future<TableStore.Staged>> staged = new ArrayList<>();
    private long rows;

    private record Kept(EntityRow row, long line) {}

    /** What all types of one load share. */
    record Context(
            LoadMode mode,
            EntityNumbers numbers,
            CallerAccess access,
            TableStore tables,
            Staging staging,
            BufferAllocator allocator,
            Supplier<String> newIds,
            Deltas deltas,
            Embeddings embeddings,
            BlobValues blobs,
            GraphView base) {}

    /** Read by the thread that stages. */
    private volatile Pin base;

    LoadedType(EntityType type, Pin base, Context context) {
        this.type = type;
        this.base = base;
        this.context = context;
        this.delta = context.deltas().of(type);
        this.rules = new ValueRules(type);
        this.embedded = Embedding.of(type);
        this.keys = type instanceof EntityType.Node node
                ? Optional.of(new NodeKeys(node)).filter(NodeKeys::keyed)
                : Optional.empty();
        this.forms = type.properties().stream().map(p -> p.type()).toArray(PropertyType[]::new);
        for (int position = 0; position < forms.length; position++) {
            Property property = type.properties().get(position);
            if (!context.access().access(type).denied().contains(property.name())) {
                positions.put(property.name(), position);
            } else if (!property.type().nullable()) {
                // No record can be whole without it, and saying so would name it.
                throw Denial.of(Denial.ROW);
            }
        }
        this.values = new Object[forms.length];
        this.seen = new boolean[forms.length];
    }

    EntityType type() {
        return type;
    }

    TypeDelta delta() {
        return delta;
    }

    String dataset() {
        return base.dataset();
    }

    /** The newest pin of the same columns: the one that reading began with may not be there for ever. */
    void standOn(Pin newest) {
        base = newest;
    }

    /** Whether rows of it are in files that no commit names yet. */
    boolean isStaged() {
        return !staged.isEmpty();
    }

    /** A new record of this type starts. */
    void begin() {
        Arrays.fill(values, null);
        Arrays.fill(seen, false);
        givenId = null;
    }

    /** Place of a property that exists for the caller, or -1. */
    int position(String name) {
        return positions.getOrDefault(name, -1);
    }

    PropertyType form(int position) {
        return forms[position];
    }

    /** Marks the property as met in this record; whether it was before. */
    boolean seen(int position) {
        boolean before = seen[position];
        seen[position] = true;
        return before;
    }

    /** @throws ValueReader.Unfit for a Blob that can't be kept */
    void value(int position, Object value) throws ValueReader.Unfit {
        values[position] = value != null && forms[position].scalar() == Scalar.BLOB
                ? context.blobs().cell(value, context.mode() == LoadMode.OVERWRITE)
                : value;
    }

    /** The value read for the property; null for null. */
    Object value(int position) {
        return values[position];
    }

    /** The id that the values read so far give by the key; empty without a key or while a member is null. */
    Optional<String> key() {
        return keys.flatMap(k -> k.id(position -> values[position]));
    }

    void id(String id) {
        givenId = id;
    }

    /** Judges the record by itself and keeps it, at once or when its vectors were made. */
    void accept(String from, String to, long line, Findings findings) {
        if (embedded.isEmpty()) {
            judge(from, to, line, findings);
            return;
        }
        waiting.add(new Waiting(values.clone(), seen.clone(), givenId, from, to, line));
        if (waiting.size() == Embeddings.BATCH) {
            embed(findings);
        }
    }

    /** Makes the vectors of the records that wait; one that brought its vector, or a null for it, keeps that. */
    private void embed(Findings findings) {
        Embedding embedding = new Embedding(context.embeddings());
        for (Embedding.Bound bound : embedded) {
            embedding.fill(
                    type,
                    bound,
                    waiting.stream()
                            .filter(record -> !record.seen()[bound.vector()])
                            .map(record -> new Embedding.Row(record.values(), before(record)))
                            .toList());
        }
        for (Waiting record : waiting) {
            System.arraycopy(record.values(), 0, values, 0, values.length);
            givenId = record.givenId();
            judge(record.from(), record.to(), record.line(), findings);
        }
        waiting.clear();
    }

    /** The row of the base that a record replaces. */
    private Optional<EntityRow> before(Waiting record) {
        if (context.mode() != LoadMode.MERGE) {
            return Optional.empty();
        }
        TypeView base = context.base().type(type.id());
        return keys.flatMap(k -> k.id(position -> record.values()[position]))
                .or(() -> Optional.ofNullable(record.givenId()))
                .map(base::rowOf)
                .filter(row -> row >= 0)
                .map(base::row);
    }

    private void judge(String from, String to, long line, Findings findings) {
        if (!rules.check(position -> values[position], line, findings)) {
            return;
        }
        String id = givenId;
        if (keys.isPresent()) {
            String key = keys.get().id(position -> values[position]).orElseThrow();
            if (givenId != null && !givenId.equals(key)) {
                findings.add(
                        "load_id",
                        type.name() + ".id: expected the canonical id '" + key + "' of its key, got '" + givenId + "'",
                        line);
                return;
            }
            id = key;
        } else if (id == null) {
            id = context.newIds().get();
        }
        if (!context.access().writesAll(type)
                && !context.access()
                        .mayWrite(type, property -> Optional.ofNullable(values[RowValues.position(type, property)]))) {
            throw Denial.of(Denial.ROW);
        }
        long number = context.numbers().number(type.id(), id);
        int known = delta.written.find(number, IdTable.check(id));
        if (known != IdTable.ABSENT && !replaceEarlier(id, known, line, findings)) {
            return;
        }
        keep(id, number, from, to, line, known != IdTable.ABSENT, findings);
    }

    /** A record with an id that the file had before; whether it takes the place of the earlier one. */
    private boolean replaceEarlier(String id, int known, long line, Findings findings) {
        long earlier = delta.written.payload(known);
        if (keys.isPresent() && context.mode() == LoadMode.MERGE) {
            findings.add(
                    "unique",
                    "@unique violation on " + type.name() + ".@key: value '" + id + "' held by '" + id + "' (line "
                            + earlier + ") and '" + id + "'",
                    line);
            return false;
        }
        if (context.mode() != LoadMode.MERGE) {
            findings.add(
                    "load_id",
                    "the id '" + id + "' of " + type.name() + " is in the file twice, first on line " + earlier,
                    line);
            return false;
        }
        if (batch.isPresent()) {
            superseded.again(known, delta.written.size());
            delta.written.payload(known, line);
        } else {
            replacedEarlier = true;
        }
        return true;
    }

    private void keep(String id, long number, String from, String to, long line, boolean replaces, Findings findings) {
        long fromNumber = 0;
        long toNumber = 0;
        if (type instanceof EntityType.Edge edge) {
            fromNumber = context.numbers().number(edge.source(), from);
            toNumber = context.numbers().number(edge.destination(), to);
        }
        if (!replaces) {
            delta.add(
                    new TypeDelta.Row(id, number, from, fromNumber, to, toNumber, position -> values[position], line),
                    clashes);
            rows++;
            if (clashes.full() && superseded.isEmpty()) {
                settleClashes(findings);
            }
        }
        if (batch.isEmpty()) {
            EntityRow row = row(id, number, from, fromNumber, to, toNumber);
            small.put(id, new Kept(row, line));
            smallBytes += ArrowRows.size(row);
            if (smallBytes > RowChanges.INLINE_BYTES) {
                spill();
            }
        } else {
            batch.get().add(id, number, from, fromNumber, to, toNumber, position -> values[position]);
            if (batch.get().full()) {
                stage();
            }
        }
    }

    private EntityRow row(String id, long number, String from, long fromNumber, String to, long toNumber) {
        List<Optional<Object>> list = new ArrayList<>(values.length);
        for (Object value : values) {
            list.add(Optional.ofNullable(value));
        }
        return new EntityRow(
                id,
                number,
                type instanceof EntityType.Edge
                        ? Optional.of(new EntityRow.Ends(from, fromNumber, to, toNumber))
                        : Optional.empty(),
                list);
    }

    private void spill() {
        renew();
        ArrowRows made = new ArrowRows(type, context.allocator());
        batch = Optional.of(made);
        small.values().forEach(kept -> made.add(kept.row()));
        small.clear();
    }

    /** Lets what is held in memory be written beside this thread, if the type outgrew the record. */
    void stage() {
        if (batch.isEmpty() || batch.get().rows() == 0) {
            return;
        }
        ArrowRows full = batch.get();
        ArrowRows free = spare.poll();
        batch = Optional.of(free == null ? new ArrowRows(type, context.allocator()) : free);
        boolean handedOver = false;
        try {
            staged.add(context.staging().start(() -> {
                try {
                    return full.stage(context.tables(), base);
                } finally {
                    spare.add(full);
                }
            }));
            handedOver = true;
        } finally {
            if (!handedOver) {
                spare.add(full);
            }
        }
    }

    /** Bytes of rows not written yet. */
    long heldBytes() {
        return batch.map(ArrowRows::bytes).orElse(0L);
    }

    /** Adds what the type's records break among themselves to the findings. */
    void settle(Findings findings) {
        if (!waiting.isEmpty()) {
            embed(findings);
        }
        settleClashes(findings);
    }

    private void settleClashes(Findings findings) {
        renew();
        dropSuperseded();
        findings.addAll(clashes);
        clashes = new Findings();
    }

    /** Where a record took the place of an earlier one, gathers ids, tuples and ends again from what is left. */
    private void renew() {
        if (!replacedEarlier) {
            return;
        }
        replacedEarlier = false;
        delta = context.deltas().renew(type);
        clashes = new Findings();
        small.values().forEach(kept -> delta.add(RowChanges.deltaRow(kept.row(), kept.line()), clashes));
    }

    /** Where staged rows gave way to later ones, writes again what is left and gathers ids, tuples and ends from it. */
    private void dropSuperseded() {
        if (superseded.isEmpty()) {
            return;
        }
        stage();
        Pin all = context.tables().replace(base, Staging.written(staged));
        staged.clear();
        Superseded gone = superseded;
        superseded = new Superseded();
        TypeDelta before = delta;
        delta = context.deltas().renew(type);
        clashes = new Findings();
        rows = 0;
        List<String> columns = TypeLayout.arrowSchema(type).getFields().stream()
                .map(Field::getName)
                .toList();
        int position = 0;
        try (RowBatches left =
                context.tables().scan(all, new TableStore.Scan(columns, Optional.empty(), false, SCAN_ROWS))) {
            for (Optional<VectorSchemaRoot> next = left.next(); next.isPresent(); next = left.next()) {
                for (EntityRow row : RowVectors.rows(next.get(), type)) {
                    if (!gone.gone(position++)) {
                        int known = before.written.find(row.number(), IdTable.check(row.id()));
                        delta.add(RowChanges.deltaRow(row, before.written.payload(known)), clashes);
                        rows++;
                        batch.orElseThrow().add(row);
                        if (batch.orElseThrow().full()) {
                            stage();
                        }
                    }
                }
            }
        }
    }

    /** The rows, if they are small enough to ride in a record; empty when they are staged. */
    Optional<List<EntityRow>> smallRows() {
        return batch.isEmpty()
                ? Optional.of(small.values().stream().map(Kept::row).toList())
                : Optional.empty();
    }

    long smallBytes() {
        return smallBytes;
    }

    /** All rows as staged fragments; the small ones are staged now, once. */
    List<TableStore.Staged> allStaged() {
        if (batch.isEmpty()) {
            spill();
        }
        stage();
        return Staging.written(staged);
    }

    long rows() {
        return rows;
    }

    @Override
    public void close() {
        batch.ifPresent(ArrowRows::close);
        spare.forEach(ArrowRows::close);
    }
}
