package io.precinct.engine.manifest;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Provenance;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.VerifyReport;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.spi.StoreException;
import io.precinct.engine.storage.TableStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A graph's log in an object store: the list of branches, and a stream for each life of a branch. */
final class StoredGraphLog implements GraphLog {
    private static final Logger LOG = LoggerFactory.getLogger(StoredGraphLog.class);
    private static final long RECORD_CACHE_BYTES = 32L << 20;
    private static final int MOST_COMMITS_INDEXED = 50_000;
    static final int MOST_OPEN_STREAMS = 128;

    private final ObjectStore store;
    private final TableStore tables;
    private final LogSettings settings;
    private final CommitRecordCodec codec;
    private final StreamLog<RefsState> refs;
    private final RefsChanges changes;
    private final OpenStreams streams;
    private final Cache<BranchStream.Slot, CommitRecord> records = Caffeine.newBuilder()
            .maximumWeight(RECORD_CACHE_BYTES)
            .weigher((BranchStream.Slot slot, CommitRecord record) -> record.heapBytes())
            .build();
    private final Cache<CommitId, BranchStream.Slot> slots =
            Caffeine.newBuilder().maximumSize(MOST_COMMITS_INDEXED).build();
    private final Composer composer;
    private final BackgroundWork background;
    private final Lineage lineage = new Lineage(this::record);
    private final Seen seen;

    /** When the list of branches was read, so that nobody asks for it more often than knowing what is kept takes. */
    private final class Seen implements BranchStream.ListSeen {
        private final long trusted;
        private long atNanos;

        Seen(long trusted) {
            this.trusted = trusted;
            this.atNanos = System.nanoTime() - trusted;
        }

        @Override
        public Optional<RefsState> state() {
            return refs.known();
        }

        @Override
        public Optional<RefsState> newest() {
            long now = System.nanoTime();
            Optional<RefsState> state = refs.refresh();
            synchronized (this) {
                if (now - atNanos > 0) {
                    atNanos = now;
                }
            }
            return state;
        }

        @Override
        public synchronized long atNanos() {
            return atNanos;
        }

        /** Read now, or so lately that no collection can have begun to take what it did not name. */
        Optional<RefsState> recent() {
            return System.nanoTime() - atNanos() < trusted ? refs.known() : newest();
        }
    }

    /** By what this process knows of the list; asked for anew only where that does not even know the stream. */
    private boolean isReclaimed(BranchStream.Slot slot, Optional<RefsState> known) {
        return known.filter(list -> list.streams().contains(slot.stream()))
                .or(seen::newest)
                .map(list -> list.isReclaimed(slot))
                .orElse(true);
    }

    private static EngineException reclaimed(String what) {
        return new EngineException(new EngineFailure.HistoryReclaimed(what));
    }

    StoredGraphLog(ObjectStore store, TableStore tables, LogSettings settings) {
        this.store = store;
        this.tables = tables;
        this.settings = settings;
        this.seen = new Seen(settings.limits().zombieAfter().toNanos());
        this.codec = new CommitRecordCodec(this::schema, tables.allocator());
        this.refs = new StreamLog<>(
                store, RefsState.STREAM, RefsState.machine(), settings.limits().putPause(), StreamLog.Kept.ALL);
        this.changes = new RefsChanges(refs, settings);
        this.composer = new Composer(tables);
        this.background = new BackgroundWork(settings.background());
        this.streams = new OpenStreams(
                MOST_OPEN_STREAMS,
                new OpenStreams.Maker() {
                    @Override
                    public BranchStream stream(StreamId id) {
                        return new BranchStream(id, store, codec, records, settings, seen);
                    }

                    @Override
                    public Committer committer(BranchStream stream) {
                        return new Committer(stream, composer, settings, background);
                    }
                },
                background::concerns);
    }

    CommitRecordCodec codec() {
        return codec;
    }

    StreamLog<RefsState> refs() {
        return refs;
    }

