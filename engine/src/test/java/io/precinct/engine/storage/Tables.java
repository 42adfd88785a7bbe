package io.precinct.engine.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Small tables for tests: rows of a text id and a number. Closes everything it opened. */
final class Tables implements AutoCloseable {
    static final Schema SCHEMA = new Schema(List.of(
            Field.notNullable("id", ArrowType.Utf8.INSTANCE), Field.nullable("n", new ArrowType.Int(64, true))));

    record Row(String id, Long n) {}

    private final RootAllocator root = new RootAllocator();
    private final NativePool pool = new NativePool(4, 2);
    final NativeResources resources =
            NativeResources.open("test", root, pool, new NativeResources.Limits(256 << 20, 16 << 20, 16 << 20));
    final TableStore store;

    Tables(Path directory, boolean durable) {
        this(new StoreLocation.Directory(directory, durable), LanceTableStore.Settings.DEFAULTS);
    }

    Tables(StoreLocation location, LanceTableStore.Settings settings) {
        this(location, settings, Durability::force);
    }

    Tables(StoreLocation location, LanceTableStore.Settings settings, Durability.Forcer forcer) {
        store = LanceTableStore.open(location, resources, settings, forcer);
    }

    /** Owns the store from now on. */
    Tables(TableStore store) {
        this.store = store;
    }

    int openHandles() {
        return ((LanceTableStore) store).openHandles();
    }

    TableStore.Staged stage(Pin pin, List<Row> rows) {
        try (RowBatches batches = batches(rows, 1000)) {
            return store.stage(pin.dataset(), SCHEMA, batches);
        }
    }

    TableStore.Staged stage(Pin pin, Row... rows) {
        return stage(pin, List.of(rows));
    }

    List<Row> rows(Pin pin) {
        return rows(pin, Optional.empty());
    }

    List<Row> rows(Pin pin, Optional<ColumnPredicate> filter) {
        List<Row> found = new ArrayList<>();
        try (RowBatches batches = store.scan(pin, new TableStore.Scan(List.of("id", "n"), filter, false, 4096))) {
            for (Optional<VectorSchemaRoot> b = batches.next(); b.isPresent(); b = batches.next()) {
                VarCharVector ids = (VarCharVector) b.get().getVector("id");
                BigIntVector numbers = (BigIntVector) b.get().getVector("n");
                for (int i = 0; i < b.get().getRowCount(); i++) {
                    found.add(new Row(
                            ids.isNull(i) ? null : new String(ids.get(i), UTF_8),
                            numbers.isNull(i) ? null : numbers.get(i)));
                }
            }
        }
        return found;
    }

    List<String> ids(Pin pin) {
        return rows(pin).stream().map(Row::id).toList();
    }

    List<Long> addresses(Pin pin) {
        List<Long> found = new ArrayList<>();
        try (RowBatches batches = store.scan(pin, new TableStore.Scan(List.of("id"), Optional.empty(), true, 4096))) {
            for (Optional<VectorSchemaRoot> b = batches.next(); b.isPresent(); b = batches.next()) {
                UInt8Vector addresses = (UInt8Vector) b.get().getVector("_rowaddr");
                for (int i = 0; i < b.get().getRowCount(); i++) {
                    found.add(addresses.get(i));
                }
            }
        }
        return found;
    }

    /** Batches in the columns' reverse order, refilled in place: what a careless producer would do. */
    RowBatches batches(List<Row> rows, int batchRows) {
        VectorSchemaRoot batch = VectorSchemaRoot.create(
                new Schema(List.of(SCHEMA.findField("n"), SCHEMA.findField("id"))), resources.allocator());
        Iterator<Row> left = rows.iterator();
        return new RowBatches() {
            @Override
            public Optional<VectorSchemaRoot> next() {
                if (!left.hasNext()) {
                    return Optional.empty();
                }
                BigIntVector numbers = (BigIntVector) batch.getVector("n");
                VarCharVector ids = (VarCharVector) batch.getVector("id");
                numbers.reset();
                ids.reset();
                int i = 0;
                for (; i < batchRows && left.hasNext(); i++) {
                    Row row = left.next();
                    if (row.n() == null) {
                        numbers.setNull(i);
                    } else {
                        numbers.setSafe(i, row.n());
                    }
                    if (row.id() == null) {
                        ids.setNull(i);
                    } else {
                        ids.setSafe(i, row.id().getBytes(UTF_8));
                    }
                }
                batch.setRowCount(i);
                return Optional.of(batch);
            }

            @Override
            public void close() {
                batch.close();
            }
        };
    }

    @Override
    public void close() {
        store.close();
        resources.close();
        pool.close();
        root.close();
    }
}
