package io.precinct.engine.crash;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.LoadMode;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Provenance;
import io.precinct.engine.Target;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.IdSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that works on a graph and keeps a journal of it, until its input ends or it is killed. One that is started again
 * with the same name asks once more for whatever it was not told about, where that may be done, and goes on.
 */
public final class KillLoopWorker {
    static final String GRAPH = "g";
    static final String SCHEMA = """
            node Event { tag: String  body: String? }
            node Item { name: String @key  value: I64 }
            """;

    enum Role {
        /** Two threads that insert, load, update and delete. */
        WRITER,
        /** One that branches, merges, compacts and collects over and over. */
        UPKEEP
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int THREADS = 2;
    private static final long LONGEST_PAUSE_NANOS = 15_000_000;
    private static final String BODY = "x".repeat(400);

    private final Graph graph;
    private final Journal journal;
    private final IdSource ids = LocalEngine.ids();
    private volatile boolean stopped;

    private KillLoopWorker(Graph graph, Journal journal) {
        this.graph = graph;
        this.journal = journal;
    }

    /** Arguments: root of the store, journal, role, name, seed. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        String name = arguments[3];
        List<Journal.Line> before = Journal.read(file);
        try (LocalEngine engine = new LocalEngine(Path.of(arguments[0]));
                Journal journal = new Journal(file)) {
            KillLoopWorker worker = new KillLoopWorker(engine.open(GRAPH).graph(), journal);
            journal.add(new Journal.Born(ProcessHandle.current().pid()));
            List<Thread> threads = new ArrayList<>();
            switch (Role.valueOf(arguments[2])) {
                case WRITER -> {
                    for (int number = 0; number < THREADS; number++) {
                        Past past = Past.of(name + number, before);
                        Random random = new Random(Long.parseLong(arguments[4]) + number);
                        threads.add(Thread.ofPlatform().start(() -> worker.write(past, random)));
                    }
                }
                case UPKEEP -> threads.add(Thread.ofPlatform().start(() -> worker.keepUp(Past.of(name, before))));
            }
            awaitEndOfInput();
            worker.stopped = true;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** It ends with the process that started this one, however that ends. */
    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is ever said.
        }
    }

    /**
     * What a thread of an earlier life has left.
     *
     * @param next number of its next write
     * @param open the last write, when it was not told about it
     */
    private record Past(String thread, int next, Optional<Attempt> open) {
        static Past of(String thread, List<Journal.Line> lines) {
            int next = 0;
            Map<String, Attempt> open = new LinkedHashMap<>();
            for (Journal.Line line : lines) {
                if (line instanceof Journal.Try(Attempt attempt)
                        && attempt.thread().equals(thread)) {
                    next = Integer.parseInt(attempt.key().substring(thread.length() + 1)) + 1;
                    open.put(attempt.key(), attempt);
                } else if (line instanceof Journal.Told told) {
                    open.remove(told.key());
                }
            }
            return new Past(
                    thread,
                    next,
                    open.values().stream()
                            .filter(attempt -> attempt.once().isPresent())
                            .reduce((first, second) -> second));
        }
    }

    private void write(Past past, Random random) {
        past.open().ifPresent(this::ask);
        int kept = -1;
        for (int number = past.next(); !stopped; number++) {
            String key = past.thread() + "-" + number;
            int die = random.nextInt(100);
            Attempt.Kind kind;
            int value = number;
            if (die < 60) {
                kind = Attempt.Kind.EVENT;
            } else if (die < 75) {
                kind = Attempt.Kind.ROWS;
                // The larger ones become fragments at once.
                value = die < 67 ? 5 : 40;
            } else if (die < 80) {
                // Few of them: a merge starts again when what it was held against is changed.
                kind = Attempt.Kind.SET;
            } else if (kept < 0) {
                kind = Attempt.Kind.KEEP;
            } else {
                kind = Attempt.Kind.DROP;
                value = kept;
            }
            Attempt attempt = attempt(key, kind, value, random.nextBoolean());
            journal.add(new Journal.Try(attempt));
            boolean done = ask(attempt);
            if (kind == Attempt.Kind.KEEP && done) {
                kept = number;
            } else if (kind == Attempt.Kind.DROP) {
                kept = -1;
            }
            LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_PAUSE_NANOS));
        }
    }

    private Attempt attempt(String key, Attempt.Kind kind, int number, boolean once) {
        if (!once) {
            return new Attempt(key, kind, number, Optional.empty());
        }
        Snapshot head = head();
        return new Attempt(
                key,
                kind,
                number,
                Optional.of(new WriteTerms.Once(new CommitId(ids.next()), head.stream(), head.sequence())));
    }

    private Snapshot head() {
        return graph.snapshot(new Target.Branch(BranchName.MAIN));
    }

    private boolean ask(Attempt attempt) {
        return told(attempt.key(), () -> act(attempt));
    }

    /** What the answer is goes into the journal. */
    private boolean told(String key, Runnable action) {
        Journal.Told told;
        try {
            action.run();
            told = new Journal.Told(key, Journal.Answer.OK, "done");
        } catch (EngineException failed) {
            told = new Journal.Told(
                    key, meaning(failed.failure()), failed.failure().code() + ": " + failed);
        } catch (RuntimeException | Error broken) {
            broken.printStackTrace();
            told = new Journal.Told(key, Journal.Answer.BROKEN, broken.toString());
        }
        if (told.answer() == Journal.Answer.BROKEN) {
            System.err.println(told.text());
        }
        journal.add(told);
        return told.answer() == Journal.Answer.OK;
    }

    /** What others do may stand in the way of a write, and of a collection; nothing else may. */
    private static Journal.Answer meaning(EngineFailure failure) {
        return switch (failure) {
            case EngineFailure.ReadSetChanged changed -> Journal.Answer.NO;
            case EngineFailure.Busy busy -> Journal.Answer.NO;
            case EngineFailure.CommitInDoubt doubt -> Journal.Answer.DOUBT;
            default -> Journal.Answer.BROKEN;
        };
    }

    private void act(Attempt attempt) {
        Provenance by = LocalEngine.BY.on(new WriteTerms(Optional.empty(), attempt.once()));
        switch (attempt.kind()) {
            case EVENT ->
                mutate(
                        "query m($t: String) { insert Event { tag: $t } }",
                        JSON.createObjectNode().put("t", attempt.key()),
                        by);
            case KEEP ->
                mutate(
                        "query m($n: String, $v: I64) { insert Item { name: $n, value: $v } }",
                        JSON.createObjectNode().put("n", attempt.item()).put("v", attempt.number()),
                        by);
            case DROP ->
                mutate(
                        "query m($n: String) { delete Item where name = $n }",
                        JSON.createObjectNode().put("n", attempt.item()),
                        by);
            case SET ->
                load(
                        BranchName.MAIN,
                        LoadMode.MERGE,
                        "{\"type\":\"Item\",\"data\":{\"name\":\"%s\",\"value\":%d}}"
                                .formatted(attempt.register(), attempt.number()),
                        by);
            case ROWS -> load(BranchName.MAIN, LoadMode.APPEND, lines(attempt.tags()), by);
            case MERGE -> merge(attempt, by);
        }
    }

    private void merge(Attempt attempt, Provenance by) {
        BranchName side = new BranchName("side/" + attempt.key());
        graph.createBranch(side, BranchName.MAIN, by);
        List<String> tags = attempt.tags();
        load(side, LoadMode.APPEND, lines(tags.subList(0, tags.size() / 2)), by);
        load(side, LoadMode.APPEND, lines(tags.subList(tags.size() / 2, tags.size())), by);
        graph.merge(new MergeRequest(side, BranchName.MAIN), AccessGate.UNRESTRICTED, by);
    }

    private static String lines(List<String> tags) {
        StringBuilder lines = new StringBuilder();
        for (String tag : tags) {
            lines.append("{\"type\":\"Event\",\"data\":{\"tag\":\"%s\",\"body\":\"%s\"}}\n".formatted(tag, BODY));
        }
        return lines.toString();
    }

    private void load(BranchName branch, LoadMode mode, String lines, Provenance by) {
        graph.load(
                branch,
                mode,
                new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                AccessGate.UNRESTRICTED,
                by);
    }

    private void mutate(String text, ObjectNode parameters, Provenance by) {
        CheckedStatement.Write write = (CheckedStatement.Write) graph.compile(head(), text, Optional.empty());
        graph.mutate(BranchName.MAIN, write, parameters, AccessGate.UNRESTRICTED, by);
    }

    private void keepUp(Past past) {
        for (BranchName left : graph.branches()) {
            if (!left.equals(BranchName.MAIN)) {
                step("deleted a branch of an earlier life", past, () -> graph.deleteBranch(left, LocalEngine.BY));
            }
        }
        for (int number = past.next(); !stopped; number++) {
            Attempt attempt =
                    new Attempt(past.thread() + "-" + number, Attempt.Kind.MERGE, 10 + number % 40, Optional.empty());
            journal.add(new Journal.Try(attempt));
            ask(attempt);
            step("compacted", past, () -> graph.compact(BranchName.MAIN, LocalEngine.BY, () -> false));
            BranchName side = new BranchName("side/" + attempt.key());
            if (graph.branches().contains(side)) {
                step("deleted a branch", past, () -> graph.deleteBranch(side, LocalEngine.BY));
            }
            step("collected", past, () -> {
                CollectReport report = graph.collect(
                        new CollectRequest(OptionalInt.of(20), Optional.of(Duration.ofSeconds(8)), false),
                        LocalEngine.BY,
                        () -> stopped);
                journal.add(new Journal.Did("took " + report.objects() + " objects"));
            });
        }
    }

    private void step(String what, Past past, Runnable action) {
        if (told(past.thread() + "-upkeep", action)) {
            journal.add(new Journal.Did(what));
        }
    }
}