    /** The list of branches as it is now; empty when there is no graph. */
    Optional<RefsState> list() {
        return seen.newest();
    }

    RefsChanges changes() {
        return changes;
    }

    BranchStream stream(StreamId id) {
        return streams.stream(id);
    }

    OpenStreams streams() {
        return streams;
    }

    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private Schema schema(String hash) {
        return schemas.computeIfAbsent(hash, unused -> {
            String key = GraphLogs.schemaKey(hash);
            try {
                byte[] bytes = store.get(key)
                        .orElseThrow(() -> new EngineException(new EngineFailure.Corrupt(key, "it is missing")));
                Schema schema = settings.schemas().read(bytes);
                if (!schema.hash().equals(hash)) {
                    throw Envelope.corrupt(key, "it holds another schema than its name says");
                }
                return schema;
            } catch (StoreException failed) {
                throw StreamLog.unavailable(failed);
            }
        });
    }

    /** Stores a new schema before any record can name it: a record is never published without what it is read by. */
    private final class KeepingSchemas implements WriteAttempt {
        private final WriteAttempt attempt;

        KeepingSchemas(WriteAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public Prepared prepare(Snapshot base) {
            Prepared prepared = attempt.prepare(base);
            prepared.schema().ifPresent(this::keep);
            return prepared;
        }

        private void keep(Schema schema) {
            try {
                store.putIfAbsent(
                        GraphLogs.schemaKey(schema.hash()), settings.schemas().write(schema));
            } catch (StoreException failed) {
                // Whether it is there or not, no record names it yet.
                throw StreamLog.unavailable(failed);
            }
        }

        @Override
        public WhenRefused whenRefused() {
            return attempt.whenRefused();
        }

        @Override
        public boolean startsOnNewest() {
            return attempt.startsOnNewest();
        }

        @Override
        public WriteTerms terms() {
            return attempt.terms();
        }

        @Override
        public void discard() {
            attempt.discard();
        }
    }

    @Override
    public Snapshot head(BranchName branch) {
        return newest(branch).snapshot();
    }

    /** The branch's newest state. A record that ends the branch leads to what the list of branches says now. */
    private StreamState newest(BranchName branch) {
        return newest(branch, left -> takeOffTheList(left, "precinct"));
    }

    /** @param finished what is done with a branch that has ended and is still listed, before it counts as absent */
    private StreamState newest(BranchName branch, Consumer<RefsState.Change.Delete> finished) {
        Optional<StreamId> known = refs.known().map(state -> state.live().get(branch));
        if (known.isEmpty()) {
            known = branches(seen.newest()).live(branch);
        }
        StreamId id = known.orElseThrow(() -> absent(branch));
        Optional<StreamState> found = stream(id).refresh();
        if (found.isPresent() && !found.get().terminal()) {
            return found.get();
        }
        RefsState now = seen.newest().orElseThrow(() -> absent(branch));
        if (id.equals(now.live().get(branch)) && found.isEmpty()) {
            // Unless what is kept of it was not known.
            found = stream(id).refresh();
            if (found.isPresent() && !found.get().terminal()) {
                return found.get();
            }
            if (found.isEmpty()) {
                throw Envelope.corrupt(
                        stream(id).log().prefix(),
                        "the branch is listed, and there is neither a first record nor a sound checkpoint at or after"
                                + " record " + now.floor(id));
            }
        }
        if (id.equals(now.live().get(branch))) {
            // Its last record was written and the list was not: who finds this finishes it.
            finished.accept(new RefsState.Change.Delete(branch, id));
            throw absent(branch);
        }
        StreamId next = Optional.ofNullable(now.live().get(branch)).orElseThrow(() -> absent(branch));
        return stream(next).refresh().filter(again -> !again.terminal()).orElseThrow(() -> absent(branch));
    }

    private record Branches(Optional<RefsState> state) {
        Optional<StreamId> live(BranchName name) {
            return state.map(one -> one.live().get(name));
        }
    }

