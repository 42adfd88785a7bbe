package io.precinct.engine.crash;

import io.precinct.engine.BackgroundThreads;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphOfParts;
import io.precinct.engine.Provenance;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.GraphLogs;
import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.query.RowRules;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.SchemaJson;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.LanceTableStore;
import io.precinct.engine.storage.LocalObjectStore;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.write.BlobValues;
import io.precinct.engine.write.LoadLimits;
import io.precinct.engine.write.WriteLimits;
import io.precinct.engine.write.WriteTools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * The whole engine over a local directory, forced to disk, put together as a graph store does it; but its waits and bounds
 * are short, so that much happens in little time, and a test may stand in front of its stores. Thread-safe.
 */
final class LocalEngine implements AutoCloseable {
    static final Provenance BY = new Provenance("tester", "request", Optional.empty());

    /** A collection waits little more than a second; overlays are folded after some thirty records. */
    static final LogSettings.Limits HURRIED = new LogSettings.Limits(
            8 << 10, 256 << 10, 64 << 10, 2_048, 1 << 20, 256, Duration.ofSeconds(1), Duration.ofMillis(5));

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /** What stands in front of the stores of a graph. */
    record Doors(UnaryOperator<ObjectStore> objects, UnaryOperator<TableStore> tables) {
        static final Doors OPEN = new Doors(UnaryOperator.identity(), UnaryOperator.identity());
    }

    /** @param folder root of its files */
    record Opened(Graph graph, TableStore tables, Path folder) {}

    private final Path root;
    private final Doors doors;
    private final BufferAllocator memory = new RootAllocator();
    private final NativePool pool = new NativePool(4, 4);
    private final NativeResources resources =
            NativeResources.open("crash", memory, pool, new NativeResources.Limits(1L << 30, 16 << 20, 16 << 20));
    private final BackgroundThreads background = new BackgroundThreads("crash", 1);
    private final IdSource ids = ids();
    private final List<AutoCloseable> parts = new ArrayList<>();

    LocalEngine(Path root) {
        this(root, Doors.OPEN);
    }

    LocalEngine(Path root, Doors doors) {
        this.root = root;
        this.doors = doors;
    }

    Opened create(String name, String schema) {
        return opened(
                name,
                (objects, tables) ->
                        GraphLogs.create(objects, tables, SchemaCompiler.compile(schema), settings(), name, BY));
    }

    Opened open(String name) {
        return opened(
                name,
                (objects, tables) -> GraphLogs.open(objects, tables, settings())
                        .orElseThrow(() -> new AssertionError("the graph " + name + " is gone")));
    }

    @FunctionalInterface
    private interface LogSource {
        GraphLog log(ObjectStore objects, TableStore tables);
    }

    private synchronized Opened opened(String name, LogSource source) {
        Path folder = root.resolve("graphs").resolve(name);
        ObjectStore objects = doors.objects().apply(LocalObjectStore.open(folder, true));
        TableStore tables = LanceTableStore.open(new StoreLocation.Directory(folder, true), resources);
        parts.add(tables);
        TableStore front = doors.tables().apply(tables);
        GraphLog log = source.log(objects, front);
        DecodedViews views = new DecodedViews(front, 256L << 20);
        parts.add(views);
        parts.add(log);
        WriteTools tools = new WriteTools(
                views,
                front,
                ids,
                (type, rule) -> RowRules.bind(rule, type),
                WriteLimits.DEFAULT,
                LoadLimits.DEFAULT,
                new Embeddings(new MockEmbedder()),
                BlobValues.IN_ROWS);
        return new Opened(GraphOfParts.of(log, tools, views, front, Clock.systemUTC()), tables, folder);
    }

    private LogSettings settings() {
        return new LogSettings(
                ids,
                Clock.systemUTC(),
                new LogSettings.SchemaForm() {
                    @Override
                    public byte[] write(Schema schema) {
                        return SchemaJson.write(schema);
                    }

                    @Override
                    public Schema read(byte[] bytes) {
                        return SchemaJson.read(bytes);
                    }
                },
                HURRIED,
                Optional.of(background));
    }

    /** Unlike any other process's ids, ascending in this one. */
    static IdSource ids() {
        long start = new SecureRandom().nextLong() >>> 1;
        AtomicLong next = new AtomicLong(start);
        return () -> {
            StringBuilder id = new StringBuilder("01J8Z9M3QK7X");
            long value = next.getAndIncrement();
            for (int shift = 65; shift >= 0; shift -= 5) {
                id.append(shift > 63 ? '0' : DIGITS.charAt((int) (value >>> shift) & 31));
            }
            return id.toString();
        };
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
        background.close();
        resources.close();
        pool.close();
        memory.close();
    }
}
