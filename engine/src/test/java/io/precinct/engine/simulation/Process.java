package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Does its steps one after another, in one life or several. Used by one actor. */
final class Process implements AutoCloseable {
    private final World world;
    private final History history;
    private final int number;
    private final List<Sequence.Action> actions;
    private Optional<Life> life = Optional.empty();
    private int requests;

    Process(World world, History history, int number, List<Sequence.Action> actions) {
        this.world = world;
        this.history = history;
        this.number = number;
        this.actions = actions;
    }

    void run() {
        for (Sequence.Action action : actions) {
            Life now = alive();
            switch (action) {
                case Sequence.Run run -> {
                    Asked asked = ask(now, run.operation());
                    if (asked.inDoubt().isPresent() && world.random().nextBoolean()) {
                        resolve(now, asked);
                    }
                }
                case Sequence.Die die -> now.weather().dieAfter(die.afterRequests());
                case Sequence.Jump jump -> now.jump(jump.by());
            }
            if (world.random().nextBoolean() && !now.weather().isDead()) {
                now.workBehind();
            }
        }
    }

    private Life alive() {
        if (life.isPresent() && life.get().weather().isDead()) {
            close();
        }
        if (life.isEmpty()) {
            life = Optional.of(Life.begin(
                    world, new Weather(world.random(), world.sequence().faulty())));
        }
        return life.get();
    }

    /** As a caller does who was told to look for a commit before trying again. */
    private void resolve(Life now, Asked doubted) {
        CommitId commit = doubted.inDoubt().orElseThrow();
        boolean before = doubted.published().isPresent();
        try {
            now.graph().commit(commit);
            if (doubted.published().isEmpty() && doubted.operation() instanceof Write) {
                throw new AssertionError(doubted + " is said to have published " + commit + ", and nobody saw it");
            }
        } catch (EngineException failed) {
            if (now.weather().isDead() || failed.failure() instanceof EngineFailure.StorageUnavailable) {
                return;
            }
            boolean gone = history.collects()
                    && (failed.failure() instanceof EngineFailure.HistoryReclaimed
                            || failed.failure() instanceof EngineFailure.NotFound);
            if (gone && before) {
                // Nobody finds a commit any more that a collection took.
                return;
            }
            if (before || !(failed.failure() instanceof EngineFailure.NotFound)) {
                throw new AssertionError(commit + " of " + doubted + " can't be looked for", failed);
            }
            ask(now, doubted.operation());
        } catch (Weather.Death death) {
            // Nobody is left to try again.
        }
    }

    private Asked ask(Life now, Operation operation) {
        Asked asked = history.asked("p%d-%d".formatted(number, ++requests), operation);
        Map<BranchName, Integer> began = history.now();
        int faults = now.weather().faults();
        now.worksOn(Optional.of(asked));
        Answer answer = answer(now, asked);
        now.worksOn(Optional.empty());
        if (world.scheduler().failure().isPresent()) {
            throw new Scheduler.Stopped();
        }
        boolean dead = now.weather().isDead();
        switch (answer) {
            case Answer.Refused refused -> asked.isRefused();
            case Answer.Unknown unknown -> unknown.commit().ifPresent(asked::isInDoubt);
            case Answer.Committed committed -> {}
            case Answer.Nothing nothing -> asked.isRefused();
            case Answer.Made made -> {}
            case Answer.Deleted deleted -> {}
            case Answer.Saw saw -> {}
            case Answer.Tagged tagged -> {}
        }
        operation.judge(
                answer,
                new Trial(
                        history,
                        asked,
                        answer,
                        began,
                        dead || faults < now.weather().faults()));
        return asked;
    }

    private static Answer answer(Life now, Asked asked) {
        Answer answer;
        try {
            answer = asked.operation().ask(now, new Provenance("tester", asked.request(), Optional.empty()));
        } catch (EngineException failed) {
            answer = failed.failure() instanceof EngineFailure.CommitInDoubt doubt
                    ? new Answer.Unknown(Optional.of(doubt.commitId()))
                    : new Answer.Refused(failed.failure());
        } catch (Scheduler.Stopped stopped) {
            throw stopped;
        } catch (RuntimeException | Error broken) {
            if (!now.weather().isDead()) {
                throw new AssertionError(asked + " failed with " + broken, broken);
            }
            answer = new Answer.Unknown(Optional.empty());
        }
        // Nobody hears what a dead process has to say.
        return now.weather().isDead() ? new Answer.Unknown(Optional.empty()) : answer;
    }

    /** In good weather the process sees what there is, whatever it remembers. */
    void requireSees() {
        if (life.isEmpty() || life.get().weather().isDead()) {
            return;
        }
        for (BranchName branch : History.BRANCHES) {
            Optional<State> wanted = history.newest(branch);
            try {
                Snapshot snapshot = life.get().graph().snapshot(new Target.Branch(branch));
                State state = wanted.orElseThrow(() -> new AssertionError("process " + number + " sees " + branch));
                History.requireEqual(
                        life.get().read(snapshot), state.content(), branch + " as process " + number + " sees it");
            } catch (EngineException failed) {
                if (wanted.isPresent() || !(failed.failure() instanceof EngineFailure.NotFound)) {
                    throw new AssertionError("process " + number + " can't read " + branch, failed);
                }
            }
        }
    }

    @Override
    public void close() {
        life.ifPresent(Life::close);
        life = Optional.empty();
    }
}
