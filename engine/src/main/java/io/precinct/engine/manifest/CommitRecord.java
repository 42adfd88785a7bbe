package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One immutable publication in the stream of one branch: the only thing that makes a change visible.
 *
 * @param id of this publication, unlike that of any other, so that an unclear put can be resolved
 * @param previous digest of the record before it; empty for the first
 * @param members the commits that it publishes, in order; none for a terminal record and for a new branch's first
 * @param schema in force from here on
 * @param pins types whose pin moves
 * @param inline small writes by type; they leave entries in the overlay
 * @param terminal the branch ends here; nothing may follow
 * @param fence writers must discard what they staged before it
 * @param genesis present in the first record of a stream
 */
record CommitRecord(
        StreamId stream,
        long sequence,
        CommitId id,
        Optional<String> previous,
        List<Member> members,
        Schema schema,
        Map<TypeId, PinMove> pins,
        Map<TypeId, Rows> inline,
        boolean terminal,
        boolean fence,
        Optional<Genesis> genesis) {
    CommitRecord {
        members = List.copyOf(members);
        pins = Map.copyOf(pins);
        inline = Map.copyOf(inline);
    }

    /** About how much memory the record takes, twice its text for what objects add. */
    int heapBytes() {
        long bytes = 512 + inline.values().stream().mapToLong(Rows::bytes).sum();
        for (Member member : members) {
            for (ChangeSet change : member.changes().values()) {
                bytes += 256 + ChangeSets.bytes(change);
            }
        }
        for (TypeImage image : genesis.map(Genesis::state).orElse(List.of())) {
            bytes += 256
                    + image.layers().stream().mapToLong(l -> l.rows().bytes()).sum();
        }
        return (int) Math.min(Integer.MAX_VALUE, 2 * bytes);
    }

    /** One commit with what it changes; {@code merged}: the record that holds its second parent. */
    record Member(
            CommitInfo commit, Optional<Source> merged, Optional<String> decisionId, Map<TypeId, ChangeSet> changes) {
        Member {
            changes = Map.copyOf(changes);
        }
    }

    /** Entries of the stream up to {@code foldedThrough} are in {@code pin}. */
    record PinMove(Pin pin, long foldedThrough) {}

    /** Inline rows of one type. {@code inserted} were absent before, {@code updated} and {@code deleted} present. */
    record Rows(List<EntityRow> inserted, List<EntityRow> updated, Set<String> deleted) {
        static final Rows NONE = new Rows(List.of(), List.of(), Set.of());

        Rows {
            inserted = List.copyOf(inserted);
            updated = List.copyOf(updated);
            deleted = Set.copyOf(deleted);
        }

        int size() {
            return inserted.size() + updated.size() + deleted.size();
        }

        long bytes() {
            return inserted.stream().mapToLong(RowVectors::bytes).sum()
                    + updated.stream().mapToLong(RowVectors::bytes).sum()
                    + deleted.stream().mapToLong(id -> 8L + id.length()).sum();
        }
    }

    /**
     * What begins a stream.
     *
     * @param source the record that the branch was created from; empty for the graph's first branch
     * @param seed of {@link EntityNumbers}
     * @param head the last commit at that point; empty for the graph's first branch, whose first record has it as member
     * @param state all pins and the overlay at that point
     */
    record Genesis(
            BranchName branch, Optional<Source> source, long seed, Optional<CommitInfo> head, List<TypeImage> state) {
        Genesis {
            state = List.copyOf(state);
        }
    }

    record Source(StreamId stream, long sequence) {}

    /** The whole state of one type, as genesis records and checkpoints hold it. */
    record TypeImage(TypeId type, Pin pin, long foldedThrough, List<Layer> layers) {
        TypeImage {
            layers = List.copyOf(layers);
        }
    }

    /** The inline rows of one record. */
    record Layer(long sequence, Rows rows) {}
}
