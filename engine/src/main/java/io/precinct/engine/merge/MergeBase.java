package io.precinct.engine.merge;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.GraphLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * The best common ancestors of two commits: those from which no other common ancestor descends. Commits are visited by
 * descending generation, each after all that descend from it, until only ancestors of answers are left; so the cost is
 * that of what the two sides have apart. The method is that of Git's merge-base ("paint down to common").
 */
final class MergeBase {
    private static final int LEFT = 1;
    private static final int RIGHT = 2;
    private static final int COMMON = LEFT | RIGHT;
    private static final int STALE = 4;

    private final GraphLog log;
    private final Map<CommitId, Integer> marks = new HashMap<>();
    private final Map<CommitId, Long> generations = new HashMap<>();
    private final PriorityQueue<Authored> waiting = new PriorityQueue<>(Comparator.comparingLong(this::generation)
            .thenComparing(one -> one.commit().id().value())
            .reversed());

    private MergeBase(GraphLog log) {
        this.log = log;
    }

    /**
     * At least one for commits of one graph; several after merges that cross. Newest first.
     *
     * @throws EngineException {@code HistoryReclaimed} when a collection has taken commits that tell
     */
    static List<Authored> of(GraphLog log, Authored left, Authored right) {
        return new MergeBase(log).paint(left, right);
    }

    private List<Authored> paint(Authored left, Authored right) {
        mark(left, LEFT);
        mark(right, RIGHT);
        List<Authored> found = new ArrayList<>();
        Optional<EngineException> cut = Optional.empty();
        while (waiting.stream().anyMatch(one -> (marks.get(one.commit().id()) & STALE) == 0)) {
            Authored next = waiting.remove();
            int mark = marks.get(next.commit().id());
            if (mark == COMMON) {
                if (cut.isPresent()) {
                    // It may be an ancestor of one that was found, along commits that are gone.
                    throw cut.get();
                }
                found.add(next);
            }
            int inherited = (mark & COMMON) == COMMON ? mark | STALE : mark;
            try {
                parents(next).forEach(parent -> mark(parent, inherited));
            } catch (EngineException gone) {
                if (!(gone.failure() instanceof EngineFailure.HistoryReclaimed) || (inherited & STALE) == 0) {
                    throw gone;
                }
                cut = Optional.of(gone);
            }
        }
        return found;
    }

    private void mark(Authored commit, int mark) {
        CommitId id = commit.commit().id();
        Integer before = marks.put(id, marks.getOrDefault(id, 0) | mark);
        if (before == null) {
            waiting.add(commit);
        }
    }

    private Stream<Authored> parents(Authored commit) {
        return Stream.of(log.parent(commit), log.mergedParent(commit)).flatMap(Optional::stream);
    }

    private long generation(Authored commit) {
        return commit.commit().generation() > 0 ? commit.commit().generation() : counted(commit);
    }

    /** For commits of which it was not recorded: by walking to the first one, once. */
    private long counted(Authored commit) {
        List<Authored> path = new ArrayList<>(List.of(commit));
        while (!path.isEmpty()) {
            Authored top = path.getLast();
            List<Authored> unknown =
                    parents(top).filter(parent -> known(parent).isEmpty()).toList();
            if (unknown.isEmpty()) {
                path.removeLast();
                generations.put(
                        top.commit().id(),
                        1
                                + parents(top)
                                        .mapToLong(p -> known(p).orElseThrow())
                                        .max()
                                        .orElse(0));
            } else {
                path.addAll(unknown);
            }
        }
        return generations.get(commit.commit().id());
    }

    private Optional<Long> known(Authored commit) {
        return commit.commit().generation() > 0
                ? Optional.of(commit.commit().generation())
                : Optional.ofNullable(generations.get(commit.commit().id()));
    }
}
