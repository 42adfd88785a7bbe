package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.Pin;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Takes writes of one branch to publication: prepare, ask the gate, admit against what was published since, compose,
 * win a slot. One writer of this process publishes at a time; others prepare meanwhile. A lost slot is admitted again:
 * pins of types that did not move are kept, the others composed again from the same fragments.
 */
final class Committer {
    private static final int MOST_PREPARATIONS = 32;
    private static final int MOST_SLOTS = 256;

    private final BranchStream stream;
    private final Composer composer;
    private final CommitRecordCodec codec;
    private final LogSettings settings;
    private final ReentrantLock publishing = new ReentrantLock();

    Committer(BranchStream stream, Composer composer, CommitRecordCodec codec, LogSettings settings) {
        this.stream = stream;
        this.composer = composer;
        this.codec = codec;
        this.settings = settings;
    }

    Optional<GraphLog.Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate) {
        Admission.Refusal last = new Admission.Refusal("nothing", Optional.empty());
        // Winning the slot after the known head proves that it was the head, so a write that is published needs no
        // look at the store first. Every other answer is given only on a head that was seen during this call.
        boolean seen = attempt.startsOnNewest();
        for (int preparation = 0; preparation < MOST_PREPARATIONS; preparation++) {
            StreamState base = live(seen ? stream.refresh() : stream.known(), branch);
            Prepared prepared;
            try {
                prepared = attempt.prepare(base.snapshot());
                ask(gate, prepared, base);
            } catch (EngineException failed) {
                if (seen || !moved(base, branch)) {
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
            Entry entry = new Entry(prepared, new CommitId(settings.ids().next()));
            publishing.lock();
            try {
                publish(entry, branch);
            } finally {
                publishing.unlock();
            }
            switch (entry.outcome().orElseThrow()) {
                case Entry.Outcome.Published published -> {
                    return Optional.of(new GraphLog.Committed(
                            published.commit(), published.state().snapshot()));
                }
                case Entry.Outcome.Refused refused -> {
                    last = refused.refusal();
                    boolean again =
                            !seen || refused.moved() || attempt.whenRefused() == WriteAttempt.WhenRefused.PREPARE_AGAIN;
                    if (!again) {
                        throw changed(last);
                    }
                    seen = true;
                }
                case Entry.Outcome.Failed failed -> throw failed.cause();
            }
        }
        throw changed(last);
    }

    /** Whether the branch has moved on from {@code base}; the newest state is known afterwards. */
    private boolean moved(StreamState base, BranchName branch) {
        return live(stream.refresh(), branch).sequence() != base.sequence();
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
        prepared.changes()
                .forEach((type, change) -> changes.add(new AccessGate.TypeChange(
                        base.schema().type(type).name(),
                        change.insertedCount(),
                        change.updatedCount(),
                        change.deletedCount())));
        if (gate.verdict(changes) instanceof AccessGate.Verdict.Denied denied) {
            throw new EngineException(new EngineFailure.Denied(denied.reasons()));
        }
    }

    private void publish(Entry entry, BranchName branch) {
        StreamState on = live(stream.log().known(), branch);
        for (int slot = 0; slot < MOST_SLOTS; slot++) {
            Optional<Entry.Outcome> stands = admit(entry, on);
            if (stands.isPresent()) {
                entry.finish(stands.get());
                return;
            }
            Optional<CommitRecord> record = compose(entry, on);
            if (record.isEmpty()) {
                entry.finish(new Entry.Outcome.Refused(
                        new Admission.Refusal("a dataset was rewritten", Optional.empty()), true));
                return;
            }
            long unconfirmed = stream.unconfirmedNanos();
            long started = System.nanoTime();
            switch (stream.log().append(on, codec.encode(record.get()), entry.id)) {
                case StreamLog.Appended.Won<StreamState> won -> {
                    if (unconfirmed + System.nanoTime() - started
                                    >= settings.limits().zombieAfter().toNanos()
                            && stream.log().record(on.sequence()).isEmpty()) {
                        // Pruned meanwhile: the slot may have been filled and emptied before, so nothing was won.
                        stream.log().forget();
                        entry.finish(new Entry.Outcome.Refused(
                                new Admission.Refusal("the history that it began on was pruned", Optional.empty()),
                                true));
                        return;
                    }
                    stream.confirmed(started);
                    if (stream.log().checkpointDue(won.state())) {
                        stream.log().checkpoint(won.state());
                    }
                    entry.finish(new Entry.Outcome.Published(
                            record.get().members().getFirst().commit(), won.state()));
                    return;
                }
                case StreamLog.Appended.Lost<StreamState> lost -> on = live(Optional.of(lost.state()), branch);
            }
        }
        entry.finish(
                new Entry.Outcome.Refused(new Admission.Refusal("the branch is too busy", Optional.empty()), false));
    }

    /** What stands against the entry among the records that it was not held against yet; empty when it is admitted. */
    private Optional<Entry.Outcome> admit(Entry entry, StreamState on) {
        if (!entry.prepared.base().schema().hash().equals(on.schema().hash())) {
            return Optional.of(new Entry.Outcome.Refused(
                    new Admission.Refusal("schema", Optional.of(on.head().id())), false));
        }
        for (long sequence = entry.admittedThrough + 1; sequence <= on.sequence(); sequence++) {
            long missing = sequence;
            CommitRecord record = stream.record(sequence)
                    .orElseThrow(() -> new EngineException(
                            new EngineFailure.Corrupt(stream.log().key(missing), "it is missing")));
            for (CommitRecord.Member member : record.members()) {
                Optional<Admission.Refusal> refusal = Admission.against(entry.footprint, member, record.inline());
                if (refusal.isPresent()) {
                    return Optional.of(new Entry.Outcome.Refused(refusal.get(), false));
                }
            }
            entry.admittedThrough = sequence;
        }
        return Optional.empty();
    }

    /** The record that publishes the entry on {@code on}; empty when a rewritten dataset has to be prepared again. */
    private Optional<CommitRecord> compose(Entry entry, StreamState on) {
        spillWhatDoesNotFit(entry, on);
        Map<TypeId, CommitRecord.PinMove> pins = new TreeMap<>();
        for (Map.Entry<TypeId, TypeWrite> moving : entry.moving.entrySet()) {
            TypeId type = moving.getKey();
            Pin current = Optional.ofNullable(on.types().get(type))
                    .map(StreamState.TypeState::pin)
                    // A type that this very commit adds: nobody can have moved it.
                    .orElseGet(() -> added(moving.getValue(), type));
            Composer.Detached detached = entry.detached.get(type);
            // A detached pin holds the overlay as of its own base; entries published since stay above it.
            if (detached == null || !detached.replaces().equals(current)) {
                if (moving.getValue() instanceof TypeWrite.Repin repin
                        && !repin.replaces().equals(current)) {
                    return Optional.empty();
                }
                detached = moving.getValue() instanceof TypeWrite.Repin repin
                        ? new Composer.Detached(repin.pin(), repin.foldedThrough(), repin.replaces())
                        : composer.compose(on.snapshot().type(type), on.sequence(), moving.getValue());
                entry.detached.put(type, detached);
            }
            pins.put(type, new CommitRecord.PinMove(detached.pin(), detached.foldedThrough()));
        }
        Prepared prepared = entry.prepared;
        CommitInfo commit = new CommitInfo(
                entry.id,
                on.branch(),
                on.sequence() + 1,
                prepared.kind(),
                Optional.of(on.head().id()),
                prepared.mergedParent(),
                prepared.provenance().actor(),
                Optional.of(prepared.provenance().requestId()),
                settings.clock().instant().truncatedTo(ChronoUnit.MICROS));
        return Optional.of(new CommitRecord(
                on.stream(),
                on.sequence() + 1,
                entry.id,
                Optional.of(on.digest()),
                List.of(new CommitRecord.Member(
                        commit,
                        prepared.provenance().decisionId(),
                        ChangeSets.capped(prepared.changes(), settings.limits().changeBytes()))),
                prepared.schema().orElse(on.schema()),
                pins,
                entry.inline,
                false,
                false,
                Optional.empty()));
    }

    private static Pin added(TypeWrite write, TypeId type) {
        if (write instanceof TypeWrite.Repin repin) {
            return repin.replaces();
        }
        throw new IllegalArgumentException(
                "type " + type.value() + " is not in the base, and nothing gives it a dataset");
    }

    /** Inline rows beyond the bounds of record or overlay become fragments, which folds the type's overlay too. */
    private void spillWhatDoesNotFit(Entry entry, StreamState on) {
        LogSettings.Limits limits = settings.limits();
        boolean tooLarge = entry.inlineBytes() > limits.memberBytes();
        for (TypeId type : List.copyOf(entry.inline.keySet())) {
            CommitRecord.Rows rows = entry.inline.get(type);
            StreamState.TypeState state = on.types().get(type);
            boolean full = state.layers().size() + 1 > limits.overlayRecords()
                    || state.overlay().entries().size() + rows.size() > limits.overlayRows()
                    || state.overlayBytes() + rows.bytes() > limits.overlayBytes();
            if (tooLarge || full) {
                entry.spill(type, composer.spill(on.snapshot().type(type), rows));
            }
        }
    }
}
