package io.precinct.engine;

import io.precinct.engine.manifest.Background;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.GraphLogs;
import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.query.RowRules;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaCompiler;
import io.precinct.engine.schema.SchemaJson;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MiniLmEmbedder;
import io.precinct.engine.search.SearchTools;
import io.precinct.engine.search.TextIndexes;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.Embedder;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.BlobStore;
import io.precinct.engine.storage.LanceTableStore;
import io.precinct.engine.storage.LocalObjectStore;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.S3ObjectStore;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.upkeep.Compact;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.Views;
import io.precinct.engine.write.BlobValues;
import io.precinct.engine.write.WriteTools;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;

/** Graphs as Lance datasets with their own commit logs, below one location: {@code graphs/<graph>/…}. */
public final class LanceGraphStore implements GraphStore {
    /** Fragments below a million rows are merged, and those of which a tenth is deleted are rewritten. */
    private static final TableStore.CompactionLimits COMPACTION = new TableStore.CompactionLimits(1_048_576, 0.1);

    /** Analysed texts may take this part of what decoded views may, on the heap. */
    private static final int TEXT_SHARE = 4;

    private final Settings settings;
    private final NativeResources resources;
    private final Background background;
    private final AutoCloseable ownThreads;
    private final Map<GraphId, Opened> graphs = new HashMap<>();
    private boolean closed;

    /**
     * @param location root of the tenant's store
     * @param name for messages and thread names
     * @param memory parent of everything this instance allocates off heap
     * @param pool native threads, shared by the instances of a process
     * @param viewBytes most decoded bytes a graph holds
     * @param embedder of the texts of queries and {@code @embed}; stays the caller's to close
     * @param requests what one request may ask for
     */
    public record Settings(
            StoreLocation location,
            String name,
            BufferAllocator memory,
            NativePool pool,
            NativeResources.Limits limits,
            long viewBytes,
            IdSource ids,
            InstantSource clock,
            Embedder embedder,
            EngineLimits requests) {
        /** With the default limits of requests. */
        public Settings(
                StoreLocation location,
                String name,
                BufferAllocator memory,
                NativePool pool,
                NativeResources.Limits limits,
                long viewBytes,
                IdSource ids,
                InstantSource clock,
                Embedder embedder) {
            this(location, name, memory, pool, limits, viewBytes, ids, clock, embedder, EngineLimits.DEFAULTS);
        }

        /** Embeds in this process. */
        public Settings(
                StoreLocation location,
                String name,
                BufferAllocator memory,
                NativePool pool,
                NativeResources.Limits limits,
                long viewBytes,
                IdSource ids,
                InstantSource clock) {
            this(location, name, memory, pool, limits, viewBytes, ids, clock, new MiniLmEmbedder());
        }
    }

    private record Opened(LanceGraph graph, List<AutoCloseable> parts, Views views) {}

    private LanceGraphStore(Settings settings, Background background, AutoCloseable ownThreads) {
        this.settings = settings;
        this.resources = NativeResources.open(settings.name(), settings.memory(), settings.pool(), settings.limits());
        this.background = background;
        this.ownThreads = ownThreads;
    }

    /** A store with a thread of its own for folds and checkpoints, which exists while there is such work. */
    public static LanceGraphStore open(Settings settings) {
        BackgroundThreads own = new BackgroundThreads(settings.name(), 1);
        return new LanceGraphStore(settings, own, own);
    }

    /** @param background for folds and checkpoints; may be shared, and stays open when the store closes */
    public static LanceGraphStore open(Settings settings, Background background) {
        return new LanceGraphStore(settings, background, () -> {});
    }

    @Override
    public synchronized Graph create(GraphId id, String schemaSource, Provenance by) {
        ensureOpen();
        Schema schema = SchemaCompiler.compile(schemaSource);
        if (graphs.containsKey(id)) {
            throw new EngineException(new EngineFailure.AlreadyExists("graph", id.value()));
        }
        return opened(
                        id,
                        (objects, tables) ->
                                Optional.of(GraphLogs.create(objects, tables, schema, logSettings(), id.value(), by)))
                .orElseThrow();
    }