    private static Branches branches(Optional<RefsState> state) {
        return new Branches(state);
    }

    static EngineException absent(BranchName branch) {
        return new EngineException(new EngineFailure.NotFound("branch", branch.value()));
    }

    @Override
    public Snapshot at(CommitId commit) {
        return at(slot(commit), commit);
    }

    private Snapshot at(BranchStream.Slot slot, CommitId commit) {
        StreamLog<StreamState> log = stream(slot.stream()).log();
        if (isReclaimed(slot, refs.known())) {
            throw reclaimed("commit " + commit);
        }
        Optional<StreamState> state =
                log.known().filter(known -> known.sequence() == slot.sequence()).or(() -> log.at(slot.sequence()));
        if (state.isEmpty()
                && seen.newest().filter(list -> list.isReclaimed(slot)).isPresent()) {
            throw reclaimed("commit " + commit);
        }
        // The first time it may have been looked for by what an old list said is kept.
        return state.or(() -> log.at(slot.sequence()))
                .orElseThrow(() -> new EngineException(new EngineFailure.NotFound("commit", commit.value())))
                .snapshot();
    }

    @Override
    public Snapshot at(Authored commit) {
        return at(
                new BranchStream.Slot(commit.stream(), commit.sequence()),
                commit.commit().id());
    }

    @Override
    public Snapshot before(Authored commit) {
        return at(
                new BranchStream.Slot(commit.stream(), commit.sequence() - 1),
                commit.commit().id());
    }

    @Override
    public Snapshot at(StreamId stream, long sequence, CommitId commit) {
        return at(new BranchStream.Slot(stream, sequence), commit);
    }

    @Override
    public Origin origin(StreamId stream) {
        CommitRecord.Genesis genesis = record(new BranchStream.Slot(stream, 1))
                .genesis()
                .orElseThrow(() -> Envelope.corrupt(stream(stream).log().key(1), "it begins no branch"));
        return new Origin(
                genesis.branch(),
                genesis.source().map(CommitRecord.Source::stream),
                genesis.source().map(CommitRecord.Source::sequence).orElse(0L),
                genesis.source().isPresent() ? genesis.head().map(CommitInfo::id) : Optional.empty());
    }

    @Override
    public List<Authored> commits(StreamId stream, long sequence) {
        return lineage.members(new BranchStream.Slot(stream, sequence));
    }

    @Override
    public long oldest(StreamId stream) {
        return seen.newest().map(list -> list.floor(stream)).orElse(1L);
    }

    @Override
    public List<Authored> companions(Authored commit) {
        return lineage.companions(commit);
    }

    @Override
    public Authored newest(Snapshot snapshot) {
        return lineage.last(new BranchStream.Slot(snapshot.stream(), snapshot.sequence()));
    }

    @Override
    public Authored authored(CommitId id) {
        return lineage.find(slot(id), id);
    }

    @Override
    public Optional<Authored> parent(Authored commit) {
        return lineage.parent(commit);
    }

    @Override
    public Optional<Authored> mergedParent(Authored commit) {
        return lineage.mergedParent(commit);
    }

    @Override
    public Optional<Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
        StreamState state = refs.known()
                .map(known -> known.live().get(branch))
                .flatMap(id -> stream(id).known())
                .orElseGet(() -> newest(branch));
        Optional<Committed> committed;
        while (true) {
            try {
                Optional<WriteTerms.Once> once = attempt.terms().once();
                if (once.isPresent() && !once.get().stream().equals(state.stream())) {
                    committed = Optional.of(publishedElsewhere(branch, once.get()));
                    break;
                }
                committed = streams.committing(
                        state.stream(), committer -> committer.commit(branch, new KeepingSchemas(attempt), gate));
                break;
            } catch (EngineException failed) {
                // Only that there is no such branch any more: an unclear outcome must never be tried again elsewhere.
                boolean ended = failed.failure() instanceof EngineFailure.NotFound absent
                        && absent.kind().equals("branch")
                        && stream(state.stream())
                                .known()
                                .map(StreamState::terminal)
                                .orElse(false);
                if (!ended) {
                    throw failed;
                }
                // The branch ended meanwhile. There may be another under its name by now; if not, this says so.
                state = newest(branch);
                // A collection that began before this life of the branch left no fence in it.
                attempt.discard();
            }
        }
        committed.ifPresent(one -> slots.put(
                one.commit().id(),
                new BranchStream.Slot(one.snapshot().stream(), one.snapshot().sequence())));
        return committed;
    }

