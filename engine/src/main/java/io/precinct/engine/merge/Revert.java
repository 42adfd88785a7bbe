package io.precinct.engine.merge;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Provenance;
import io.precinct.engine.WriteTerms;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.ChangeSet;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Prepared;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.WriteAttempt;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.write.CallerAccess;
import io.precinct.engine.write.RowChanges;
import io.precinct.engine.write.WriteTools;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Takes back what one commit did, as a commit on top of the branch: a merge of the state before it into the branch's head,
 * on the state after it, of the entities that the commit changed. An entity that was changed again since is a conflict. What
 * a merge brought is taken back like anything else. Prepared by one thread at a time.
 */
public final class Revert implements WriteAttempt {
    private final GraphLog log;
    private final WriteTools tools;
    private final Request request;
    private volatile Map<TypeId, ChangeSet> changes = Map.of();

    /** @param cancelled asked between blocks of rows */
    public record Request(
            BranchName branch, Authored commit, AccessGate gate, Provenance provenance, BooleanSupplier cancelled) {}

    /** @throws EngineException {@code Refused} for a commit that has no way back */
    public Revert(GraphLog log, WriteTools tools, Request request) {
        this.log = log;
        this.tools = tools;
        this.request = request;
        switch (request.commit().commit().kind()) {
            case GENESIS -> throw refused("commit_has_no_parent", "is the graph's first; there is nothing before it");
            case SCHEMA ->
                throw refused("revert_of_schema", "changed the schema; apply the schema that you want instead");
            case UPKEEP -> throw refused("revert_of_upkeep", "changed nothing of the graph");
            case MUTATION, LOAD, MERGE -> {}
        }
    }

    private EngineException refused(String code, String why) {
        return new EngineException(new EngineFailure.Refused(
                code, "commit " + request.commit().commit().id() + " " + why));
    }

    /** What the last preparation changes. */
    public Map<TypeId, ChangeSet> changes() {
        return changes;
    }

    @Override
    public void discard() {}

    @Override
    public WhenRefused whenRefused() {
        return WhenRefused.PREPARE_AGAIN;
    }

    @Override
    public boolean startsOnNewest() {
        return true;
    }

    @Override
    public WriteTerms terms() {
        return request.provenance().terms();
    }

    @Override
    public Prepared prepare(Snapshot base) {
        Authored commit = request.commit();
        Merge.requireOpen(request.gate(), base.schema());
        List<Authored> common = MergeBase.of(log, log.newest(base), commit);
        if (common.size() != 1
                || !common.getFirst().commit().id().equals(commit.commit().id())) {
            throw refused("commit_not_on_branch", "is not in the history of branch '" + request.branch() + "'");
        }
        Snapshot parent = log.before(commit);
        Snapshot done = log.at(commit);
        if (!parent.schema().hash().equals(base.schema().hash())
                || !done.schema().hash().equals(base.schema().hash())) {
            throw refused("schemas_differ", "was made under another schema than the branch has now");
        }
        try (GraphView ours = tools.views().of(base);
                GraphView before = tools.views().of(parent);
                GraphView after = tools.views().of(done)) {
            Agreement agreement =
                    new Agreement(new MergeRequest(request.branch(), request.branch()), new BaseState.Single(after));
            for (EntityType type : base.schema().types()) {
                ChangeSet set = commit.changes().get(type.id());
                if (set != null && !set.isEmpty()) {
                    agreement.decide(Differences.among(
                            ours.type(type.id()), before.type(type.id()), ids(type.id(), set, before, after)));
                }
                stopIfCancelled();
            }
            agreement.require();
            RowChanges rows = new RowChanges(ours, new CallerAccess(request.gate(), tools.rules()));
            Prepared prepared = Merge.judged(() -> rows.prepare(
                    tools, agreement.changes(), CommitInfo.Kind.MUTATION, request.provenance(), Optional.empty()));
            changes = prepared.changes();
            return prepared;
        }
    }

    /** Those of this commit alone; others may have been published with it. */
    private Set<String> ids(TypeId type, ChangeSet set, GraphView before, GraphView after) {
        Set<String> ids = new HashSet<>();
        if (set.complete()) {
            List.of(set.inserted(), set.updated(), set.deleted()).forEach(ids::addAll);
            return ids;
        }
        Differences apart = Differences.of(before.type(type), after.type(type), request.cancelled());
        stopIfCancelled();
        for (int at = 0; at < apart.count(); at++) {
            ids.add(apart.id(at));
        }
        for (Authored companion : log.companions(request.commit())) {
            ChangeSet theirs = companion.changes().get(type);
            if (theirs != null) {
                List.of(theirs.inserted(), theirs.updated(), theirs.deleted()).forEach(ids::removeAll);
            }
        }
        return ids;
    }

    private void stopIfCancelled() {
        if (request.cancelled().getAsBoolean()) {
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
    }
}
