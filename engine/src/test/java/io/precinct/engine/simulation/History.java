package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.TagName;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What happened, as an onlooker sees it who reads the store after each change of it and writes nothing. Each new commit
 * is held against what its request means to the state of its parent, and the state after it is read and compared.
 */
final class History {
    static final List<BranchName> BRANCHES = List.of(BranchName.MAIN, new BranchName("left"), new BranchName("right"));

    private final GraphLog log;
    private final Function<Snapshot, Content> reading;
    private final Map<CommitId, State> states = new HashMap<>();
    private final Map<String, Asked> requests = new HashMap<>();
    private final Map<BranchName, List<Optional<State>>> moments = new TreeMap<>();
    private final Map<TagName, List<CommitId>> tags = new HashMap<>();
    private final Map<BranchName, Long> sequences = new TreeMap<>();

    /** @param log through which nothing can be written */
    History(GraphLog log, Function<Snapshot, Content> reading) {
        this.log = log;
        this.reading = reading;
        BRANCHES.forEach(branch -> moments.put(branch, new ArrayList<>(List.of(Optional.empty()))));
        Snapshot first = log.head(BranchName.MAIN);
        State genesis = new State(first.stream(), first.head(), reading.apply(first));
        states.put(genesis.commit().id(), genesis);
        moments.get(BranchName.MAIN).add(Optional.of(genesis));
        sequences.put(BranchName.MAIN, first.sequence());
        if (!genesis.content().equals(Content.EMPTY)) {
            throw new AssertionError("a new graph is not empty");
        }
    }

    Asked asked(String request, Operation operation) {
        Asked asked = new Asked(request, operation);
        requests.put(request, asked);
        return asked;
    }

    /** Whether anybody ever asked to take something. */
    boolean collects() {
        return requests.values().stream().anyMatch(History::takes);
    }

    /** Whether anybody else ever did. */
    boolean collectsBeside(Asked one) {
        return requests.values().stream().anyMatch(asked -> asked != one && takes(asked));
    }

    private static boolean takes(Asked asked) {
        return asked.operation() instanceof Collect collect && !collect.dryRun();
    }

