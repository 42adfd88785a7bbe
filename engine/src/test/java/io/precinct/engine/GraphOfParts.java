package io.precinct.engine;

import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.search.SearchTools;
import io.precinct.engine.search.TextIndexes;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.BlobStore;
import io.precinct.engine.storage.InMemoryObjectStore;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.upkeep.Compact;
import io.precinct.engine.view.Views;
import io.precinct.engine.write.WriteTools;
import java.time.InstantSource;

/** The façade over parts that a test has put together itself, as a store puts together its own. */
public final class GraphOfParts {
    private static final TableStore.CompactionLimits COMPACTION = new TableStore.CompactionLimits(1_000, 0.1);

    private GraphOfParts() {}

    /** Contents of Blobs stay in their rows, so that none is ever looked for in a store. */
    public static Graph of(GraphLog log, WriteTools tools, Views views, TableStore tables, InstantSource clock) {
        return new LanceGraph(
                new GraphId("g"),
                log,
                tools,
                views,
                new SearchTools(new Embeddings(new MockEmbedder()), new TextIndexes(1 << 20)),
                new BlobStore(new InMemoryObjectStore()),
                (branch, by, cancelled) -> {
                    Compact compact = new Compact(tables, COMPACTION, by, cancelled);
                    return compact.report(
                            log.commit(branch, compact, AccessGate.UNRESTRICTED).map(GraphLog.Committed::commit));
                },
                clock);
    }
}
