package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.Provenance;
import io.precinct.engine.Tag;
import io.precinct.engine.TagName;
import io.precinct.engine.VerifyReport;
import io.precinct.engine.spi.AccessGate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What exists in one graph, and the only door through which that changes. Thread-safe; any number of processes may
 * use the same graph at once. Errors are {@code EngineException}s.
 */
public interface GraphLog extends AutoCloseable {
    /** The branch's state now: at least every commit acknowledged, by any process, before the call. */
    Snapshot head(BranchName branch);

    /** The state right after the record that holds the commit. */
    Snapshot at(CommitId commit);

    /** The last commit of the state. */
    Authored newest(Snapshot snapshot);

    /** A commit that is known by its id alone: found by reading, unless it was met before. */
    Authored authored(CommitId id);

    /** The commit before it on its branch, or on the one that its branch was made from; empty for a graph's first. */
    Optional<Authored> parent(Authored commit);

    /** The commit that it merged; empty when it merged none. */
    Optional<Authored> mergedParent(Authored commit);

    /** Commits of the same record, in its order, without this one: none of them touches what another changes. */
    List<Authored> companions(Authored commit);

    /** The state right before the record that holds the commit; only for a commit that has a parent. */
    Snapshot before(Authored commit);

    /** The state right after the record that holds the commit, without looking for it. */
    Snapshot at(Authored commit);

    /**
     * Where a life of a branch came from.
     *
     * @throws io.precinct.engine.EngineException {@code HistoryReclaimed} when its first record is not kept
     */
    Origin origin(StreamId stream);

    /**
     * The commits of one record in their order, which may be none.
     *
     * @throws io.precinct.engine.EngineException {@code HistoryReclaimed}
     */
    List<Authored> commits(StreamId stream, long sequence);

    /** The oldest record of the stream that is kept, as the list of branches says now. */
    long oldest(StreamId stream);

    /** The state right after a record; {@code commit} is what it is called in failures. */
    Snapshot at(StreamId stream, long sequence, CommitId commit);

    /**
     * Prepares, admits and publishes a write, again if need be. The gate is asked for its verdict on the actual
     * changes inside each attempt. Returns when the record is durable.
     *
     * @return empty when the write changes nothing; then nothing was published
     */
    Optional<Committed> commit(BranchName branch, WriteAttempt attempt, AccessGate gate);

    /** Ascending names. */
    List<BranchName> branches();

    /** O(1): a new stream whose first record holds the state of {@code from}. No commit is added. */
    Snapshot createBranch(BranchName name, BranchName from, Provenance by);

    /** A terminal record in the branch's stream, then in the list of branches; {@code main} is refused. */
    void deleteBranch(BranchName name, Provenance by);

    /** Ends the branch unless anything was added to it since it was {@code made}; whether it did. */
    boolean withdrawBranch(Snapshot made, Provenance by);

    /** By name. */
    List<Tag> tags();

    /** @throws io.precinct.engine.EngineException {@code NotFound} for a tag that there is not */
    Tag tag(TagName name);

    /** The state that the tag's commit left. */
    Snapshot at(TagName name);

    /** One record in the list of branches and tags. */
    Tag createTag(TagName name, CommitId commit, Provenance by);

    void deleteTag(TagName name, Provenance by);

    /** The newest commit of the branch that is not younger; reads back from the branch's head. */
    Authored asOf(BranchName branch, Instant time);

    /** Newest first, from the branch's head along its stream and into the stream it was created from. */
    List<CommitInfo> commits(BranchName branch, Optional<CommitId> before, int limit);

    CommitInfo commit(CommitId id);

    /** Looks at every record, checkpoint and dataset version that there is, and changes nothing. */
    VerifyReport verify(BooleanSupplier cancelled);

    /**
     * Takes what no state needs that is kept: the states from each branch's and tag's oldest kept commit on, and whatever
     * branches were made from or merged. Readers of older states fail with {@code HistoryReclaimed} from its beginning
     * on; writers go on, and what they had staged already they stage again. Waits a while before it takes records.
     *
     * @throws io.precinct.engine.EngineException {@code Busy} when another collection overtook it; {@code Corrupt} when
     *     something that is kept can't be read, and then nothing was taken; {@code StorageUnavailable} at any point:
     *     another run finishes its work
     */
    CollectReport collect(CollectRequest request, Provenance by, BooleanSupplier cancelled);

    /** What a failure to read the snapshot's rows is: {@code HistoryReclaimed} where a collection took them meanwhile. */
    EngineException explained(Snapshot read, EngineException failed);

    /** Waits for work in the background that has begun, and begins no more. Writers must have returned before. */
    @Override
    void close();

    /**
     * How a life of a branch began.
     *
     * @param from the stream that it was made from; empty for a graph's first branch
     * @param sequence of the record there that it was made from; 0 for a graph's first branch
     * @param head the last commit at that point; empty for a graph's first branch
     */
    record Origin(BranchName branch, Optional<StreamId> from, long sequence, Optional<CommitId> head) {}

    /**
     * The exact commit that was published, and the state after its record.
     *
     * @param repeated an earlier try of the same write published it, and this one nothing
     */
    record Committed(CommitInfo commit, Snapshot snapshot, boolean repeated) {}
}
