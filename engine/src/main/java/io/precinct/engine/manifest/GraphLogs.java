package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates and opens graphs' logs. The keys are relative to the graph's root, so the whole directory can be moved:
 * {@code log/<stream>/<inverted sequence>}, {@code log/~refs/…}, {@code schema/<hash>}, {@code data/…}.
 */
public final class GraphLogs {
    private static final SecureRandom RANDOM = new SecureRandom();

    private GraphLogs() {}

    static String schemaKey(String hash) {
        return "schema/" + hash.replace(':', '-');
    }

    /**
     * Creates a graph with an empty {@code main}. Everything is written before the first record of the list of
     * branches, which decides between racing creators; what a loser wrote is garbage.
     *
     * @throws EngineException {@code AlreadyExists}
     */
    public static GraphLog create(
            ObjectStore store, TableStore tables, Schema schema, LogSettings settings, String graph, Provenance by) {
        StoredGraphLog log = new StoredGraphLog(store, tables, settings);
        if (log.list().isPresent()) {
            throw exists(graph);
        }
        try {
            store.putIfAbsent(schemaKey(schema.hash()), settings.schemas().write(schema));
        } catch (StoreException failed) {
            throw StreamLog.unavailable(failed);
        }
        List<CommitRecord.TypeImage> state = new ArrayList<>();
        for (EntityType type : schema.types()) {
            Pin pin = tables.create("t" + type.id().value(), TypeLayout.arrowSchema(type));
            state.add(new CommitRecord.TypeImage(type.id(), pin, 0, List.of()));
        }
        StreamId stream = new StreamId(settings.ids().next());
        CommitInfo commit = new CommitInfo(
                new CommitId(settings.ids().next()),
                BranchName.MAIN,
                1,
                1,
                CommitInfo.Kind.GENESIS,
                Optional.empty(),
                Optional.empty(),
                by.actor(),
                Optional.of(by.requestId()),
                settings.clock().instant().truncatedTo(java.time.temporal.ChronoUnit.MICROS));
        CommitRecord first = new CommitRecord(
                stream,
                1,
                commit.id(),
                Optional.empty(),
                List.of(new CommitRecord.Member(commit, Optional.empty(), by.decisionId(), Map.of())),
                schema,
                Map.of(),
                Map.of(),
                false,
                false,
                Optional.of(new CommitRecord.Genesis(
                        BranchName.MAIN, Optional.empty(), RANDOM.nextLong(), Optional.empty(), state)));
        log.stream(stream).log().create(log.codec().encode(first), commit.id());
        try {
            log.changes().make(new RefsState.Change.Create(BranchName.MAIN, stream, Optional.empty()), by.actor());
        } catch (EngineException lost) {
            if (lost.failure() instanceof EngineFailure.AlreadyExists) {
                throw exists(graph);
            }
            throw lost;
        }
        return log;
    }

    /** Opens a graph; empty when there is none. */
    public static Optional<GraphLog> open(ObjectStore store, TableStore tables, LogSettings settings) {
        StoredGraphLog log = new StoredGraphLog(store, tables, settings);
        return log.list().map(state -> log);
    }

    private static EngineException exists(String graph) {
        return new EngineException(new EngineFailure.AlreadyExists("graph", graph));
    }
}
