package io.precinct.engine.simulation;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphOfParts;
import io.precinct.engine.manifest.Background;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.GraphLogs;
import io.precinct.engine.manifest.HookedTables;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.RowRules;
import io.precinct.engine.search.Embeddings;
import io.precinct.engine.search.MockEmbedder;
import io.precinct.engine.spi.IdSource;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.write.BlobValues;
import io.precinct.engine.write.LoadLimits;
import io.precinct.engine.write.WriteLimits;
import io.precinct.engine.write.WriteTools;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** A process from its start to its death: the engine with everything that it remembers. Used by one actor. */
final class Life implements Operation.Client, Background, AutoCloseable {
    private static final long VIEW_BYTES = 64L << 20;

    private final World world;
    private final Weather weather;
    private final Deque<Runnable> behind = new ArrayDeque<>();
    private final DecodedViews views;
    private final GraphLog log;
    private final Graph graph;
    private Optional<Asked> current = Optional.empty();
    private Duration ahead = Duration.ZERO;

    /** Opens the graph that is there; fails when the weather says so. */
    Life(World world, Weather weather) {
        this.world = world;
        this.weather = weather;
        Defect defect = world.defect();
        ObjectStore front = defect.front(new StoreFront(world, defect.store(world.shared()), weather, () -> current));
        TableStore hooked = new HookedTables(defect.tables(world.tables()), write -> {
            weather.requireAlive();
            if (write.equals("deleteFile") && world.scheduler().isActor()) {
                weather.mayDie();
            }
            world.between();
        });
        InstantSource clock = world.clock(this);
        IdSource ids = defect.ids(world.ids());
        log = defect.log(GraphLogs.open(
                        front,
                        hooked,
                        world.settings(
                                clock, ids, world.sequence().foldsBehind() ? Optional.of(this) : Optional.empty()))
                .orElseThrow(() -> new AssertionError("the graph is gone")));
        views = new DecodedViews(hooked, VIEW_BYTES);
        WriteTools tools = new WriteTools(
                views,
                hooked,
                ids,
                (type, rule) -> RowRules.bind(rule, type),
                WriteLimits.DEFAULT,
                LoadLimits.DEFAULT,
                new Embeddings(new MockEmbedder()),
                BlobValues.IN_ROWS);
        graph = GraphOfParts.of(log, tools, views, hooked, clock);
    }

    /** A process that starts again and again until it gets hold of the graph. */
    static Life begin(World world, Weather weather) {
        while (true) {
            try {
                return new Life(world, weather);
            } catch (EngineException failed) {
                if (!(failed.failure() instanceof EngineFailure.StorageUnavailable)) {
                    throw failed;
                }
            }
        }
    }

    Weather weather() {
        return weather;
    }

    Duration clockIsAhead() {
        return ahead;
    }

    void jump(Duration by) {
        ahead = ahead.plus(by);
    }

    /** Whose request it works on from now on. */
    void worksOn(Optional<Asked> asked) {
        current = asked;
    }

    @Override
    public Graph graph() {
        return graph;
    }

    @Override
    public Content read(Snapshot snapshot) {
        try (GraphView view = views.of(snapshot)) {
            return Content.of(view);
        } catch (EngineException failed) {
            throw log.explained(snapshot, failed);
        }
    }

    @Override
    public void run(Duration delay, Runnable work) {
        behind.add(work);
    }

    @Override
    public void failed(Failure failure) {
        boolean trouble = weather.isDead()
                || failure.cause() instanceof EngineException engine
                        && (engine.failure() instanceof EngineFailure.StorageUnavailable
                                || engine.failure() instanceof EngineFailure.CommitInDoubt);
        if (!trouble) {
            world.scheduler().fail(new AssertionError("work behind the writers failed: " + failure, failure.cause()));
        }
    }

    /** Does what is planned behind the writers now, not what that plans. */
    void workBehind() {
        for (int left = behind.size(); left > 0 && !weather.isDead(); left--) {
            behind.remove().run();
        }
    }

    @Override
    public void close() {
        log.close();
        views.close();
    }
}
