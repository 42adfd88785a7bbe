package io.precinct.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.reference.LocalGraphs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random histories of several branches that merge into one another every which way, against a plain model of them. */
class MergeModelTest {
    private static final int SEQUENCES = 40;
    private static final int STEPS = 45;
    private static final List<String> BRANCHES = List.of("main", "one", "two", "three");
    private static final String DISPUTED = "disputed";

    @TempDir
    Path directory;

    private LocalGraphs graphs;

    @BeforeEach
    void open() {
        graphs = new LocalGraphs(directory);
    }

    @AfterEach
    void close() {
        graphs.close();
    }

    /** One commit: its whole state by entity, and its parents. */
    private record Commit(Map<String, String> state, List<Commit> parents) {
        Set<Commit> ancestors() {
            Set<Commit> all = new HashSet<>(Set.of(this));
            parents.forEach(parent -> all.addAll(parent.ancestors()));
            return all;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** Common ancestors that no other common ancestor descends from, by looking at all of them. */
    private static List<Commit> bases(Commit left, Commit right) {
        Set<Commit> common = left.ancestors();
        common.retainAll(right.ancestors());
        return common.stream()
                .filter(one -> common.stream()
                        .noneMatch(other -> other != one && other.ancestors().contains(one)))
                .toList();
    }

    private static Map<String, String> base(List<Commit> commits) {
        Map<String, String> merged = commits.getFirst().state();
        for (Commit next : commits.subList(1, commits.size())) {
            // As git does it: with two, the merge of the two on their own base. More are left out of these histories.
            Map<String, String> older = base(bases(commits.getFirst(), next));
            Map<String, String> result = new TreeMap<>();
            for (String id : union(merged, next.state())) {
                String mine = merged.get(id);
                String theirs = next.state().get(id);
                String before = older.get(id);
                String now = Objects.equals(mine, theirs) || Objects.equals(before, theirs)
                        ? mine
                        : Objects.equals(before, mine) && !DISPUTED.equals(before) ? theirs : DISPUTED;
                if (now != null) {
                    result.put(id, now);
                }
            }
            merged = result;
        }
        return merged;
    }

    private static Set<String> union(Map<String, String> one, Map<String, String> other) {
        Set<String> ids = new TreeSet<>(one.keySet());
        ids.addAll(other.keySet());
        return ids;
    }

    /** Empty when the two sides don't agree. */
    private static Optional<Map<String, String>> merged(
            Map<String, String> base, Map<String, String> source, Map<String, String> target) {
        Map<String, String> result = new TreeMap<>();
        for (String id : union(source, target)) {
            String theirs = source.get(id);
            String ours = target.get(id);
            String before = base.get(id);
            String now;
            if (Objects.equals(theirs, ours) || Objects.equals(theirs, before)) {
                now = ours;
            } else if (Objects.equals(ours, before)) {
                now = theirs;
            } else {
                return Optional.empty();
            }
            if (now != null) {
                result.put(id, now);
            }
        }
        boolean orphan = result.keySet().stream()
                .filter(id -> id.startsWith("e:"))
                .anyMatch(id -> !result.containsKey(ends(id)[0]) || !result.containsKey(ends(id)[1]));
        return orphan ? Optional.empty() : Optional.of(result);
    }

    /** Edges are named by their ends: {@code e:a-b}. */
    private static String[] ends(String edge) {
        return edge.substring(2).split("-");
    }

    @Test
    void everyMergeComesToWhatTheModelSays() {
        long seed = Long.getLong("merge.seed", new Random().nextLong());
        int merges = 0;
        int conflicts = 0;
        int crossed = 0;
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            long own = seed + sequence;
            try {
                Run run = new Run(new Random(own));
                for (int step = 0; step < STEPS; step++) {
                    run.step();
                }
                merges += run.merges;
                conflicts += run.conflicts;
                crossed += run.crossed;
            } catch (RuntimeException | AssertionError failed) {
                throw new AssertionError("-Dmerge.seed=" + own + " fails in its first sequence", failed);
            }
        }
        assertThat(merges).as("merges without conflict, seed %s", seed).isGreaterThan(SEQUENCES);
        assertThat(conflicts).as("merges with conflicts, seed %s", seed).isGreaterThan(SEQUENCES / 4);
        assertThat(crossed).as("merges on several bases, seed %s", seed).isPositive();
    }

    private final class Run {
        private final Random random;
        private final Histories histories = new Histories(graphs.create(Histories.SCHEMA));
        private final Map<String, Commit> heads = new HashMap<>();
        int merges;
        int conflicts;
        int crossed;

        Run(Random random) {
            this.random = random;
            heads.put("main", new Commit(Map.of(), List.of()));
        }

