package io.precinct.engine.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.InMemoryObjectStore;
import io.precinct.engine.storage.InMemoryObjectStore.Fault;
import io.precinct.engine.storage.InMemoryObjectStore.Operation;
import io.precinct.engine.storage.TableStore;
import io.precinct.engine.upkeep.Compact;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * Many threads of several processes write one graph at random through faults; then history is replayed on a map. The
 * seed fixes what is asked and which requests fail, not how threads interleave.
 *
 * @param store put between the log and the store, to plant defects
 * @param attempt put around every write, likewise
 */
record LogModel(
        long seed,
        int processes,
        int threadsEach,
        int operations,
        UnaryOperator<ObjectStore> store,
        UnaryOperator<WriteAttempt> attempt) {
    private static final int KEYS = 8;
    private static final List<BranchName> BRANCHES =
            List.of(BranchName.MAIN, new BranchName("left"), new BranchName("right"));

    private record Operations(Map<String, Optional<Long>> changes, boolean add) {}

    private sealed interface Answer {
        record Acknowledged(StreamId stream, CommitId commit) implements Answer {}

        record InDoubt(CommitId commit) implements Answer {}

        record Refused() implements Answer {}
    }

    private record Asked(Map<String, Operations> operations, Map<String, Answer> answers) {}

    void run(Path directory) throws InterruptedException {
        Random random = new Random(seed);
        Asked asked = new Asked(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        List<GraphLog> logs = new ArrayList<>();
        try (Behind behind = Behind.threads(2);
                LogRig rig = new LogRig(directory)) {
            rig.background = random.nextBoolean() ? Optional.of(behind) : Optional.empty();
            rig.limits = new LogSettings.Limits(
                    random.nextBoolean() ? 64 << 10 : 150,
                    256 << 10,
                    64 << 10,
                    4 + random.nextInt(30),
                    4 << 20,
                    3 + random.nextInt(30),
                    Duration.ofSeconds(30),
                    Duration.ofNanos(1));
            rig.create().close();
            rig.objects.faults(faults(new Random(random.nextLong())));
            try {
                history(rig, random, asked, logs);
                rig.objects.faults(request -> Optional.empty());
                verify(rig, logs, asked);
            } finally {
                logs.forEach(GraphLog::close);
            }
        } catch (EngineException | AssertionError wrong) {
            throw new AssertionError("seed " + seed + ": " + wrong.getMessage(), wrong);
        }
    }

    private void history(LogRig rig, Random random, Asked asked, List<GraphLog> logs) throws InterruptedException {
        AtomicLong numbers = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(processes * threadsEach)) {
            List<Future<?>> running = new ArrayList<>();
            for (int process = 0; process < processes; process++) {
                GraphLog log = opened(rig);
                logs.add(log);
                for (int thread = 0; thread < threadsEach; thread++) {
                    Random own = new Random(random.nextLong());
                    running.add(threads.submit(() -> {
                        for (int i = 0; i < operations; i++) {
                            one(rig, log, own, numbers, asked);
                        }
                    }));
                }
            }
            for (Future<?> thread : running) {
                thread.get();
            }
        } catch (ExecutionException failed) {
            throw new AssertionError(String.valueOf(failed.getCause()), failed.getCause());
        }
    }

    private GraphLog opened(LogRig rig) {
        while (true) {
            try {
                return rig.open(store.apply(rig.objects));
            } catch (EngineException unavailable) {
                harmless(unavailable);
            }
        }
    }

    /** Now and then nothing arrives, an answer is lost, or many answers in a row for the same slot. */
    private static java.util.function.Function<InMemoryObjectStore.Request, Optional<Fault>> faults(Random random) {
        int[] storm = new int[1];
        return request -> {
            synchronized (storm) {
                return fault(request, random, storm);
            }
        };
    }

    private static Optional<Fault> fault(InMemoryObjectStore.Request request, Random random, int[] storm) {
        if (request.operation() != Operation.PUT_IF_ABSENT) {
            return random.nextInt(300) == 0 ? Optional.of(Fault.UNAVAILABLE_BEFORE) : Optional.empty();
        }
        if (storm[0] == 0 && random.nextInt(60) == 0) {
            storm[0] = 8;
        }
        if (storm[0] > 0) {
            storm[0]--;
            return Optional.of(random.nextInt(4) == 0 ? Fault.IN_DOUBT_AFTER : Fault.IN_DOUBT_BEFORE);
        }
        return switch (random.nextInt(20)) {
            case 0 -> Optional.of(Fault.UNAVAILABLE_BEFORE);
            case 1 -> Optional.of(Fault.IN_DOUBT_BEFORE);
            case 2 -> Optional.of(Fault.IN_DOUBT_AFTER);
            default -> Optional.empty();
        };
    }

    private static void harmless(EngineException failed) {
        switch (failed.failure()) {
            case EngineFailure.StorageUnavailable unavailable -> {}
            case EngineFailure.NotFound absent -> {}
            case EngineFailure.AlreadyExists present -> {}
            case EngineFailure.ReadSetChanged changed -> {}
            case EngineFailure.CommitInDoubt doubt -> {}
            default -> throw failed;
        }
    }

    private void one(LogRig rig, GraphLog log, Random random, AtomicLong numbers, Asked asked) {
        BranchName branch = random.nextInt(3) > 0 ? BranchName.MAIN : BRANCHES.get(random.nextInt(BRANCHES.size()));
        int kind = random.nextInt(40);
        if (kind > 3) {
            write(rig, log, branch, random, "request" + numbers.incrementAndGet(), asked);
            return;
        }
        try {
            switch (kind) {
                case 0 ->
                    log.createBranch(BRANCHES.get(1 + random.nextInt(2)), BRANCHES.get(random.nextInt(2)), LogRig.BY);
                case 1 -> log.deleteBranch(BRANCHES.get(1 + random.nextInt(2)), LogRig.BY);
                case 2 ->
                    log.commit(
                            branch,
                            new Compact(
                                    rig.tables, new TableStore.CompactionLimits(1_000, 0.1), LogRig.BY, () -> false),
                            AccessGate.UNRESTRICTED);
                default -> rig.read(log.head(branch));
            }
        } catch (EngineException failed) {
            harmless(failed);
        }
    }

    private void write(LogRig rig, GraphLog log, BranchName branch, Random random, String request, Asked asked) {
        boolean add = random.nextInt(3) == 0;
        Map<String, Optional<Long>> changes = new TreeMap<>();
        for (int i = add ? 1 : 1 + random.nextInt(3); i > 0; i--) {
            changes.put(
                    "key" + random.nextInt(KEYS),
                    add || random.nextInt(4) > 0 ? Optional.of((long) random.nextInt(1_000)) : Optional.empty());
        }
        LogRig.Form form = random.nextInt(8) == 0 ? LogRig.Form.FRAGMENTS : LogRig.Form.INLINE;
        asked.operations().put(request, new Operations(changes, add));
        WriteAttempt write =
                attempt.apply(rig.attempt(changes, form, add, new Provenance("tester", request, Optional.empty())));
        try {
            log.commit(branch, write, AccessGate.UNRESTRICTED)
                    .ifPresent(done -> asked.answers()
                            .put(
                                    request,
                                    new Answer.Acknowledged(
                                            done.snapshot().stream(),
                                            done.commit().id())));
        } catch (EngineException failed) {
            harmless(failed);
            asked.answers()
                    .put(
                            request,
                            failed.failure() instanceof EngineFailure.CommitInDoubt doubt
                                    ? new Answer.InDoubt(doubt.commitId())
                                    : new Answer.Refused());
        }
    }

    private void verify(LogRig rig, List<GraphLog> logs, Asked asked) {
        try (GraphLog fresh = rig.open()) {
            for (BranchName branch : fresh.branches()) {
                if (!exists(fresh, branch)) {
                    continue;
                }
                Map<String, Long> model = replayed(rig, (StoredGraphLog) fresh, branch, asked);
                assertThat(rig.read(fresh.head(branch))).as("%s", branch).isEqualTo(model);
                for (GraphLog log : logs) {
                    assertThat(rig.read(log.head(branch))).as("%s", branch).isEqualTo(model);
                }
            }
        }
    }

    private static boolean exists(GraphLog log, BranchName branch) {
        try {
            log.head(branch);
            return true;
        } catch (EngineException ended) {
            assertThat(ended.failure()).isInstanceOf(EngineFailure.NotFound.class);
            return false;
        }
    }

    private static Map<String, Long> replayed(LogRig rig, StoredGraphLog log, BranchName branch, Asked asked) {
        List<CommitInfo> history =
                log.commits(branch, Optional.empty(), Integer.MAX_VALUE).reversed();
        Map<String, Long> model = new TreeMap<>();
        Set<String> seen = new HashSet<>();
        Optional<CommitId> parent = Optional.empty();
        for (int i = 0; i < history.size(); i++) {
            CommitInfo commit = history.get(i);
            assertThat(commit.parent()).as("parent of %s", commit).isEqualTo(parent);
            parent = Optional.of(commit.id());
            Snapshot state = log.at(commit.id());
            if (commit.kind() == CommitInfo.Kind.MUTATION) {
                String request = commit.requestId().orElseThrow();
                assertThat(seen.add(request))
                        .as("%s is published once", request)
                        .isTrue();
                Map<String, Long> before = new TreeMap<>(model);
                apply(asked.operations().get(request), model);
                assertThat(recorded(log, commit, state))
                        .as("change set of %s", request)
                        .isEqualTo(diff(before, model));
                switch (asked.answers().get(request)) {
                    case Answer.Acknowledged done -> assertThat(done.commit()).isEqualTo(commit.id());
                    case Answer.InDoubt doubt -> assertThat(doubt.commit()).isEqualTo(commit.id());
                    case Answer.Refused refused -> throw new AssertionError(request + " was refused and published");
                    case null -> throw new AssertionError(request + " changed nothing and was published");
                }
            }
            boolean lastOfRecord = i + 1 == history.size()
                    || !log.at(history.get(i + 1).id()).stream().equals(state.stream())
                    || history.get(i + 1).sequence() != commit.sequence();
            if (lastOfRecord) {
                assertThat(rig.read(state)).as("after %s", commit).isEqualTo(model);
            }
        }
        StreamId stream = log.head(branch).stream();
        asked.answers().forEach((request, answer) -> {
            if (answer instanceof Answer.Acknowledged done && done.stream().equals(stream)) {
                assertThat(seen).as("acknowledged on %s", branch).contains(request);
            }
        });
        return model;
    }

    private static void apply(Operations operation, Map<String, Long> model) {
        operation.changes().forEach((id, value) -> {
            if (value.isEmpty()) {
                model.remove(id);
            } else if (operation.add()) {
                assertThat(model).containsKey(id);
                model.merge(id, value.get(), Long::sum);
            } else {
                model.put(id, value.get());
            }
        });
    }

    /** A put of the value that is there counts as an update, so updates are told by who is there before and after. */
    private record Diff(Set<String> inserted, Set<String> deleted) {}

    private static Diff diff(Map<String, Long> before, Map<String, Long> after) {
        Set<String> inserted = new TreeSet<>(after.keySet());
        inserted.removeAll(before.keySet());
        Set<String> deleted = new TreeSet<>(before.keySet());
        deleted.removeAll(after.keySet());
        return new Diff(inserted, deleted);
    }

    private static Diff recorded(StoredGraphLog log, CommitInfo commit, Snapshot state) {
        CommitRecord record =
                log.stream(state.stream()).record(commit.sequence()).orElseThrow();
        ChangeSet change = record.members().stream()
                .filter(member -> member.commit().id().equals(commit.id()))
                .findFirst()
                .orElseThrow()
                .changes()
                .get(LogRig.ITEM.id());
        assertThat(change.updatedCount()).isEqualTo(change.updated().size());
        return new Diff(new TreeSet<>(change.inserted()), new TreeSet<>(change.deleted()));
    }
}
