package io.precinct.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns that come later and rows that lack some, on real datasets. */
class WidenedTableTest {
    private static final Field TEXT = Field.nullable("p7", ArrowType.Utf8.INSTANCE);
    private static final Field LIST = new Field(
            "p8",
            FieldType.nullable(new ArrowType.List()),
            List.of(Field.nullable("item", new ArrowType.Int(64, true))));
    private static final Schema WIDER =
            new Schema(List.of(Tables.SCHEMA.findField("id"), Tables.SCHEMA.findField("n"), LIST, TEXT));

    private static TableStore.Staged stage(Tables tables, Pin at, Schema schema, String... ids) {
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, tables.resources.allocator());
        root.allocateNew();
        for (int i = 0; i < ids.length; i++) {
            ((VarCharVector) root.getVector("id")).setSafe(i, ids[i].getBytes(StandardCharsets.UTF_8));
            if (root.getVector("n") != null) {
                ((BigIntVector) root.getVector("n")).setSafe(i, i);
            }
            if (root.getVector("p7") != null) {
                ((VarCharVector) root.getVector("p7")).setSafe(i, ("t" + ids[i]).getBytes(StandardCharsets.UTF_8));
            }
            if (root.getVector("p8") instanceof ListVector list) {
                list.startNewValue(i);
                ((BigIntVector) list.getDataVector()).setSafe(i, 10 + i);
                list.endValue(i, 1);
            }
        }
        root.setRowCount(ids.length);
        try (RowBatches batches = new RowBatches() {
            private boolean pulled;

            @Override
            public Optional<VectorSchemaRoot> next() {
                boolean first = !pulled;
                pulled = true;
                return first ? Optional.of(root) : Optional.empty();
            }

            @Override
            public void close() {
                root.close();
            }
        }) {
            return tables.store.stage(at, schema, batches);
        }
    }

    private static List<String> rows(Tables tables, Pin pin) {
        List<String> found = new ArrayList<>();
        var scan = new TableStore.Scan(List.of("id", "n", "p7", "p8"), Optional.empty(), false, 100);
        try (RowBatches batches = tables.store.scan(pin, scan)) {
            for (Optional<VectorSchemaRoot> b = batches.next(); b.isPresent(); b = batches.next()) {
                for (int i = 0; i < b.get().getRowCount(); i++) {
                    StringBuilder row = new StringBuilder();
                    for (FieldVector vector : b.get().getFieldVectors()) {
                        row.append(vector.getObject(i)).append(' ');
                    }
                    found.add(row.toString().strip());
                }
            }
        }
        return found;
    }

    @Test
    void rowsOfBeforeAreNullInAColumnThatComesLater(@TempDir Path root) {
        try (Tables tables = new Tables(root, false)) {
            Pin old = tables.store.create("t1", Tables.SCHEMA);
            old = tables.store.append(old, List.of(stage(tables, old, Tables.SCHEMA, "a", "b")));
            Pin wide = tables.store.widen(old, WIDER);
            assertThat(wide.rows()).isEqualTo(2);
            assertThat(rows(tables, wide)).containsExactly("a 0 null null", "b 1 null null");
            assertThat(tables.store.widen(wide, WIDER)).isEqualTo(wide);
            assertThat(tables.store.widen(wide, Tables.SCHEMA)).isEqualTo(wide);
            assertThat(tables.ids(old)).as("the old version").containsExactly("a", "b");

            Pin more = tables.store.append(wide, List.of(stage(tables, wide, WIDER, "c")));
            assertThat(rows(tables, more)).containsExactly("a 0 null null", "b 1 null null", "c 0 tc [10]");
            Pin less = tables.store.append(
                    more, List.of(stage(tables, more, new Schema(List.of(TEXT, Tables.SCHEMA.findField("id"))), "d")));
            assertThat(rows(tables, less)).endsWith("d null td null");

            List<Long> addresses = tables.store.locate(less, "id", List.of("a")).stream()
                    .map(TableStore.Located::address)
                    .toList();
            Pin without = tables.store.rewriteRows(less, addresses, List.of(stage(tables, less, WIDER, "e")));
            assertThat(rows(tables, without))
                    .containsExactly("b 1 null null", "c 0 tc [10]", "d null td null", "e 0 te [10]");
            TableStore.Compaction compaction = tables.store
                    .compact(without, new TableStore.CompactionLimits(1_000, 0.1), () -> false)
                    .orElseThrow();
            Pin compacted = tables.store.commitCompaction(without, compaction).orElseThrow();
            assertThat(compacted.fragments()).isEqualTo(1);
            assertThat(rows(tables, compacted)).isEqualTo(rows(tables, without));
        }
    }

    @Test
    void anEmptyTableIsWidenedToo(@TempDir Path root) {
        try (Tables tables = new Tables(root, false)) {
            Pin wide = tables.store.widen(tables.store.create("t1", Tables.SCHEMA), WIDER);
            assertThat(rows(tables, wide)).isEmpty();
            assertThat(rows(tables, tables.store.append(wide, List.of(stage(tables, wide, WIDER, "a")))))
                    .containsExactly("a 0 ta [10]");
        }
    }

    @Test
    void rowsWithAColumnThatTheVersionLacksAreRefused(@TempDir Path root) {
        try (Tables tables = new Tables(root, false)) {
            Pin old = tables.store.create("t1", Tables.SCHEMA);
            assertThatThrownBy(() -> stage(tables, old, WIDER, "a")).hasMessageContaining("don't belong: [p7, p8]");
        }
    }
}
