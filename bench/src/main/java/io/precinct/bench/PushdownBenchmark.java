package io.precinct.bench;

import io.precinct.engine.BranchName;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.LanceGraphStore;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.TypeLayout;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.storage.ColumnPredicate;
import io.precinct.engine.storage.LanceTableStore;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.engine.storage.TableStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * What a filter costs when Lance evaluates it, and what it costs to decode the column instead, once per dataset
 * version, on the store that {@link PersonBenchmark} left in the folder given.
 */
public final class PushdownBenchmark {
    private static final int ROUNDS = 50;

    private PushdownBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]).resolve("precinct");
        StoreLocation root = new StoreLocation.Directory(folder, true);
        try (RootAllocator memory = new RootAllocator();
                NativePool pool = new NativePool(4, 4)) {
            Pin pin;
            EntityType person;
            try (LanceGraphStore store = LanceGraphStore.open(new LanceGraphStore.Settings(
                    root,
                    "bench",
                    memory,
                    pool,
                    NativeResources.Limits.DEFAULTS,
                    1L << 30,
                    () -> {
                        throw new IllegalStateException("nothing is written");
                    },
                    Clock.systemUTC()))) {
                Graph graph = store.open(new GraphId("people"));
                var snapshot = graph.snapshot(new Target.Branch(BranchName.MAIN));
                person = snapshot.schema().node("Person").orElseThrow();
                pin = snapshot.type(person.id()).pin();
            }
            Property city = person.property("city").orElseThrow();
            String column = TypeLayout.column(city.id());
            try (NativeResources resources =
                            NativeResources.open("bench", memory, pool, NativeResources.Limits.DEFAULTS);
                    TableStore tables = LanceTableStore.open(root.below("graphs/people"), resources)) {
                measure(tables, pin, "filter in Lance", List.of(TypeLayout.ID), Optional.of(equal(column)));
                measure(tables, pin, "column without filter", List.of(column), Optional.empty());
            }
        }
    }

    private static ColumnPredicate equal(String column) {
        return new ColumnPredicate.Compare(column, ColumnPredicate.Operator.EQ, "city05");
    }

    private static void measure(
            TableStore tables, Pin pin, String what, List<String> columns, Optional<ColumnPredicate> filter) {
        long[] nanos = new long[ROUNDS];
        long rows = 0;
        for (int i = -10; i < ROUNDS; i++) {
            long began = System.nanoTime();
            rows = 0;
            try (RowBatches batches = tables.scan(pin, new TableStore.Scan(columns, filter, false, 65_536))) {
                for (Optional<VectorSchemaRoot> batch = batches.next(); batch.isPresent(); batch = batches.next()) {
                    rows += batch.get().getRowCount();
                }
            }
            if (i >= 0) {
                nanos[i] = System.nanoTime() - began;
            }
        }
        Arrays.sort(nanos);
        System.out.printf("%-24s p50 %,8.0f us, %,d rows of %,d%n", what, nanos[ROUNDS / 2] / 1e3, rows, pin.rows());
    }
}
