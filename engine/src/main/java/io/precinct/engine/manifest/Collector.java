package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectReport.Kind;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.TableStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One collection: takes what no record that is kept needs. Whatever it takes was there before its fences, and no record
 * from before them names it: that is looked up. No later record can name it either, since a slot after a fence is won
 * only by who has folded the fence, and who has folded one throws away what it staged before and starts from what is
 * kept. Breaking off at any point loses nothing: the next run lists what is left. Used by one thread.
 */
class Collector {
    private static final int MOST_CHOICES = 64;
    private static final long POLL_NANOS = 20_000_000;

    private final ObjectStore store;
    private final TableStore tables;
    private final LogSettings settings;
    private final RefsChanges changes;
    private final Function<StreamId, BranchStream> streams;
    private final Lineage lineage;
    private final Asked asked;
    private final Map<Pin, Set<String>> filesOf = new HashMap<>();
    private final Map<Kind, Long> objects = new HashMap<>();
    private final Map<Kind, Long> bytes = new HashMap<>();
    private long fenced;
    private boolean complete = true;

    record Asked(CollectRequest request, Provenance by, BooleanSupplier cancelled) {}

    /** The parts of the log that a collection works on. */
    record Log(
            ObjectStore store,
            TableStore tables,
            LogSettings settings,
            RefsChanges changes,
            Function<StreamId, BranchStream> streams,
            Lineage lineage) {}

    Collector(Log log, Asked asked) {
        this.store = log.store();
        this.tables = log.tables();
        this.settings = log.settings();
        this.changes = log.changes();
        this.streams = log.streams();
        this.lineage = log.lineage();
        this.asked = asked;
    }

    /** What is kept: the list of branches that says so, the newest states then, and the floor of each stream. */
    record Choice(RefsState list, Map<StreamId, StreamState> heads, Map<StreamId, Long> floors) {
        Set<StreamId> gone() {
            Set<StreamId> gone = new HashSet<>(list.streams());
            gone.removeAll(floors.keySet());
            return gone;
        }
    }

    CollectReport run() {
        try {
            return collected();
        } catch (EngineException failed) {
            boolean missing = failed.failure() instanceof EngineFailure.Corrupt
                    || failed.failure() instanceof EngineFailure.HistoryReclaimed;
            if (missing && newest().fenced() > fenced) {
                // What can't be found is what another one takes.
                EngineException busy = overtaken();
                busy.addSuppressed(failed);
                throw busy;
            }
            throw failed;
        }
    }