    /** Commits of each branch that every collection leaves. */
    int kept() {
        return requests.values().stream()
                .filter(History::takes)
                .mapToInt(asked -> ((Collect) asked.operation()).keep())
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    boolean asksForTag(TagName name) {
        return requests.values().stream()
                .anyMatch(asked ->
                        asked.operation() instanceof TagHead tag && tag.name().equals(name));
    }

    boolean asksForUntag(TagName name) {
        return requests.values().stream()
                .anyMatch(asked ->
                        asked.operation() instanceof Untag tag && tag.name().equals(name));
    }

    /** It was acknowledged. */
    void tagged(TagName name, CommitId commit) {
        tags.computeIfAbsent(name, unused -> new ArrayList<>()).add(commit);
    }

    /** Tags that were acknowledged and that nobody ever took off; with one commit each. */
    Map<TagName, List<CommitId>> lasting() {
        Map<TagName, List<CommitId>> lasting = new HashMap<>(tags);
        lasting.keySet().removeIf(this::asksForUntag);
        return lasting;
    }

    Map<BranchName, Integer> now() {
        Map<BranchName, Integer> now = new HashMap<>();
        moments.forEach((branch, all) -> now.put(branch, all.size() - 1));
        return now;
    }

    Span since(BranchName branch, int moment) {
        List<Optional<State>> all = moments.get(branch);
        return new Span(all.subList(moment, all.size()));
    }

    Optional<State> newest(BranchName branch) {
        return moments.get(branch).getLast();
    }

    State state(CommitId commit) {
        State state = states.get(commit);
        if (state == null) {
            throw new AssertionError("nobody saw commit " + commit + " in history");
        }
        return state;
    }

    /** Looks at every branch after a change. @param by whose request it was that changed something */
    void look(Optional<Asked> by) {
        for (BranchName branch : BRANCHES) {
            Optional<Snapshot> head = head(branch);
            Optional<State> before = newest(branch);
            if (head.isEmpty()) {
                if (before.isPresent()) {
                    by.filter(asked -> asked.operation().ends(branch))
                            .orElseThrow(() -> new AssertionError(branch + " ended, and " + by + " did not ask for it"))
                            .ends();
                    moments.get(branch).add(Optional.empty());
                }
            } else if (before.isEmpty() || !before.get().stream().equals(head.get().stream())) {
                appeared(branch, head.get(), by);
            } else if (sequences.get(branch) != head.get().sequence()) {
                wentOn(branch, head.get(), by);
            }
        }
    }

    private Optional<Snapshot> head(BranchName branch) {
        try {
            return Optional.of(log.head(branch));
        } catch (EngineException failed) {
            // A branch that has ended and is listed is to be taken off the list, which an onlooker must not do.
            if (failed.failure() instanceof EngineFailure.NotFound
                    || failed.failure() instanceof EngineFailure.StorageUnavailable) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    private void appeared(BranchName branch, Snapshot head, Optional<Asked> by) {
        by.filter(asked -> asked.operation().makes(branch))
                .orElseThrow(() -> new AssertionError(branch + " appeared, and " + by + " did not ask for it"))
                .makes(head.stream());
        State source = state(head.head().id());
        Content content = reading.apply(head);
        requireEqual(content, source.content(), branch + " was made of " + source.commit());
        moments.get(branch).add(Optional.of(new State(head.stream(), head.head(), content)));
        sequences.put(branch, head.sequence());
    }

    private void wentOn(BranchName branch, Snapshot head, Optional<Asked> by) {
        State before = newest(branch).orElseThrow();
        List<Authored> fresh = new ArrayList<>();
        Authored at = log.newest(head);
        while (!at.commit().id().equals(before.commit().id())) {
            if (states.containsKey(at.commit().id())) {
                throw new AssertionError(branch + " went back from " + before.commit() + " to " + at.commit());
            }
            fresh.add(at);
            Authored child = at;
            at = log.parent(at)
                    .orElseThrow(
                            () -> new AssertionError(child.commit() + " is not a descendant of " + before.commit()));
        }
        Collections.reverse(fresh);
        State last = before;
        for (Authored one : fresh) {
            last = published(branch, last, one, by);
            moments.get(branch).add(Optional.of(last));
        }
        sequences.put(branch, head.sequence());
        // Without a commit it was a fold, which changes no content.
        requireEqual(reading.apply(head), last.content(), "the state of " + branch + " after " + last.commit());
    }

    private State published(BranchName branch, State parent, Authored one, Optional<Asked> by) {
        CommitInfo commit = one.commit();
        if (!commit.parent().equals(Optional.of(parent.commit().id()))
                || !commit.branch().equals(branch)) {
            throw new AssertionError(commit + " doesn't follow " + parent.commit() + " on " + branch);
        }
        Asked asked = commit.requestId()
                .map(requests::get)
                .orElseThrow(() -> new AssertionError("nobody asked for " + commit));
        if (!by.equals(Optional.of(asked))) {
            throw new AssertionError(commit + " is of " + asked + " and was put for " + by);
        }
        if (!(asked.operation() instanceof Write write) || !write.branch().equals(branch)) {
            throw new AssertionError(asked + " asked for no commit on " + branch);
        }
        asked.publishes(commit.id());
        Optional<State> merged = commit.mergedParent().map(this::state);
        long generation = 1
                + Math.max(
                        parent.commit().generation(),
                        merged.map(m -> m.commit().generation()).orElse(0L));
        if (commit.generation() != generation) {
            throw new AssertionError(commit + " has not the generation after its parents'");
        }
        Content content = reading.apply(log.at(one));
        Write.Meaning meaning = write.meaning(parent, merged, this);
        if (!meaning.allows(content)) {
            String wanted = switch (meaning) {
                case Write.Meaning.Becomes becomes -> "is not what it means: " + content.against(becomes.content());
                case Write.Meaning.BecomesOneThat some -> "is none that it may mean: " + content;
                case Write.Meaning.IsRefused refused -> "should have been refused for " + refused.refusal();
            };
            throw new AssertionError(
                    asked + " on the state after " + parent.commit().id() + " " + wanted);
        }
        if (!content.isValid()) {
            throw new AssertionError("after " + asked + " a rule of the schema is broken: " + content);
        }
        State state = new State(one.stream(), commit, content);
        states.put(commit.id(), state);
        return state;
    }

    static void requireEqual(Content found, Content wanted, String what) {
        if (!found.equals(wanted)) {
            throw new AssertionError(what + " is not what it must be: " + found.against(wanted));
        }
    }

    /** The commit and all that it descends from. */
    Set<CommitId> ancestors(CommitId commit) {
        Set<CommitId> found = new HashSet<>();
        List<CommitId> open = new ArrayList<>(List.of(commit));
        while (!open.isEmpty()) {
            CommitId next = open.removeLast();
            if (found.add(next)) {
                CommitInfo info = state(next).commit();
                info.parent().ifPresent(open::add);
                info.mergedParent().ifPresent(open::add);
            }
        }
        return found;
    }

    /** Common ancestors of which no other common ancestor descends. */
    List<State> mergeBases(CommitId left, CommitId right) {
        Set<CommitId> common = ancestors(left);
        common.retainAll(ancestors(right));
        Set<CommitId> best = new HashSet<>(common);
        for (CommitId one : common) {
            Set<CommitId> older = ancestors(one);
            older.remove(one);
            best.removeAll(older);
        }
        return best.stream().map(this::state).toList();
    }
}
