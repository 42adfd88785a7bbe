package io.precinct.engine.manifest;

import io.precinct.engine.CollectRequest;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the history of each stream begins after a collection: as far back as its limits want for live branches, as tags
 * want, and as the records that are kept want by the records that they name: where a branch was made from, and what was
 * merged. A dead stream that nothing names has no floor. One thread uses it.
 */
class Floors {
    private final RefsState list;
    private final Map<StreamId, StreamState> heads;
    private final Lineage lineage;
    private final Map<StreamId, Long> floors = new LinkedHashMap<>();

    /** Slots of a stream from which on the names in its records have been followed. */
    private final Map<StreamId, Long> followed = new HashMap<>();

    /**
     * @param heads newest state of every stream that has one
     * @param lineage of records that {@code list} says are kept
     */
    Floors(RefsState list, Map<StreamId, StreamState> heads, Lineage lineage) {
        this.list = list;
        this.heads = heads;
        this.lineage = lineage;
    }

    /** The oldest slot kept of each stream that keeps any; live ones first. */
    Map<StreamId, Long> chosen(CollectRequest request, Instant now) {
        Optional<Instant> since = request.olderThan().map(now::minus);
        for (StreamId live : list.live().values()) {
            long wanted = Long.MAX_VALUE;
            if (request.keepCommits().isPresent()) {
                wanted = newest(live, request.keepCommits().getAsInt());
            }
            if (since.isPresent()) {
                wanted = Math.min(wanted, at(live, since.get()));
            }
            keep(new BranchStream.Slot(live, wanted));
        }
        list.tags().values().forEach(tag -> keep(tag.slot()));
        follow();
        return new LinkedHashMap<>(floors);
    }

    /** The slot of the oldest of so many newest commits; the stream's floor when it has no more. */
    private long newest(StreamId stream, int commits) {
        int left = commits;
        for (long sequence = head(stream); sequence > list.floor(stream); sequence--) {
            left -= record(stream, sequence).members().size();
            if (left <= 0) {
                return sequence;
            }
        }
        return list.floor(stream);
    }

    /** The slot of the newest commit that is not younger than {@code time}; the stream's floor when all are. */
    private long at(StreamId stream, Instant time) {
        for (long sequence = head(stream); sequence > list.floor(stream); sequence--) {
            if (record(stream, sequence).members().stream()
                    .anyMatch(member -> !member.commit().createdAt().isAfter(time))) {
                return sequence;
            }
        }
        return list.floor(stream);
    }

    private long head(StreamId stream) {
        return heads.get(stream).sequence();
    }

    private CommitRecord record(StreamId stream, long sequence) {
        return lineage.records().apply(new BranchStream.Slot(stream, sequence));
    }

    private void keep(BranchStream.Slot slot) {
        floors.merge(slot.stream(), Math.max(slot.sequence(), list.floor(slot.stream())), Math::min);
    }

    /** Until no record that is kept names one that is not. */
    void follow() {
        boolean more = true;
        while (more) {
            more = false;
            for (StreamId stream : List.copyOf(floors.keySet())) {
                long from = floors.get(stream);
                long until = followed.getOrDefault(stream, head(stream) + 1);
                if (from < until) {
                    followed.put(stream, from);
                    more = true;
                }
                for (long sequence = from; sequence < until; sequence++) {
                    names(record(stream, sequence)).forEach(this::keepCommit);
                }
            }
        }
    }

    private static Set<CommitRecord.Source> names(CommitRecord record) {
        Set<CommitRecord.Source> names = new LinkedHashSet<>();
        record.genesis().flatMap(CommitRecord.Genesis::source).ifPresent(names::add);
        record.members().forEach(member -> member.merged().ifPresent(names::add));
        return names;
    }

    /** The slot and, where it holds no commit, those back to the last one: it is what the state is known by. */
    private void keepCommit(CommitRecord.Source named) {
        Optional<BranchStream.Slot> at = Optional.of(new BranchStream.Slot(named.stream(), named.sequence()));
        while (at.isPresent()) {
            BranchStream.Slot slot = at.get();
            CommitRecord record;
            try {
                record = lineage.records().apply(slot);
            } catch (EngineException gone) {
                if (!(gone.failure() instanceof EngineFailure.HistoryReclaimed)) {
                    throw gone;
                }
                // Named by a merge that an earlier collection did not see coming; its target holds all that it took
                // over.
                return;
            }
            keep(slot);
            at = record.members().isEmpty() ? Lineage.previous(record, slot) : Optional.empty();
        }
    }
}