    private CollectReport collected() {
        Candidates candidates = candidates();
        RefsState list = newest();
        fenced = list.fenced();
        Choice choice = chosen(list);
        Marks marks = mark(choice, Map.of());
        List<CollectReport.Oldest> oldest = oldest(choice);
        boolean dry = asked.request().dryRun();
        if (!dry && complete && !new Sweep(candidates, choice, marks).isEmpty()) {
            choice = fenced();
            long fencedNanos = System.nanoTime();
            marks = mark(choice, fenceStreams(choice));
            oldest = oldest(choice);
            Sweep sweep = new Sweep(candidates, choice, marks);
            take(sweep.files());
            awaitReaders(fencedNanos);
            take(sweep.logObjects());
        } else if (complete) {
            // A fence is a record in every branch: not for nothing.
            Sweep sweep = new Sweep(candidates, choice, marks);
            sweep.files().forEach(this::count);
            sweep.logObjects().forEach(this::count);
        }
        List<CollectReport.OfKind> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            kinds.add(new CollectReport.OfKind(kind, objects.getOrDefault(kind, 0L), bytes.getOrDefault(kind, 0L)));
        }
        return new CollectReport(kinds, oldest, complete, dry);
    }

    Candidates candidates() {
        return Candidates.list(store, tables);
    }

    final RefsState newest() {
        return changes.refs()
                .refresh()
                .orElseThrow(() -> Envelope.corrupt(changes.refs().key(1), "it is missing"));
    }

    Choice chosen(RefsState list) {
        Map<StreamId, StreamState> heads = new HashMap<>();
        for (StreamId id : list.streams()) {
            BranchStream stream = streams.apply(id);
            heads.put(id, stream.refresh().orElseThrow(() -> unreadable(stream, "nothing of it can be read")));
        }
        return new Choice(
                list,
                heads,
                floors(list, heads).chosen(asked.request(), settings.clock().instant()));
    }

    Floors floors(RefsState list, Map<StreamId, StreamState> heads) {
        return new Floors(list, heads, lineage);
    }

    private static EngineException unreadable(BranchStream stream, String detail) {
        return Envelope.corrupt(stream.log().prefix(), detail + "; verify the graph, nothing was collected");
    }

    /** The choice once the list of branches says so for everybody; made anew whenever the list changed meanwhile. */
    Choice fenced() {
        for (int attempt = 0; attempt < MOST_CHOICES; attempt++) {
            RefsState list = newest();
            fenced = list.fenced();
            Choice choice = chosen(list);
            choice.floors().forEach((id, floor) -> {
                if (floor > 1) {
                    StreamLog<StreamState> log = streams.apply(id).log();
                    log.requireCheckpoint(log.at(floor)
                            .orElseThrow(() -> unreadable(streams.apply(id), "record " + floor + " can't be reached")));
                }
            });
            if (changes.make(
                    Optional.of(list),
                    new RefsState.Change.Fence(choice.floors(), choice.gone()),
                    asked.by().actor())) {
                fenced = list.sequence() + 1;
                return choice;
            }
        }
        throw new EngineException(new EngineFailure.Busy("list of branches"));
    }

    /** A record in each live stream after which nothing rests on what was staged before; its slot in each. */
    Map<StreamId, Long> fenceStreams(Choice choice) {
        Map<StreamId, Long> fences = new HashMap<>();
        for (StreamId id : choice.list().live().values()) {
            BranchStream stream = streams.apply(id);
            Optional<StreamState> on = stream.refresh();
            while (!fences.containsKey(id)) {
                StreamState state = on.orElseThrow(() -> unreadable(stream, "nothing of it can be read"));
                if (state.terminal()) {
                    // Nothing can follow.
                    fences.put(id, state.sequence());
                    break;
                }
                switch (stream.publish(state, fence(state))) {
                    case StreamLog.Appended.Won<StreamState> won ->
                        fences.put(id, won.state().sequence());
                    case StreamLog.Appended.Lost<StreamState> lost -> on = Optional.of(lost.state());
                }
            }
        }
        return fences;
    }

    private CommitRecord fence(StreamState on) {
        return new CommitRecord(
                on.stream(),
                on.sequence() + 1,
                new CommitId(settings.ids().next()),
                Optional.of(on.digest()),
                List.of(),
                on.schema(),
                Map.of(),
                Map.of(),
                false,
                true,
                Optional.empty());
    }

    /** Keys of files that are needed; a folder stands for all that is in it. */
    private static final class Marks {
        private final Set<String> keys = new HashSet<>();
        private final Set<String> folders = new HashSet<>();

        void add(String key) {
            (key.endsWith("/") ? folders : keys).add(key);
        }

        boolean holds(String key) {
            if (keys.contains(key)) {
                return true;
            }
            for (int end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
                if (folders.contains(key.substring(0, end + 1))) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Every version that a state from the floors on consists of, also those that only time travel reaches. */
    private Marks mark(Choice choice, Map<StreamId, Long> fences) {
        Set<Pin> pins = new LinkedHashSet<>();
        choice.floors().forEach((id, floor) -> {
            BranchStream stream = streams.apply(id);
            StreamState first = stream.log().at(floor).orElseThrow(() -> overtaken());
            long last = stream.log().walk(first, state -> state.types().values().forEach(type -> pins.add(type.pin())));
            // Where records go while they are read, what comes after them would count for nothing.
            if (last < Math.max(choice.heads().get(id).sequence(), fences.getOrDefault(id, floor))) {
                throw overtaken();
            }
        });
        Marks marks = new Marks();
        for (Pin pin : pins) {
            if (asked.cancelled().getAsBoolean()) {
                complete = false;
                return marks;
            }
            filesOf.computeIfAbsent(pin, tables::filesOf).forEach(marks::add);
        }
        return marks;
    }

    private List<CollectReport.Oldest> oldest(Choice choice) {
        List<CollectReport.Oldest> oldest = new ArrayList<>();
        for (Map.Entry<BranchName, StreamId> live : choice.list().live().entrySet()) {
            BranchStream stream = streams.apply(live.getValue());
            StreamState first =
                    stream.log().at(choice.floors().get(live.getValue())).orElseThrow(() -> overtaken());
            oldest.add(new CollectReport.Oldest(live.getKey(), first.head()));
        }
        return oldest;
    }

    private static EngineException overtaken() {
        return new EngineException(new EngineFailure.Busy("history, by another collection,"));
    }

    /**
     * Nobody who read the list before the fence still trusts it after that long, so whoever then misses a record in a
     * slot looks at the list before it takes the slot for free.
     */
    void awaitReaders(long fencedNanos) {
        long wait = settings.limits().zombieAfter().toNanos();
        long until = wait + wait / 4;
        while (complete && System.nanoTime() - fencedNanos < until) {
            if (asked.cancelled().getAsBoolean() || Thread.currentThread().isInterrupted()) {
                complete = false;
                return;
            }
            LockSupport.parkNanos(Math.min(POLL_NANOS, until - (System.nanoTime() - fencedNanos)));
        }
    }

    /** One object to take. */
    private record Surplus(Kind kind, String key, long size) {}

    /** What of the candidates is not kept, in the order in which it may go. */
    private record Sweep(List<Surplus> files, List<Surplus> logObjects) {
        Sweep(Candidates candidates, Choice choice, Marks marks) {
            this(new ArrayList<>(), new ArrayList<>());
            List<Surplus> versions = new ArrayList<>();
            for (TableStore.StoredFile file : candidates.files()) {
                if (!marks.holds(file.key())) {
                    Kind kind = file.isManifest() ? Kind.VERSIONS : Kind.FILES;
                    (file.isManifest() ? versions : files).add(new Surplus(kind, file.key(), file.bytes()));
                }
            }
            files.addAll(versions);
            candidates.streams().forEach((id, objects) -> {
                long floor = choice.floors().getOrDefault(id, Long.MAX_VALUE);
                add(Kind.CHECKPOINTS, objects.checkpoints(), floor);
                // Oldest first: who finds a record finds all that are kept after it.
                add(Kind.RECORDS, objects.records(), floor);
                if (floor == Long.MAX_VALUE) {
                    add(Kind.CHECKPOINTS, objects.hints(), floor);
                }
            });
        }

        private void add(Kind kind, List<Candidates.LogObject> all, long floor) {
            all.stream()
                    .filter(one -> one.sequence() < floor)
                    .forEach(one -> logObjects.add(new Surplus(kind, one.key(), one.bytes())));
        }

        boolean isEmpty() {
            return files.isEmpty() && logObjects.isEmpty();
        }
    }

    private void take(List<Surplus> all) {
        for (Surplus one : all) {
            if (!complete || asked.cancelled().getAsBoolean()) {
                complete = false;
                return;
            }
            switch (one.kind()) {
                case FILES, VERSIONS -> tables.deleteFile(one.key());
                case RECORDS, CHECKPOINTS -> {
                    try {
                        store.delete(one.key());
                    } catch (StoreException failed) {
                        throw StreamLog.unavailable(failed);
                    }
                }
            }
            count(one);
        }
    }

    private void count(Surplus one) {
        objects.merge(one.kind(), 1L, Long::sum);
        bytes.merge(one.kind(), one.size(), Long::sum);
    }
}
