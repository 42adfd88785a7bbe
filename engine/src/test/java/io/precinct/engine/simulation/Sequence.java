package io.precinct.engine.simulation;

import io.precinct.engine.BranchName;
import io.precinct.engine.LoadMode;
import io.precinct.engine.TagName;
import io.precinct.engine.manifest.LogSettings;
import io.precinct.engine.simulation.Content.Key;
import io.precinct.engine.simulation.Content.Kind;
import io.precinct.engine.simulation.Content.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What processes do, all of it fixed: with the same sequence the same happens.
 *
 * @param seed of what the scheduler and the weather choose
 * @param faulty whether requests fail
 * @param foldsBehind whether folds and checkpoints are done behind the writers
 * @param warmUp commits on main before the processes begin
 */
record Sequence(
        long seed,
        int processes,
        boolean faulty,
        boolean foldsBehind,
        int warmUp,
        LogSettings.Limits limits,
        List<Step> steps) {
    sealed interface Action {}

    record Run(Operation operation) implements Action {
        @Override
        public String toString() {
            return operation.toString();
        }
    }

    /** The process dies at a request of its own. */
    record Die(int afterRequests) implements Action {}

    /** The clock of the process jumps. */
    record Jump(Duration by) implements Action {}

    record Step(int process, Action action) {}

    Sequence {
        steps = List.copyOf(steps);
    }

    Sequence with(List<Step> fewer) {
        return new Sequence(seed, processes, faulty, foldsBehind, warmUp, limits, fewer);
    }

    Sequence inFairWeather() {
        return new Sequence(seed, processes, false, foldsBehind, warmUp, limits, steps);
    }

    Sequence withoutWarmUp() {
        return new Sequence(seed, processes, faulty, foldsBehind, 1, limits, steps);
    }

    List<Action> of(int process) {
        return steps.stream()
                .filter(step -> step.process() == process)
                .map(Step::action)
                .toList();
    }

    @Override
    public String toString() {
        StringBuilder words = new StringBuilder("%d processes, %s, %s, %d commits before, %s"
                .formatted(
                        processes,
                        faulty ? "requests fail" : "no request fails",
                        foldsBehind ? "folds behind the writers" : "folds by the writers",
                        warmUp,
                        limits));
        steps.forEach(step ->
                words.append("\n  process ").append(step.process()).append(": ").append(step.action()));
        return words.toString();
    }

    static Sequence of(long seed) {
        return new Drawing(new Random(seed * 0x9E3779B97F4A7C15L + 1)).sequence(seed);
    }

    private record Drawing(Random random) {
        Sequence sequence(long seed) {
            int processes = 2 + random.nextInt(2);
            int count = 6 + random.nextInt(12);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                steps.add(new Step(random.nextInt(processes), action()));
            }
            return new Sequence(
                    seed,
                    processes,
                    random.nextInt(3) > 0,
                    random.nextBoolean(),
                    random.nextInt(10) == 0 ? 26 + random.nextInt(10) : 1 + random.nextInt(3),
                    new LogSettings.Limits(
                            random.nextInt(3) > 0 ? 64 << 10 : 150,
                            256 << 10,
                            random.nextInt(4) > 0 ? 64 << 10 : 40,
                            random.nextBoolean() ? 8_192 : 4 + random.nextInt(30),
                            4 << 20,
                            2 + random.nextInt(30),
                            // Real collections wait as long before they take records.
                            random.nextBoolean() || collects(steps) ? Duration.ZERO : Duration.ofHours(1),
                            Duration.ZERO),
                    steps);
        }

        private static boolean collects(List<Step> steps) {
            return steps.stream().anyMatch(step -> step.action() instanceof Run(Collect collect) && !collect.dryRun());
        }

        private Action action() {
            return switch (random.nextInt(24)) {
                case 0 -> new Die(random.nextInt(12));
                case 1 -> new Jump(Duration.ofSeconds(random.nextInt(200_000) - 100_000));
                default -> new Run(operation());
            };
        }

        private Operation operation() {
            BranchName branch = branch();
            int kind = random.nextInt(114);
            if (kind < 16) {
                return new InsertPerson(branch, person(), email(), random.nextInt(4));
            }
            if (kind < 28) {
                return new UpdatePersons(branch, random.nextInt(4), random.nextInt(4), email());
            }
            if (kind < 36) {
                return new DeletePersons(
                        branch, random.nextInt(3) > 0 ? Optional.of(person()) : Optional.empty(), random.nextInt(4));
            }
            if (kind < 43) {
                return new InsertKnows(branch, person(), person(), random.nextInt(4));
            }
            if (kind < 47) {
                return new DeleteKnows(branch, person());
            }
            if (kind < 65) {
                return load(branch);
            }
            if (kind < 73) {
                return new CreateBranch(side(), branch());
            }
            if (kind < 77) {
                return new DeleteBranch(side());
            }
            if (kind < 87) {
                BranchName source = branch();
                return source.equals(branch) ? new ReadBranch(branch) : new MergeBranches(source, branch);
            }
            if (kind < 90) {
                return new ApplySchema(branch, new Content.Form(random.nextBoolean(), random.nextBoolean()));
            }
            if (kind < 95) {
                return new Optimize(branch);
            }
            if (kind < 100) {
                return new ReadBranch(branch);
            }
            if (kind < 107) {
                return new Collect(1 + random.nextInt(4), random.nextInt(5) == 0);
            }
            if (kind < 111) {
                return new TagHead(new TagName("v" + random.nextInt(2)), branch);
            }
            return kind < 112 ? new Untag(new TagName("v" + random.nextInt(2))) : new Verify();
        }

        private BranchName branch() {
            return random.nextInt(5) < 3 ? BranchName.MAIN : side();
        }

        private BranchName side() {
            return History.BRANCHES.get(random.nextInt(3) > 0 ? 1 : 2);
        }

        private String person() {
            return "p" + random.nextInt(5);
        }

        private Optional<String> email() {
            return random.nextInt(3) == 0 ? Optional.of("e" + random.nextInt(3)) : Optional.empty();
        }

        private Operation load(BranchName branch) {
            SortedMap<Key, Row> rows = new TreeMap<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        Optional<String> note = random.nextInt(8) == 0 ? Optional.of("n") : Optional.empty();
                        Optional<String> email = rows.values().stream()
                                        .anyMatch(row -> row.email().isPresent())
                                ? Optional.empty()
                                : email();
                        rows.put(
                                new Key(Kind.PERSON, person()),
                                new Row(Optional.empty(), email, Optional.of(random.nextInt(4)), note));
                    }
                    case 3 -> rows.put(new Key(Kind.TEAM, "t" + random.nextInt(3)), Row.BARE);
                    case 4, 5 ->
                        rows.put(
                                new Key(Kind.KNOWS, "k" + random.nextInt(4)),
                                Row.edge(person(), person(), random.nextInt(4)));
                    case 6 ->
                        rows.put(
                                new Key(Kind.MEMBER, "m" + random.nextInt(5)),
                                Row.edge(person(), "t" + random.nextInt(3), random.nextInt(4)));
                    default -> {
                        if (random.nextInt(4) == 0) {
                            rows.put(new Key(Kind.CITY, "c" + random.nextInt(2)), Row.BARE);
                        } else {
                            rows.put(new Key(Kind.PERSON, person()), Row.person(Optional.empty(), Optional.of(1)));
                        }
                    }
                }
            }
            LoadMode mode = random.nextInt(6) == 0
                    ? LoadMode.OVERWRITE
                    : random.nextInt(4) == 0 ? LoadMode.APPEND : LoadMode.MERGE;
            return new LoadRows(branch, mode, rows);
        }
    }

    /** Commits of one person each, and on the first what makes later operations meet something. */
    static List<Operation> warmUp(int commits) {
        SortedMap<Key, Row> rows = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            rows.put(new Key(Kind.PERSON, "p" + i), Row.person(Optional.of("e" + i), Optional.of(i)));
        }
        rows.put(new Key(Kind.TEAM, "t0"), Row.BARE);
        rows.put(new Key(Kind.TEAM, "t1"), Row.BARE);
        rows.put(new Key(Kind.KNOWS, "k0"), Row.edge("p0", "p1", 1));
        rows.put(new Key(Kind.KNOWS, "k1"), Row.edge("p2", "p3", 2));
        rows.put(new Key(Kind.MEMBER, "m0"), Row.edge("p0", "t0", 3));
        List<Operation> operations = new ArrayList<>(List.of(new LoadRows(BranchName.MAIN, LoadMode.MERGE, rows)));
        for (int i = 1; i < commits; i++) {
            operations.add(
                    i == 1
                            ? new CreateBranch(History.BRANCHES.get(1), BranchName.MAIN)
                            : new InsertPerson(BranchName.MAIN, "p4", Optional.empty(), i % 4));
        }
        return operations;
    }
}