    @Override
    public synchronized Graph open(GraphId id) {
        ensureOpen();
        Opened known = graphs.get(id);
        if (known != null) {
            return known.graph();
        }
        return opened(id, (objects, tables) -> GraphLogs.open(objects, tables, logSettings()))
                .orElseThrow(() -> new EngineException(new EngineFailure.NotFound("graph", id.value())));
    }

    @FunctionalInterface
    private interface LogSource {
        Optional<GraphLog> log(ObjectStore objects, TableStore tables);
    }

    private Optional<Graph> opened(GraphId id, LogSource source) {
        List<AutoCloseable> parts = new ArrayList<>();
        boolean kept = false;
        try {
            StoreLocation root = settings.location().below("graphs/" + id.value());
            ObjectStore objects = switch (root) {
                case StoreLocation.Directory directory -> LocalObjectStore.open(directory.path(), directory.durable());
                case StoreLocation.S3 s3 -> {
                    S3ObjectStore store = S3ObjectStore.open(s3);
                    parts.add(store);
                    yield store;
                }
            };
            TableStore tables = LanceTableStore.open(root, resources);
            parts.add(tables);
            Optional<GraphLog> log = source.log(objects, tables);
            if (log.isEmpty()) {
                return Optional.empty();
            }
            Views views = new DecodedViews(tables, settings.viewBytes());
            parts.add(views);
            parts.add(log.get());
            Embeddings embeddings = new Embeddings(settings.embedder());
            BlobStore blobs = new BlobStore(objects);
            WriteTools tools = new WriteTools(
                    views,
                    tables,
                    settings.ids(),
                    (type, rule) -> RowRules.bind(rule, type),
                    settings.requests().mutation(),
                    settings.requests().load(),
                    embeddings,
                    new BlobValues(Optional.of(blobs), settings.requests().external()));
            LanceGraph graph = new LanceGraph(
                    id,
                    log.get(),
                    tools,
                    views,
                    new SearchTools(embeddings, new TextIndexes(settings.viewBytes() / TEXT_SHARE)),
                    blobs,
                    (branch, by, cancelled) -> {
                        Compact compact = new Compact(tables, COMPACTION, by, cancelled);
                        return compact.report(log.get()
                                .commit(branch, compact, AccessGate.UNRESTRICTED)
                                .map(GraphLog.Committed::commit));
                    },
                    settings.clock());
            graphs.put(id, new Opened(graph, parts, views));
            kept = true;
            return Optional.of(graph);
        } catch (StoreException failed) {
            throw new EngineException(
                    new EngineFailure.StorageUnavailable(
                            String.valueOf(failed.getMessage()),
                            failed.kind() == StoreException.Kind.REFUSED
                                    ? EngineFailure.Retry.NEVER
                                    : EngineFailure.Retry.LATER),
                    failed);
        } finally {
            if (!kept) {
                closeAll(parts);
            }
        }
    }

    private LogSettings logSettings() {
        return LogSettings.of(
                settings.ids(),
                settings.clock(),
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
                background,
                settings.requests().preparations());
    }

    @Override
    public synchronized long heldBytes() {
        return graphs.values().stream()
                .mapToLong(one -> one.views().heldBytes())
                .sum();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        graphs.values().forEach(one -> closeAll(one.parts()));
        graphs.clear();
        closeAll(List.of(resources, ownThreads));
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("this graph store is closed");
        }
    }

    /** In reverse order of opening; one that fails does not keep the others open. */
    private static void closeAll(List<AutoCloseable> parts) {
        List<AutoCloseable> reversed = new ArrayList<>(parts);
        Collections.reverse(reversed);
        RuntimeException failed = null;
        for (AutoCloseable part : reversed) {
            try {
                part.close();
            } catch (Exception thrown) {
                if (failed == null) {
                    failed = new IllegalStateException("a part of a graph could not be closed", thrown);
                } else {
                    failed.addSuppressed(thrown);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
