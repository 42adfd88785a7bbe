package io.precinct.engine.write;

import io.precinct.engine.LoadMode;
import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The records of one type that a load has read: kept as rows while they are small enough to ride in a record, else
 * written into fragments a batch at a time while the input streams. Also the scratch space of the record being read.
 */
final class LoadedType implements AutoCloseable {
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

    /** By id, while all rows are small. */
    private final Map<String, Kept> small = new LinkedHashMap<>();

    private long smallBytes;
    private boolean replacedEarlier;
    private Optional<ArrowRows> batch = Optional.empty();
    private final List<TableStore.Staged> staged = new ArrayList<>();
    private long rows;

    private record Kept(EntityRow row, long line) {}

    /** What all types of one load share. */
    record Context(
            LoadMode mode,
            EntityNumbers numbers,
            CallerAccess access,
            TableStore tables,
            BufferAllocator allocator,
            Supplier<String> newIds,
            Deltas deltas) {}

    private final Pin at;

    LoadedType(EntityType type, Pin at, Context context) {
        this.type = type;
        this.at = at;
        this.context = context;
        this.delta = context.deltas().of(type);
        this.rules = new ValueRules(type);
        this.keys = type instanceof EntityType.Node node
                ? Optional.of(new NodeKeys(node)).filter(NodeKeys::keyed)
                : Optional.empty();
        this.forms = type.properties().stream().map(p -> p.type()).toArray(PropertyType[]::new);
        for (int position = 0; position < forms.length; position++) {
            positions.put(type.properties().get(position).name(), position);
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
        return at.dataset();
    }

    /** A new record of this type starts. */
    void begin() {
        Arrays.fill(values, null);
        Arrays.fill(seen, false);
        givenId = null;
    }

    /** Place of a property, or -1. */
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
        context.access().requireNameable(type, type.properties().get(position));
        return before;
    }

    void value(int position, Object value) {
        values[position] = value;
    }

    void id(String id) {
        givenId = id;
    }

    /** Judges the record by itself and keeps it. */
    void accept(String from, String to, long line, Findings findings) {
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
            findings.add(
                    "load_id",
                    "the id '" + id + "' of " + type.name() + " is in the file twice, first on line " + earlier
                            + "; the last one wins only among the first records of a type that fit into "
                            + RowChanges.INLINE_BYTES + " bytes: remove the earlier line",
                    line);
            return false;
        }
        replacedEarlier = true;
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
            if (clashes.full()) {
                settle(findings);
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

    /** Writes what is held in memory, if the type outgrew the record. */
    void stage() {
        if (batch.isPresent() && batch.get().rows() > 0) {
            staged.add(batch.get().stage(context.tables(), at));
        }
    }

    /** Bytes of rows not written yet. */
    long heldBytes() {
        return batch.map(ArrowRows::bytes).orElse(0L);
    }

    /** Adds what the type's records break among themselves to the findings. */
    void settle(Findings findings) {
        renew();
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
        return staged;
    }

    long rows() {
        return rows;
    }

    @Override
    public void close() {
        batch.ifPresent(ArrowRows::close);
    }
}