    /** A write that was first tried in an earlier life of its branch belongs there, or nowhere. */
    private Committed publishedElsewhere(BranchName branch, WriteTerms.Once once) {
        BranchStream earlier = stream(once.stream());
        // What a collection has taken tells nobody any more.
        long through = earlier.refresh()
                .map(StreamState::sequence)
                .orElseThrow(() -> new EngineException(new EngineFailure.CommitInDoubt(once.commit())));
        return earlier.published(once.commit(), once.since(), through)
                .orElseThrow(() -> new EngineException(new EngineFailure.Refused(
                        "branch_replaced",
                        "branch '" + branch + "' was deleted and made again since this request was first sent; send it"
                                + " as a new one")));
    }

    @Override
    public List<BranchName> branches() {
        return seen.newest().map(state -> List.copyOf(state.live().keySet())).orElse(List.of());
    }

    /**
     * The list is read before the source: what is captured of that is there as long as no collection changes the list in
     * between, which would take the slot of this change.
     */
    @Override
    public Snapshot createBranch(BranchName name, BranchName from, Provenance by) {
        while (true) {
            Optional<RefsState> listed = seen.newest();
            if (branches(listed).live(name).isPresent()) {
                if (!ended(name)) {
                    throw new EngineException(new EngineFailure.AlreadyExists("branch", name.value()));
                }
                listed = refs.known();
            }
            StreamState source = newest(from);
            CommitRecord.Source origin = new CommitRecord.Source(source.stream(), source.sequence());
            // A life of its own for each attempt: what a lost one wrote is a collection's.
            StreamId id = new StreamId(settings.ids().next());
            CommitRecord first = new CommitRecord(
                    id,
                    1,
                    new CommitId(settings.ids().next()),
                    Optional.empty(),
                    List.of(),
                    source.schema(),
                    Map.of(),
                    Map.of(),
                    false,
                    false,
                    Optional.of(new CommitRecord.Genesis(
                            name,
                            Optional.of(origin),
                            source.seed(),
                            Optional.of(source.head()),
                            source.imagesForNewStream())));
            StreamState state = stream(id).log().create(codec.encode(first), first.id());
            // On the list as it was read: if it changed meanwhile, its next slot is lost and the answer is on what won
            // it.
            if (changes.make(listed, new RefsState.Change.Create(name, id, Optional.of(origin)), by.actor())) {
                return state.snapshot();
            }
        }
    }

    /** Whether the listed branch has ended and the list did not say so yet; then it does afterwards. */
    private boolean ended(BranchName name) {
        try {
            newest(name, left -> changes.make(left, "precinct"));
            return false;
        } catch (EngineException absent) {
            if (absent.failure() instanceof EngineFailure.NotFound) {
                return true;
            }
            throw absent;
        }
    }

    @Override
    public void deleteBranch(BranchName name, Provenance by) {
        if (name.equals(BranchName.MAIN)) {
            throw new EngineException(new EngineFailure.Denied(List.of("main_stays")));
        }
        StreamState state = newest(name);
        while (true) {
            switch (end(state)) {
                case StreamLog.Appended.Won<StreamState> won -> {
                    takeOffTheList(new RefsState.Change.Delete(name, state.stream()), by.actor());
                    return;
                }
                case StreamLog.Appended.Lost<StreamState> lost -> {
                    if (lost.state().terminal()) {
                        throw absent(name);
                    }
                    state = lost.state();
                }
            }
        }
    }

