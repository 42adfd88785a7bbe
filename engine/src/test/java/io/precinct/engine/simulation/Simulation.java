package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.VerifyReport;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.GraphLogs;
import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.view.DecodedViews;
import io.precinct.engine.view.GraphView;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs one sequence on the real engine and holds everything that happens against the reference. */
final class Simulation {
    private static final Provenance FOUNDER = new Provenance("founder", "genesis", Optional.empty());

    private final World world;

    private Simulation(World world) {
        this.world = world;
    }

    /**
     * Fails with an {@code AssertionError} that says what went wrong first.
     *
     * @return a number that is the same only if the same happened
     */
    static long run(Sequence sequence, Defect.Plant defect, TableStore tables) {
        World world = new World(sequence, defect, tables);
        try {
            new Simulation(world).run();
            return world.random().nextLong();
        } catch (RuntimeException | Error broken) {
            Throwable first = world.scheduler().failure().orElse(broken);
            throw first instanceof AssertionError wrong ? wrong : new AssertionError(first.toString(), first);
        }
    }

    /** Sees everything and can't write. */
    private record Onlooking(ObjectStore store) implements ObjectStore {
        private static StoreException refused() {
            return new StoreException(StoreException.Kind.UNAVAILABLE, "an onlooker writes nothing", null);
        }

        @Override
        public PutResult putIfAbsent(String key, byte[] bytes) {
            throw refused();
        }

        @Override
        public void put(String key, byte[] bytes) {
            throw refused();
        }

        @Override
        public Optional<byte[]> get(String key) {
            return store.get(key);
        }

        @Override
        public List<String> list(String prefix, Optional<String> startAfter, int limit) {
            return store.list(prefix, startAfter, limit);
        }

        @Override
        public void delete(String key) {
            throw refused();
        }
    }

    private GraphLog onlooker() {
        LogSettings settings = world.settings(InstantSource.system(), () -> "0".repeat(26), Optional.empty());
        return GraphLogs.open(new Onlooking(world.shared()), world.tables(), settings)
                .orElseThrow();
    }

    private static Content read(DecodedViews views, Snapshot snapshot) {
        try (GraphView view = views.of(snapshot)) {
            return Content.of(view);
        }
    }

    private void run() {
        LogSettings settings = world.settings(InstantSource.system(), world.ids(), Optional.empty());
        GraphLogs.create(world.shared(), world.tables(), Content.Form.FIRST.schema(), settings, "g", FOUNDER)
                .close();
        List<Process> processes = new ArrayList<>();
        try (DecodedViews views = new DecodedViews(world.tables(), 64L << 20);
                GraphLog eyes = onlooker()) {
            History history = new History(eyes, snapshot -> read(views, snapshot));
            world.shared().watch(by -> {
                try {
                    history.look(by);
                } catch (RuntimeException | Error wrong) {
                    // Whoever made the change must not take it for an answer of the store.
                    world.scheduler().fail(wrong);
                    throw new Scheduler.Stopped();
                }
            });
            warmUp(history);
            for (int number = 0; number < world.sequence().processes(); number++) {
                Process process =
                        new Process(world, history, number, world.sequence().of(number));
                processes.add(process);
                world.scheduler().add(process::run);
            }
            try {
                world.scheduler().run();
                world.shared().landAll();
                processes.forEach(Process::requireSees);
                requireEverythingReadable(history);
            } finally {
                processes.forEach(Process::close);
            }
        }
    }

    /** In fair weather and alone. */
    private void warmUp(History history) {
        List<Sequence.Action> actions = Sequence.warmUp(world.sequence().warmUp()).stream()
                .<Sequence.Action>map(Sequence.Run::new)
                .toList();
        try (Process founder = new Process(world, history, -1, actions)) {
            founder.run();
        }
    }

    /** By a process that knows nothing yet: all that no collection was allowed to take. */
    private void requireEverythingReadable(History history) {
        try (DecodedViews views = new DecodedViews(world.tables(), 64L << 20);
                GraphLog fresh = onlooker()) {
            Set<CommitId> kept = new HashSet<>();
            Set<CommitId> live = new HashSet<>();
            for (BranchName branch : History.BRANCHES) {
                Optional<State> newest = history.newest(branch);
                if (newest.isPresent()) {
                    History.requireEqual(
                            read(views, fresh.head(branch)),
                            newest.get().content(),
                            branch + " as a new process reads it");
                    live.addAll(history.ancestors(newest.get().commit().id()));
                    kept.addAll(newestOf(newest.get(), history));
                    requireListed(fresh.commits(branch, Optional.empty(), Integer.MAX_VALUE), newest.get(), history);
                }
            }
            if (!history.collects()) {
                kept.addAll(live);
            }
            for (CommitId commit : kept) {
                History.requireEqual(
                        read(views, fresh.at(commit)), history.state(commit).content(), "the state after " + commit);
            }
            live.removeAll(kept);
            for (CommitId commit : live) {
                requireWholeOrGone(views, fresh, commit, history);
            }
            requireTags(views, fresh, history);
            VerifyReport report = fresh.verify(() -> false);
            if (!report.sound()) {
                throw new AssertionError("there is damage: " + report);
            }
        }
    }

    /** The newest commits of the branch's own that every collection leaves. */
    private static List<CommitId> newestOf(State head, History history) {
        List<CommitId> newest = new ArrayList<>();
        Optional<State> at = Optional.of(head);
        while (at.isPresent() && at.get().stream().equals(head.stream()) && newest.size() < history.kept()) {
            newest.add(at.get().commit().id());
            at = at.get().commit().parent().map(history::state);
        }
        return newest;
    }

    /** A listing ends where what is kept begins, and leaves nothing out before. */
    private static void requireListed(List<CommitInfo> listed, State head, History history) {
        Optional<State> at = Optional.of(head);
        for (CommitInfo commit : listed) {
            CommitId expected = at.orElseThrow().commit().id();
            if (!commit.id().equals(expected)) {
                throw new AssertionError("the listing has " + commit.id() + " in the place of " + expected);
            }
            at = at.get().commit().parent().map(history::state);
        }
        if (listed.isEmpty() || at.isPresent() && !history.collects()) {
            throw new AssertionError("the listing ends before " + at);
        }
    }

    /** What may be taken is the same as ever or not there; nothing in between. */
    private static void requireWholeOrGone(DecodedViews views, GraphLog fresh, CommitId commit, History history) {
        Snapshot snapshot;
        try {
            snapshot = fresh.at(commit);
        } catch (EngineException gone) {
            if (gone.failure() instanceof EngineFailure.HistoryReclaimed
                    || gone.failure() instanceof EngineFailure.NotFound) {
                return;
            }
            throw gone;
        }
        History.requireEqual(read(views, snapshot), history.state(commit).content(), "the old state after " + commit);
    }

    private static void requireTags(DecodedViews views, GraphLog fresh, History history) {
        Map<TagName, CommitId> found = new HashMap<>();
        for (Tag tag : fresh.tags()) {
            found.put(tag.name(), tag.commit());
            History.requireEqual(
                    read(views, fresh.at(tag.name())),
                    history.state(tag.commit()).content(),
                    "what tag " + tag.name() + " names");
        }
        history.lasting().forEach((name, commits) -> {
            if (!commits.equals(List.of(found.get(name)))) {
                throw new AssertionError("tag " + name + " was made of " + commits + " and is " + found.get(name));
            }
        });
    }
}
