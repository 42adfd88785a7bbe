package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Takes writes of one branch to publication: each is prepared, asked about at the gate and composed by its own caller,
 * and then queues at the {@link Publisher}, which admits it against what was published since. What does not fit the
 * newest state any more comes back: refused, or to be composed again from the same fragments. Thread-safe.
 */
final class Committer {
    private static final int MOST_COMPOSITIONS = 64;

    private final BranchStream stream;
    private final Composer composer;
    private final LogSettings settings;
    private final BackgroundWork background;
    private final Publisher publisher;
    private final PinTurns turns = new PinTurns(Duration.ofSeconds(2));

    Committer(BranchStream stream, Composer composer, LogSettings settings, BackgroundWork background) {
        this.stream = stream;
        this.composer = composer;
        this.settings = settings;
        this.background = background;
        this.publisher = new Publisher(stream, settings, this::afterwards);
    }

    /** Writers that wait to be admitted. */
    int waiting() {
        return publisher.waiting();
    }

    Optional<GraphLog.Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
        Admission.Refusal last = new Admission.Refusal("nothing", Optional.empty());
        // Winning the slot after the known head proves that it was the head, so a write that is published needs no
        // look at the store first. Every other answer is given only on a head that was seen during this call.
        boolean seen = attempt.startsOnNewest();
        Set<TypeId> contested = Set.of();
        WriteTerms terms = attempt.terms();
        long searched = terms.once().map(WriteTerms.Once::since).orElse(Long.MAX_VALUE);
        OptionalLong preparedOn = OptionalLong.empty();
        for (int preparation = 0; preparation < settings.preparations(); preparation++) {
            // Who lost a prepared pin once prepares the next one while nobody else here moves it.
            try (PinTurns.Taken turn = turns.take(contested)) {
                StreamState base = live(seen ? stream.refresh() : stream.known(), branch);
                if (preparedOn.isPresent() && stream.isFencedSince(preparedOn.getAsLong(), base)) {
                    attempt.discard();
                }
                preparedOn = OptionalLong.of(base.sequence());
                // What is published later is met when the entry is admitted.
                if (terms.once().isPresent()) {
                    Optional<GraphLog.Committed> earlier =
                            stream.published(terms.once().get().commit(), searched, base.sequence());
                    if (earlier.isPresent()) {
                        return earlier;
                    }
                }
                searched = Math.max(searched, base.sequence());
                Prepared prepared;
                try {
                    requireHead(terms, base);
                    prepared = attempt.prepare(base.snapshot());
                    ask(gate, prepared, base);
                } catch (EngineException failed) {
                    // What it was prepared from may have been taken from under it.
                    if (!(seen ? isFenced(failed, base, branch) : moved(base, branch))) {
                        throw failed;
                    }
                    seen = true;
                    continue;
                }
                if (prepared.isEmpty()) {
                    if (seen || !moved(base, branch)) {
                        return Optional.empty();
                    }
                    seen = true;
                    continue;
                }
                CommitId id = terms.once()
                        .map(WriteTerms.Once::commit)
                        .orElseGet(() -> new CommitId(settings.ids().next()));
                Entry entry = Entry.of(prepared, id, terms);
                Entry.Outcome outcome;
                try {
                    outcome = settled(entry, branch);
                } catch (EngineException failed) {
                    if (!isFenced(failed, base, branch)) {
                        throw failed;
                    }
                    outcome = new Entry.Outcome.Refused(Publisher.FENCED, true);
                }
                switch (outcome) {
                    case Entry.Outcome.Published published -> {
                        return published
                                .commit()
                                .map(commit -> new GraphLog.Committed(
                                        commit, published.state().snapshot(), false));
                    }
                    case Entry.Outcome.Repeated twin -> {
                        return Optional.of(stream.repeated(twin.commit()));
                    }
                    case Entry.Outcome.Refused refused -> {
                        last = refused.refusal();
                        boolean again = !seen
                                || refused.moved()
                                || attempt.whenRefused() == WriteAttempt.WhenRefused.PREPARE_AGAIN;
                        if (!again) {
                            throw changed(last);
                        }
                        seen = true;
                        contested = refused.moved() ? Set.copyOf(entry.moving.keySet()) : Set.of();
                    }
                    case Entry.Outcome.Stale stale -> {
                        last = new Admission.Refusal("the branch is too busy", Optional.empty());
                        seen = true;
                    }
                    case Entry.Outcome.Failed failed -> throw failed.cause();
                }
            }
        }
        throw changed(last);
    }

    /** Upkeep changes no content, so what was read before it still holds. */
    private void requireHead(WriteTerms terms, StreamState base) {
        if (terms.head().isEmpty()) {
            return;
        }
        CommitId expected = terms.head().get();
        Optional<CommitRecord> record = stream.record(base.sequence());
        while (record.isPresent()) {
            for (CommitRecord.Member member : record.get().members().reversed()) {
                if (member.commit().id().equals(expected)) {
                    return;
                }
                if (member.commit().kind() != CommitInfo.Kind.UPKEEP) {
                    throw movedOn(terms, base);
                }
            }
            // A new branch holds what the commit left that it was made from.
            if (record.get()
                    .genesis()
                    .flatMap(CommitRecord.Genesis::head)
                    .filter(head -> head.id().equals(expected))
                    .isPresent()) {
                return;
            }
            record = record.get().sequence() == 1
                    ? Optional.empty()
                    : stream.record(record.get().sequence() - 1);
        }
        throw movedOn(terms, base);
    }

    static EngineException movedOn(WriteTerms terms, StreamState now) {
        return new EngineException(new EngineFailure.PreconditionFailed(
                terms.head().orElseThrow(), now.head().id()));
    }

    /** Whether the branch has moved on from {@code base}; the newest state is known afterwards. */
    private boolean moved(StreamState base, BranchName branch) {
        return live(stream.refresh(), branch).sequence() != base.sequence();
    }

    /** Whether the failure is that of files or records which a collection took meanwhile. */
    private boolean isFenced(EngineException failed, StreamState base, BranchName branch) {
        boolean missing = failed.failure() instanceof EngineFailure.Corrupt
                || failed.failure() instanceof EngineFailure.HistoryReclaimed;
        return missing && stream.isFencedSince(base.sequence(), live(stream.refresh(), branch));
    }

    private static EngineException changed(Admission.Refusal refusal) {
        return new EngineException(new EngineFailure.ReadSetChanged(refusal.member(), refusal.by()));
    }

    private static StreamState live(Optional<StreamState> state, BranchName branch) {
        return state.filter(one -> !one.terminal()).orElseThrow(() -> StoredGraphLog.absent(branch));
    }

    private static void ask(AccessGate gate, Prepared prepared, StreamState base) {
        if (prepared.isEmpty()) {
            return;
        }
        List<AccessGate.TypeChange> changes = new ArrayList<>();
        Schema schema = prepared.schema().orElse(base.schema());
        prepared.changes()
                .forEach((type, change) -> changes.add(new AccessGate.TypeChange(
                        schema.type(type).name(),
                        change.insertedCount(),
                        change.updatedCount(),
                        change.deletedCount())));
        if (gate.verdict(changes) instanceof AccessGate.Verdict.Denied denied) {
            throw new EngineException(new EngineFailure.Denied(denied.reasons()));
        }
    }

    /** Composes and queues the entry until it has another outcome than that it has to be composed again. */
    private Entry.Outcome settled(Entry entry, BranchName branch) {
        Entry.Outcome outcome = new Entry.Outcome.Stale();
        for (int times = 0; times < MOST_COMPOSITIONS && outcome instanceof Entry.Outcome.Stale; times++) {
            Set<TypeId> moving = movingOn(entry, live(stream.known(), branch));
            try (PinTurns.Taken turn = turns.take(moving)) {
                if (!moving.isEmpty()) {
                    // Whoever had the turn may have made room, or moved the pin.
                    StreamState on = live(stream.known(), branch);
                    // Only rows that nobody changed since are where they were prepared to be.
                    Optional<Entry.Outcome> stands = publisher.admit(entry, on);
                    if (stands.isPresent()) {
                        return stands.get();
                    }
                    compose(entry, on);
                }
                outcome = publisher.publish(entry, branch);
            }
        }
        return outcome;
    }

    /** The types whose pins the entry would move on this state: by itself, and where its inline rows don't fit. */
    private Set<TypeId> movingOn(Entry entry, StreamState on) {
        Set<TypeId> moving = new java.util.TreeSet<>(entry.moving.keySet());
        boolean tooLarge = entry.inlineBytes() > settings.limits().memberBytes();
        entry.inline.forEach((type, rows) -> {
            StreamState.TypeState state = on.types().get(type);
            if (state != null && (tooLarge || !Batch.fits(state, rows, List.of(), settings.limits()))) {
                moving.add(type);
            }
        });
        return moving;
    }

    /**
     * Composes what is not composed yet, and again what was composed on a pin that moved. Inline rows beyond the bounds of
     * record or overlay become fragments, which folds the type's overlay too.
     */
    private void compose(Entry entry, StreamState on) {
        for (TypeId type : movingOn(entry, on)) {
            CommitRecord.Rows rows = entry.inline.get(type);
            if (rows != null) {
                entry.spill(type, composer.spill(on.snapshot().type(type), rows));
            }
        }
        for (Map.Entry<TypeId, TypeWrite> moving : entry.moving.entrySet()) {
            TypeId type = moving.getKey();
            Optional<StreamState.TypeState> current =
                    Optional.ofNullable(on.types().get(type));
            Composer.Detached detached = entry.detached.get(type);
            if (moving.getValue() instanceof TypeWrite.Repin repin) {
                entry.detached.put(type, new Composer.Detached(repin.pin(), repin.foldedThrough(), repin.replaces()));
            } else if (current.isEmpty()) {
                throw new IllegalArgumentException(
                        "type " + type.value() + " is not in the base, and nothing gives it a dataset");
            } else if (detached == null || detached.isOutdatedOn(current.get())) {
                // A detached pin holds the overlay as of its own base; entries published since stay above it.
                entry.detached.put(type, composer.compose(on.snapshot().type(type), on.sequence(), moving.getValue()));
            }
        }
    }

    /**
     * Moves a type's overlay into fragments, if it has grown enough and nobody here moves its pin already: that folds
     * too. Writers go on meanwhile; what they publish stays above the new pin.
     */
    void fold(BranchName branch, TypeId type) {
        Optional<PinTurns.Taken> free = turns.takeNow(type);
        if (free.isEmpty()) {
            return;
        }
        try (PinTurns.Taken turn = free.get()) {
            StreamState on = live(stream.known(), branch);
            StreamState.TypeState state = on.types().get(type);
            if (state == null || !foldIsDue(state) || background.isClosed()) {
                return;
            }
            Composer.Detached folded;
            try {
                // Writes that cancelled each other out leave nothing to move: the same pin then stands for all of them.
                folded = composer.fold(on.snapshot().type(type), on.sequence())
                        .orElseGet(() -> new Composer.Detached(state.pin(), on.sequence(), state.pin()));
            } catch (EngineException failed) {
                if (!isFenced(failed, on, branch)) {
                    throw failed;
                }
                // Of a state that is gone by now. The next write sees what there is to fold.
                return;
            }
            if (background.isClosed()) {
                return;
            }
            Entry entry = Entry.fold(
                    on.snapshot(), type, folded, new CommitId(settings.ids().next()));
            switch (publisher.publish(entry, branch)) {
                case Entry.Outcome.Published published -> {}
                case Entry.Outcome.Repeated impossible ->
                    throw new IllegalStateException("a fold is no commit, and nobody tries it twice");
                case Entry.Outcome.Failed failed -> throw failed.cause();
                // Another process moved the pin or the schema. Whether there is anything left to fold, the next write
                // sees.
                case Entry.Outcome.Refused refused -> {}
                case Entry.Outcome.Stale stale -> {}
            }
        }
    }

    private boolean foldIsDue(StreamState.TypeState state) {
        return settings.limits()
                .foldIsDue(state.layers().size(), state.overlay().entries().size(), state.overlayBytes());
    }

    /** What a published record leaves to do, behind its writers where there is somebody to do it. */
    private void afterwards(Batch batch) {
        stream.log().known().filter(state -> !state.terminal()).ifPresent(state -> {
            if (stream.log().checkpointDue(state)) {
                if (background.hasHost()) {
                    background.plan(new BackgroundWork.Work(
                            new BackgroundWork.Key(stream.id(), Optional.empty()),
                            "checkpoint",
                            Optional.of(state.branch()),
                            Optional.empty(),
                            // The newest state by then: the later, the fewer records follow it.
                            () -> stream.log()
                                    .known()
                                    .ifPresent(now -> stream.log().checkpoint(now))));
                } else {
                    stream.log().checkpoint(state);
                }
            }
            if (background.hasHost()) {
                // In one order wherever it runs, so that what happens can be repeated.
                state.types().values().stream()
                        .filter(this::foldIsDue)
                        .sorted(Comparator.comparing(type -> type.type().id()))
                        .forEach(type -> planFold(state, type));
            }
        });
    }

    private void planFold(StreamState state, StreamState.TypeState type) {
        background.plan(new BackgroundWork.Work(
                new BackgroundWork.Key(stream.id(), Optional.of(type.type().id())),
                "fold",
                Optional.of(state.branch()),
                Optional.of(type.type().name()),
                () -> fold(state.branch(), type.type().id())));
    }
}