    @Override
    public boolean withdrawBranch(Snapshot made, Provenance by) {
        Optional<StreamState> untouched = stream(made.stream())
                .refresh()
                .filter(state -> state.sequence() == made.sequence() && !state.terminal());
        // Whoever wins the slot after the branch's beginning decides: its end, or what makes it somebody's.
        if (untouched.isEmpty() || !(end(untouched.get()) instanceof StreamLog.Appended.Won<StreamState>)) {
            return false;
        }
        takeOffTheList(new RefsState.Change.Delete(made.branch(), made.stream()), by.actor());
        return true;
    }

    /** A terminal record right after the state. */
    private StreamLog.Appended<StreamState> end(StreamState state) {
        CommitRecord last = new CommitRecord(
                state.stream(),
                state.sequence() + 1,
                new CommitId(settings.ids().next()),
                Optional.of(state.digest()),
                List.of(),
                state.schema(),
                Map.of(),
                Map.of(),
                true,
                false,
                Optional.empty());
        return stream(state.stream()).publish(state, last);
    }

    /** The branch has ended whatever becomes of this: who finds it on the list next takes it off. */
    private void takeOffTheList(RefsState.Change.Delete ended, String actor) {
        try {
            changes.make(ended, actor);
        } catch (EngineException failed) {
            if (!(failed.failure() instanceof EngineFailure.StorageUnavailable)
                    && !(failed.failure() instanceof EngineFailure.CommitInDoubt)) {
                throw failed;
            }
            LOG.warn("branch {} has ended and is left on the list to its next reader", ended.name(), failed);
        }
    }

    @Override
    public List<Tag> tags() {
        return seen.newest()
                .map(state -> state.tags().entrySet().stream()
                        .map(entry -> tag(entry.getKey(), entry.getValue()))
                        .toList())
                .orElse(List.of());
    }

    @Override
    public Tag tag(TagName name) {
        return tag(name, tagged(name));
    }

    private Tag tag(TagName name, RefsState.Tagged tagged) {
        BranchName branch =
                lineage.find(tagged.slot(), tagged.commit()).commit().branch();
        return new Tag(name, tagged.commit(), branch, tagged.actor(), tagged.at());
    }

    private RefsState.Tagged tagged(TagName name) {
        return seen.newest()
                .map(state -> state.tags().get(name))
                .orElseThrow(() -> new EngineException(new EngineFailure.NotFound("tag", name.value())));
    }

    @Override
    public Snapshot at(TagName name) {
        RefsState.Tagged tagged = tagged(name);
        return at(tagged.slot(), tagged.commit());
    }

    @Override
    public Tag createTag(TagName name, CommitId commit, Provenance by) {
        changes.make(new RefsState.Change.Tag(name, slot(commit), commit), by.actor());
        return tag(name);
    }

    @Override
    public void deleteTag(TagName name, Provenance by) {
        changes.make(new RefsState.Change.Untag(name), by.actor());
    }

    @Override
    public Authored asOf(BranchName branch, Instant time) {
        return lineage.asOf(newest(newest(branch).snapshot()), time);
    }

    @Override
    public List<CommitInfo> commits(BranchName branch, Optional<CommitId> before, int limit) {
        StreamState head = newest(branch);
        Optional<BranchStream.Slot> at = Optional.of(new BranchStream.Slot(head.stream(), head.sequence()));
        boolean taking = before.isEmpty();
        List<CommitInfo> found = new ArrayList<>();
        while (at.isPresent() && found.size() < limit) {
            BranchStream.Slot slot = at.get();
            Optional<CommitRecord> kept = kept(slot);
            if (kept.isEmpty()) {
                // The list ends where the history that is kept begins.
                break;
            }
            CommitRecord record = kept.get();
            List<CommitRecord.Member> members = new ArrayList<>(record.members());
            Collections.reverse(members);
            for (CommitRecord.Member member : members) {
                if (taking && found.size() < limit) {
                    found.add(member.commit());
                }
                taking |= before.equals(Optional.of(member.commit().id()));
            }
            at = Lineage.previous(record, slot);
        }
        if (!taking) {
            throw new EngineException(
                    new EngineFailure.NotFound("commit", before.orElseThrow().value()));
        }
        return found;
    }

