package io.precinct.engine.manifest;

import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Commits along their parents: each step reads one record, or as many as hold no commit. */
record Lineage(Function<BranchStream.Slot, CommitRecord> records) {
    /** The slot before, in the stream or in the one that it was made from. */
    static Optional<BranchStream.Slot> previous(CommitRecord record, BranchStream.Slot slot) {
        if (slot.sequence() > 1) {
            return Optional.of(new BranchStream.Slot(slot.stream(), slot.sequence() - 1));
        }
        return record.genesis()
                .flatMap(CommitRecord.Genesis::source)
                .map(source -> new BranchStream.Slot(source.stream(), source.sequence()));
    }

    /** The last commit up to the slot. */
    Authored last(BranchStream.Slot from) {
        return before(Optional.of(from))
                .orElseThrow(() -> new EngineException(new EngineFailure.Corrupt(
                        from.stream() + "/" + from.sequence(), "no record up to it holds a commit")));
    }

    private Optional<Authored> before(Optional<BranchStream.Slot> from) {
        Optional<BranchStream.Slot> at = from;
        while (at.isPresent()) {
            CommitRecord record = records.apply(at.get());
            if (!record.members().isEmpty()) {
                return Optional.of(authored(record, record.members().size() - 1));
            }
            at = previous(record, at.get());
        }
        return Optional.empty();
    }

    Authored find(BranchStream.Slot slot, CommitId id) {
        CommitRecord record = records.apply(slot);
        return authored(record, place(record, id));
    }

    Optional<Authored> parent(Authored commit) {
        BranchStream.Slot slot = new BranchStream.Slot(commit.stream(), commit.sequence());
        CommitRecord record = records.apply(slot);
        int place = place(record, commit.commit().id());
        return place > 0 ? Optional.of(authored(record, place - 1)) : before(previous(record, slot));
    }

    /** The newest that is not younger than {@code time}, from the commit on along first parents. */
    Authored asOf(Authored from, Instant time) {
        Optional<Authored> at = Optional.of(from);
        while (at.isPresent() && at.get().commit().createdAt().isAfter(time)) {
            at = parent(at.get());
        }
        return at.orElseThrow(
                () -> new EngineException(new EngineFailure.NotFound("commit", "the graph had none at " + time)));
    }

    List<Authored> members(BranchStream.Slot slot) {
        CommitRecord record = records.apply(slot);
        return IntStream.range(0, record.members().size())
                .mapToObj(place -> authored(record, place))
                .toList();
    }

    List<Authored> companions(Authored commit) {
        return members(new BranchStream.Slot(commit.stream(), commit.sequence())).stream()
                .filter(one -> !one.commit().id().equals(commit.commit().id()))
                .toList();
    }

    Optional<Authored> mergedParent(Authored commit) {
        CommitRecord record = records.apply(new BranchStream.Slot(commit.stream(), commit.sequence()));
        return record.members()
                .get(place(record, commit.commit().id()))
                .merged()
                .map(source -> last(new BranchStream.Slot(source.stream(), source.sequence())));
    }

    private static int place(CommitRecord record, CommitId id) {
        List<CommitRecord.Member> members = record.members();
        for (int place = 0; place < members.size(); place++) {
            if (members.get(place).commit().id().equals(id)) {
                return place;
            }
        }
        throw new EngineException(new EngineFailure.NotFound("commit", id.value()));
    }

    private static Authored authored(CommitRecord record, int place) {
        CommitRecord.Member member = record.members().get(place);
        return new Authored(
                member.commit(),
                record.stream(),
                record.sequence(),
                member.changes(),
                place == record.members().size() - 1);
    }
}
