package io.precinct.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.Explanation;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.upkeep.UpkeepReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One typed, branchable graph. A read is bound to the {@link Snapshot} it is given and sees nothing else; everything is
 * seen through the caller's {@link AccessGate}. Thread-safe. Errors are {@link EngineException}s.
 */
public interface Graph {
    GraphId id();

    /** The state that a target names now. */
    Snapshot snapshot(Target target);

    /**
     * Parses and checks one statement of a text against the snapshot's schema.
     *
     * @param name which one; may be empty when the text holds exactly one
     */
    CheckedStatement compile(Snapshot snapshot, String text, Optional<String> name);

    /**
     * Runs a read. The cursor belongs to the caller, who closes it.
     *
     * @param parameters JSON object, or JSON null for none
     */
    RowCursor query(
            Snapshot snapshot,
            CheckedStatement.Read statement,
            JsonNode parameters,
            AccessGate gate,
            ExecutionBudget budget);

    /** Runs a read for its plan, with actual rows; returns no rows. */
    Explanation explain(
            Snapshot snapshot,
            CheckedStatement.Read statement,
            JsonNode parameters,
            AccessGate gate,
            ExecutionBudget budget);

    /** Runs a mutation as one commit, or nothing. */
    WriteReceipt mutate(
            BranchName branch, CheckedStatement.Write statement, JsonNode parameters, AccessGate gate, Provenance by);

    /** Loads JSONL as one commit, or nothing. */
    default WriteReceipt load(BranchName branch, LoadMode mode, InputStream body, AccessGate gate, Provenance by) {
        return load(branch, mode, ReaderKind.STRICT, body, gate, by);
    }

    /** The same, of records read as {@code reader} says. */
    WriteReceipt load(
            BranchName branch, LoadMode mode, ReaderKind reader, InputStream body, AccessGate gate, Provenance by);

    /** What would lead from the branch's schema to the one of {@code source}; data is not looked at. */
    SchemaPlan planSchema(BranchName branch, String source, SchemaOptions options);

    /**
     * Gives the branch the schema of {@code source} as one commit, or nothing; other branches keep theirs. Fails with
     * {@code Invalid} and the codes of {@link io.precinct.engine.schema.EvolutionCode} when the plan is not supported
     * or data stands against it. What is said of that data follows the gate.
     */
    SchemaReceipt applySchema(BranchName branch, String source, SchemaOptions options, AccessGate gate, Provenance by);

    /**
     * Writes what the caller sees as JSONL that loads back, by type and ascending id. A failure breaks the stream.
     *
     * @param types names to export; empty for all that are granted
     */
    void export(Snapshot snapshot, Set<String> types, AccessGate gate, OutputStream out) throws IOException;

    /**
     * A Blob as the caller sees it; empty where there is none: the entity, its value, or either for this caller.
     *
     * @throws EngineException {@code Invalid} with the code {@code T6} for a property that is no Blob or doesn't exist for
     *     the caller; {@code NotFound} for such a type
     */
    Optional<Blob> blob(Snapshot snapshot, String typeName, String id, String property, AccessGate gate);

    /** Live entities of a type that the caller sees. */
    long count(Snapshot snapshot, String typeName, AccessGate gate, ExecutionBudget budget);

    List<BranchName> branches();

    Snapshot createBranch(BranchName name, BranchName from, Provenance by);

    void deleteBranch(BranchName name, Provenance by);

    /** Deletes a branch that is still as it was {@code made}, and leaves it to whoever wrote to it; whether it did. */
    boolean withdrawBranch(Snapshot made, Provenance by);

    /** By name. */
    List<Tag> tags();

    Tag tag(TagName name);

    /** Names a commit for good; the name must be free. */
    Tag createTag(TagName name, CommitId commit, Provenance by);

    void deleteTag(TagName name, Provenance by);

    /**
     * Merges one branch into another as one commit with two parents, or nothing.
     *
     * @throws EngineException {@code MergeConflicts}; {@code Denied} to a gate that isn't open for every row of every
     *     type on both sides
     */
    MergeReceipt merge(MergeRequest request, AccessGate gate, Provenance by);

    /** What {@link #merge} would do now, conflicts included. */
    MergePreview previewMerge(MergeRequest request, AccessGate gate);

    /**
     * Takes back what a commit of the branch's history did, as one commit on its head, or nothing where nothing is left.
     *
     * @throws EngineException {@code MergeConflicts} where an entity was changed again since; {@code Refused} for a graph's
     *     first commit, one that changed the schema, and one that is not of the branch; {@code Denied} as for {@link #merge}
     */
    WriteReceipt revert(BranchName branch, CommitId commit, AccessGate gate, Provenance by);

    /** Newest first, at most {@code limit}, after {@code before} when given. */
    List<CommitInfo> commits(BranchName branch, Optional<CommitId> before, int limit);

    CommitInfo commit(CommitId id);

    /**
     * A page of what the commit changed, as far as it exists for the caller.
     *
     * @throws EngineException {@code NotFound}; {@code Refused} for a graph's first commit; {@code Invalid} for a page
     *     that is not of this commit and request
     */
    CommitChanges changes(CommitId id, ChangesRequest request, AccessGate gate);

    /**
     * A page of what the branch's commits changed, as far as it exists for the caller, in the order of first parents.
     *
     * @param cut the branch's newest state, which also knows all names that the caller's access was decided for
     * @param gates by the branch that a commit was made on; empty for one that the caller may not read
     * @throws EngineException {@code ChangeCursorRejected}; {@code ChangeFeedGap}; {@code ChangeSchemaBoundary}; {@code
     *     NotFound} for a commit to begin after
     */
    FeedPage feed(Snapshot cut, FeedRequest request, Function<BranchName, Optional<AccessGate>> gates);

    /**
     * Writes the entities of the state that the filter's kinds and types name as lines of an export, and after the last a
     * line with the state's commit and the cursor of the feed that goes on from it, with the same filter.
     */
    void baseline(Snapshot cut, ChangesRequest filter, AccessGate gate, OutputStream out) throws IOException;

    /**
     * Looks at every record, checkpoint and dataset version of the graph, of all branches and their history, and changes
     * nothing. Damage is a finding; a store that can't be reached fails as {@code StorageUnavailable}.
     */
    VerifyReport verify(BooleanSupplier cancelled);

    /**
     * Deletes what no state needs that is kept, of all branches. What is not kept any more fails with {@code
     * HistoryReclaimed}. Waits a while before it deletes records; never deletes twice as much for being called twice.
     *
     * @throws EngineException {@code Busy} while another collection is at work
     */
    CollectReport collect(CollectRequest request, Provenance by, BooleanSupplier cancelled);

    /** Folds overlays and compacts datasets of a branch without changing what it holds. */
    UpkeepReport compact(BranchName branch, Provenance by, BooleanSupplier cancelled);
}