    @Override
    public CommitInfo commit(CommitId id) {
        return authored(id).commit();
    }

    /** @throws EngineException {@code HistoryReclaimed} for a record that a collection took or is about to take */
    private CommitRecord record(BranchStream.Slot slot) {
        if (isReclaimed(slot, refs.known())) {
            throw reclaimed("record " + slot.stream() + "/" + slot.sequence());
        }
        Optional<CommitRecord> found = stream(slot.stream()).record(slot.sequence());
        // What is read may be what a slow writer put into a slot that was emptied: below what is kept, all is nothing.
        if (isReclaimed(slot, seen.recent())) {
            throw reclaimed("record " + slot.stream() + "/" + slot.sequence());
        }
        CommitRecord record = found.orElseThrow(
                () -> Envelope.corrupt(stream(slot.stream()).log().key(slot.sequence()), "it is missing"));
        record.members().forEach(member -> slots.put(member.commit().id(), slot));
        return record;
    }

    /** As {@link #record}; empty for a record that a collection took or is about to take. */
    private Optional<CommitRecord> kept(BranchStream.Slot slot) {
        try {
            return Optional.of(record(slot));
        } catch (EngineException gone) {
            if (!(gone.failure() instanceof EngineFailure.HistoryReclaimed)) {
                throw gone;
            }
            return Optional.empty();
        }
    }

    /** Where a commit is: from what was read before, else by reading every stream, newest records first. */
    private BranchStream.Slot slot(CommitId id) {
        BranchStream.Slot known = slots.getIfPresent(id);
        if (known != null) {
            return known;
        }
        List<StreamId> all =
                new ArrayList<>(seen.newest().map(RefsState::streams).orElse(List.of()));
        Collections.reverse(all);
        for (StreamId stream : all) {
            Optional<StreamState> state = stream(stream).refresh();
            long floor = seen.recent().map(list -> list.floor(stream)).orElse(1L);
            for (long sequence = state.map(StreamState::sequence).orElse(0L); sequence >= floor; sequence--) {
                BranchStream.Slot slot = new BranchStream.Slot(stream, sequence);
                Optional<CommitRecord> kept = kept(slot);
                if (kept.isEmpty()) {
                    // What a collection takes meanwhile of one stream says nothing of the others.
                    break;
                }
                if (kept.get().members().stream()
                        .anyMatch(member -> member.commit().id().equals(id))) {
                    return slot;
                }
            }
        }
        throw new EngineException(new EngineFailure.NotFound("commit", id.value()));
    }

    @Override
    public VerifyReport verify(BooleanSupplier cancelled) {
        return GraphCheck.run(new GraphCheck.Parts(store, tables, refs, this::stream), cancelled);
    }

    @Override
    public CollectReport collect(CollectRequest request, Provenance by, BooleanSupplier cancelled) {
        return new Collector(collected(), new Collector.Asked(request, by, cancelled)).run();
    }

    /** What a collection works on. */
    Collector.Log collected() {
        return new Collector.Log(store, tables, settings, changes, this::stream, lineage);
    }

    @Override
    public EngineException explained(Snapshot read, EngineException failed) {
        boolean gone = failed.failure() instanceof EngineFailure.Corrupt
                && seen.newest()
                        .filter(list -> list.isReclaimed(new BranchStream.Slot(read.stream(), read.sequence())))
                        .isPresent();
        return gone
                ? new EngineException(
                        new EngineFailure.HistoryReclaimed(
                                "the state after commit " + read.head().id()),
                        failed)
                : failed;
    }

    @Override
    public void close() {
        background.close();
        streams.clear();
    }
}