        private String any(Iterable<String> of) {
            List<String> all = new ArrayList<>();
            of.forEach(all::add);
            return all.get(random.nextInt(all.size()));
        }

        void step() {
            String branch = any(heads.keySet());
            int kind = random.nextInt(20);
            if (kind < 3 && heads.size() < BRANCHES.size()) {
                String name = BRANCHES.stream()
                        .filter(one -> !heads.containsKey(one))
                        .findFirst()
                        .orElseThrow();
                histories.branch(name, branch);
                heads.put(name, heads.get(branch));
            } else if (kind < 9 && heads.size() > 1) {
                merge(any(heads.keySet()), branch);
            } else if (kind == 9) {
                histories
                        .graph()
                        .compact(Histories.name(branch), LocalGraphs.TESTER, () -> false)
                        .commit()
                        .ifPresent(commit ->
                                commit(branch, new TreeMap<>(heads.get(branch).state())));
            } else if (kind == 10 && heads.size() > 2 && !branch.equals("main")) {
                histories.graph().deleteBranch(Histories.name(branch), LocalGraphs.TESTER);
                heads.remove(branch);
            } else {
                write(branch);
            }
            String checked = any(heads.keySet());
            assertThat(state(histories.head(checked)))
                    .isEqualTo(heads.get(checked).state());
        }

        private void commit(String branch, Map<String, String> state) {
            heads.put(branch, new Commit(state, List.of(heads.get(branch))));
        }

        private void write(String branch) {
            Map<String, String> state = new TreeMap<>(heads.get(branch).state());
            List<String> nodes =
                    state.keySet().stream().filter(id -> !id.startsWith("e:")).toList();
            int kind = random.nextInt(10);
            if (kind < 5 || nodes.isEmpty()) {
                int count = random.nextInt(8) == 0 ? 40 : 1;
                StringBuilder lines = new StringBuilder();
                Set<String> met = new HashSet<>();
                for (int i = 0; i < count; i++) {
                    String name = "n" + random.nextInt(count == 1 ? 6 : 60);
                    int age = random.nextInt(3);
                    if (!met.add(name)) {
                        continue;
                    }
                    state.put(name, Integer.toString(age));
                    lines.append("{\"type\":\"Person\",\"data\":{\"name\":\"%s\",\"age\":%d}}\n".formatted(name, age));
                }
                histories.load(branch, lines.toString());
            } else if (kind < 8) {
                String from = any(nodes);
                String to = any(nodes);
                int since = random.nextInt(3);
                histories.knows(branch, "e:" + from + "-" + to, from, to, since);
                state.put("e:" + from + "-" + to, Integer.toString(since));
            } else {
                String gone = any(nodes);
                histories.deletePerson(branch, gone);
                state.remove(gone);
                state.keySet()
                        .removeIf(id -> id.startsWith("e:") && List.of(ends(id)).contains(gone));
            }
            commit(branch, state);
        }

        private void merge(String source, String target) {
            if (source.equals(target)) {
                return;
            }
            Commit theirs = heads.get(source);
            Commit ours = heads.get(target);
            List<Commit> bases = bases(theirs, ours);
            if (bases.size() > 2) {
                return;
            }
            crossed += bases.size() > 1 ? 1 : 0;
            if (bases.contains(theirs)) {
                assertThat(histories.merge(source, target).outcome())
                        .isEqualTo(MergeReceipt.Outcome.ALREADY_UP_TO_DATE);
                return;
            }
            Optional<Map<String, String>> result = bases.contains(ours)
                    ? Optional.of(theirs.state())
                    : merged(base(bases), theirs.state(), ours.state());
            if (result.isPresent()) {
                assertThat(histories.merge(source, target).outcome())
                        .isEqualTo(
                                bases.contains(ours) ? MergeReceipt.Outcome.FAST_FORWARD : MergeReceipt.Outcome.MERGED);
                heads.put(target, new Commit(result.get(), List.of(ours, theirs)));
                merges++;
            } else {
                assertThat(refused(source, target)).isNotEmpty();
                conflicts++;
            }
        }

        private List<MergeConflict> refused(String source, String target) {
            try {
                throw new AssertionError("merged, and the model has a conflict: " + histories.merge(source, target));
            } catch (EngineException failed) {
                if (failed.failure() instanceof EngineFailure.MergeConflicts all) {
                    return all.first();
                }
                throw failed;
            }
        }

        private Map<String, String> state(Snapshot snapshot) {
            return histories.state(snapshot).stream()
                    .collect(Collectors.toMap(
                            line -> line.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1"),
                            line -> line.replaceAll(".*\"(age|since)\":(\\d+).*", "$2"),
                            (one, other) -> one,
                            TreeMap::new));
        }
    }
}
