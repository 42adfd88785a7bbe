package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one place of a process where records of a branch are published. Composed writes queue; the first of the queue
 * leads: it admits those that wait, in their order, into one record with a commit each, puts it, answers them, and gives
 * the lead to the next in the queue. While a put is under way others queue: under load the records grow, not the wait.
 * What leading takes besides the put is memory work: datasets are composed before, by each writer for itself.
 * Thread-safe.
 */
final class Publisher {
    private static final int MOST_SLOTS = 256;

    static final Admission.Refusal FENCED =
            new Admission.Refusal("a collection ran and may have taken what was staged", Optional.empty());

    private final BranchStream stream;
    private final LogSettings settings;
    private final Consumer<Batch> published;
    private final ReentrantLock queue = new ReentrantLock();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private boolean led;

    /** @param published called by the publishing thread after the writers of a record have been answered */
    Publisher(BranchStream stream, LogSettings settings, Consumer<Batch> published) {
        this.stream = stream;
        this.settings = settings;
        this.published = published;
    }

    /**
     * Waits for the entry's outcome.
     *
     * @throws EngineException {@code Interrupted} when the caller was interrupted before the entry was admitted; once it
     *     is, the outcome stands, is waited for, and the interrupt flag stays set
     */
    Entry.Outcome publish(Entry entry, BranchName branch) {
        boolean interrupted = false;
        enqueue(entry);
        try {
            while (entry.outcome().isEmpty()) {
                if (Thread.interrupted()) {
                    interrupted = true;
                    if (withdraw(entry)) {
                        throw new EngineException(new EngineFailure.Interrupted(false));
                    }
                }
                if (entry.isLeading()) {
                    lead(entry, branch);
                } else {
                    LockSupport.park(this);
                }
            }
            return entry.outcome().orElseThrow();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Entries in the queue that no leader has taken. */
    int waiting() {
        queue.lock();
        try {
            return waiting.size();
        } finally {
            queue.unlock();
        }
    }

    private void enqueue(Entry entry) {
        entry.waits();
        queue.lock();
        try {
            waiting.addLast(entry);
            if (!led) {
                led = true;
                waiting.getFirst().lead();
            }
        } finally {
            queue.unlock();
        }
    }

    /** Takes the entry back unless a leader has it. A lead that came with it goes to the next. */
    private boolean withdraw(Entry entry) {
        queue.lock();
        try {
            if (entry.taken || entry.outcome().isPresent()) {
                return false;
            }
            waiting.remove(entry);
            if (entry.isLeading()) {
                leadToNext();
            }
            return true;
        } finally {
            queue.unlock();
        }
    }

    private void leadToNext() {
        led = !waiting.isEmpty();
        if (led) {
            waiting.getFirst().lead();
        }
    }

    private void lead(Entry own, BranchName branch) {
        Optional<Batch> done = Optional.empty();
        try {
            while (own.outcome().isEmpty()) {
                done = round(branch);
            }
        } finally {
            queue.lock();
            try {
                leadToNext();
            } finally {
                queue.unlock();
            }
        }
        done.ifPresent(published);
    }

    /** Tries for one record; empty when none was published. The leader, first in the queue, is tried first. */
    private Optional<Batch> round(BranchName branch) {
        List<Entry> candidates = takeAll();
        List<Entry> later = new ArrayList<>();
        Optional<Batch> batch = Optional.empty();
        try {
            Optional<StreamState> on = stream.log().known().or(stream::refresh).filter(state -> !state.terminal());
            if (on.isEmpty()) {
                candidates.forEach(entry -> entry.finish(new Entry.Outcome.Failed(StoredGraphLog.absent(branch))));
                return Optional.empty();
            }
            batch = Optional.of(new Batch(on.get(), settings));
            for (Entry entry : candidates) {
                offer(entry, batch.get(), later);
            }
        } catch (RuntimeException | Error broken) {
            // Nothing was put: nobody may be left waiting for it.
            RuntimeException cause = broken instanceof RuntimeException runtime
                    ? runtime
                    : new IllegalStateException("the record could not be composed", broken);
            candidates.stream()
                    .filter(entry -> entry.outcome().isEmpty())
                    .forEach(entry -> entry.finish(new Entry.Outcome.Failed(cause)));
            return Optional.empty();
        }
        putBack(later);
        return batch.get().entries().isEmpty() || !append(batch.get()) ? Optional.empty() : batch;
    }

    private void offer(Entry entry, Batch batch, List<Entry> later) {
        try {
            Optional<Entry.Outcome> stands = admit(entry, batch.on());
            if (stands.isPresent()) {
                entry.finish(stands.get());
                return;
            }
            if (batch.offer(entry) == Batch.Answer.LATER) {
                later.add(entry);
            }
        } catch (RuntimeException failed) {
            entry.finish(new Entry.Outcome.Failed(failed));
        }
    }

    private List<Entry> takeAll() {
        queue.lock();
        try {
            List<Entry> all = new ArrayList<>(waiting);
            waiting.clear();
            all.forEach(entry -> entry.taken = true);
            return all;
        } finally {
            queue.unlock();
        }
    }

    /** To the front, in their order: who came later stays later. */
    private void putBack(List<Entry> entries) {
        queue.lock();
        try {
            List<Entry> reversed = new ArrayList<>(entries);
            Collections.reverse(reversed);
            reversed.forEach(entry -> {
                entry.taken = false;
                waiting.addFirst(entry);
            });
        } finally {
            queue.unlock();
        }
    }

    /** What stands against the entry among the records that it was not held against yet; empty when it is admitted. */
    Optional<Entry.Outcome> admit(Entry entry, StreamState on) {
        if (entry.restsOnStaged() && stream.isFencedSince(entry.admittedThrough, on)) {
            return Optional.of(new Entry.Outcome.Refused(FENCED, true));
        }
        boolean sameSchema = entry.base.schema().hash().equals(on.schema().hash());
        for (long sequence = entry.admittedThrough + 1; sequence <= on.sequence(); sequence++) {
            long missing = sequence;
            Optional<CommitRecord> kept = stream.record(sequence);
            if (kept.isEmpty() && stream.isReclaimed(sequence)) {
                return Optional.of(new Entry.Outcome.Refused(FENCED, true));
            }
            CommitRecord record =
                    kept.orElseThrow(() -> Envelope.corrupt(stream.log().key(missing), "it is missing"));
            for (CommitRecord.Member member : record.members()) {
                if (member.commit().id().equals(entry.id)) {
                    return Optional.of(new Entry.Outcome.Repeated(member.commit()));
                }
                if (entry.terms.head().isPresent() && member.commit().kind() != CommitInfo.Kind.UPKEEP) {
                    return Optional.of(new Entry.Outcome.Failed(Committer.movedOn(entry.terms, on)));
                }
                if (sameSchema) {
                    Optional<Admission.Refusal> refusal =
                            Admission.against(entry.footprint, member, record.inline(), on.schema());
                    if (refusal.isPresent()) {
                        return Optional.of(new Entry.Outcome.Refused(refusal.get(), false));
                    }
                }
            }
            entry.admittedThrough = sequence;
        }
        return sameSchema
                ? Optional.empty()
                : Optional.of(new Entry.Outcome.Refused(
                        new Admission.Refusal("schema", Optional.of(on.head().id())), false));
    }

    /** False when the record was not published; then its entries have their outcome or are in the queue again. */
    private boolean append(Batch batch) {
        List<Entry> entries = batch.entries();
        BranchStream.Made made;
        try {
            made = stream.made(batch.on(), batch.record());
        } catch (RuntimeException unwritable) {
            isolate(entries, unwritable);
            return false;
        }
        long unconfirmed = stream.unconfirmedNanos();
        long started = System.nanoTime();
        try {
            switch (shielded(entries.size() > 1, () -> stream.append(made))) {
                case StreamLog.Appended.Won<StreamState> won -> {
                    if (unconfirmed + System.nanoTime() - started
                                    >= settings.limits().zombieAfter().toNanos()
                            && stream.wasEmptied(made)) {
                        // The slot may have been filled and emptied before, so nothing was won.
                        stream.log().forget();
                        entries.forEach(entry -> entry.finish(new Entry.Outcome.Refused(
                                new Admission.Refusal("the history that it began on was pruned", Optional.empty()),
                                true)));
                        return false;
                    }
                    stream.confirmed(made, started);
                    entries.forEach(
                            entry -> entry.finish(new Entry.Outcome.Published(batch.commitOf(entry), won.state())));
                    return true;
                }
                case StreamLog.Appended.Lost<StreamState> lost -> {
                    again(entries);
                    return false;
                }
            }
        } catch (RuntimeException | Error failed) {
            // A definite answer is told to all; whatever else happened, the record may be there.
            boolean definite = failed instanceof EngineException engine
                    && !(engine.failure() instanceof EngineFailure.CommitInDoubt);
            entries.stream()
                    .filter(entry -> entry.outcome().isEmpty())
                    .forEach(entry -> entry.finish(new Entry.Outcome.Failed(
                            definite
                                    ? (EngineException) failed
                                    : new EngineException(new EngineFailure.CommitInDoubt(entry.id), failed))));
            return false;
        }
    }

    /** The slot went to another process: all over again on the state after it. */
    private void again(List<Entry> entries) {
        List<Entry> left = new ArrayList<>();
        for (Entry entry : entries) {
            if (++entry.slotsLost < MOST_SLOTS) {
                left.add(entry);
            } else {
                entry.finish(new Entry.Outcome.Refused(
                        new Admission.Refusal("the branch is too busy", Optional.empty()), false));
            }
        }
        putBack(left);
    }

    /** A record that can't be written is one entry's fault: each goes alone, and it fails alone. */
    private void isolate(List<Entry> entries, RuntimeException unwritable) {
        if (entries.size() == 1) {
            entries.getFirst().finish(new Entry.Outcome.Failed(unwritable));
            return;
        }
        entries.forEach(entry -> entry.solo = true);
        putBack(entries);
    }

    /** An interrupt of the leader is its caller's wish, and must not reach a put that carries others' commits. */
    private static <T> T shielded(boolean needed, Supplier<T> put) {
        if (!needed) {
            return put.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().name("publish").start(() -> {
            try {
                result.complete(put.get());
            } catch (RuntimeException | Error failed) {
                result.completeExceptionally(failed);
            }
        });
        try {
            return result.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }
}
