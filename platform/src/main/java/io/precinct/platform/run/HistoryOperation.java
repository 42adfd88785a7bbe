package io.precinct.platform.run;

import io.precinct.engine.BranchName;
import io.precinct.engine.ChangesRequest;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.FeedPage;
import io.precinct.engine.FeedRequest;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.MergePreview;
import io.precinct.engine.MergeReceipt;
import io.precinct.engine.MergeRequest;
import io.precinct.engine.Target;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** An operation on the branches and commits of one graph. */
public sealed interface HistoryOperation<R> extends GraphOperation<R> {
    record Branches(GraphId graph) implements HistoryOperation<List<BranchName>> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_LIST;
        }

        @Override
        public Ready<List<BranchName>> ready(Graph opened, SchemaView view) {
            List<BranchName> all = opened.branches();
            return Ready.withoutTypes(
                    all, admitted -> all.stream().filter(admitted::reads).toList());
        }
    }

    record BranchCreate(GraphId graph, BranchName name, BranchName from) implements HistoryOperation<Snapshot> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_CREATE;
        }

        @Override
        public Ready<Snapshot> ready(Graph opened, SchemaView view) {
            return new Ready<>(
                    Ready.NO_TYPES,
                    Ready.Mentions.SWEPT,
                    List.of(from),
                    Optional.of(name),
                    "none",
                    admitted -> opened.createBranch(name, from, admitted.by()));
        }
    }

    record BranchDelete(GraphId graph, BranchName name) implements HistoryOperation<BranchName> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_DELETE;
        }

        @Override
        public Ready<BranchName> ready(Graph opened, SchemaView view) {
            return new Ready<>(Ready.NO_TYPES, Ready.Mentions.SWEPT, List.of(), Optional.of(name), "none", admitted -> {
                opened.deleteBranch(name, admitted.by());
                return name;
            });
        }
    }

    /** Brings one branch into another as one commit; for those who see and may write everything on both. */
    record Merge(GraphId graph, MergeRequest request) implements HistoryOperation<MergeReceipt> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_MERGE;
        }

        @Override
        public Ready<MergeReceipt> ready(Graph opened, SchemaView view) {
            return merging(
                    opened,
                    view,
                    request,
                    admitted -> opened.merge(request, admitted.gate(), admitted.by(opened, request.target())));
        }
    }

    /** What a merge would do now. */
    record PreviewMerge(GraphId graph, MergeRequest request) implements HistoryOperation<MergePreview> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_MERGE_PREVIEW;
        }

        @Override
        public Ready<MergePreview> ready(Graph opened, SchemaView view) {
            return merging(opened, view, request, admitted -> opened.previewMerge(request, admitted.gate()));
        }
    }

    private static <R> Ready<R> merging(
            Graph opened, SchemaView view, MergeRequest request, Function<Admitted, R> body) {
        // Both first: a branch that doesn't exist is told before anything is asked about the other.
        Snapshot into = opened.snapshot(new Target.Branch(request.target()));
        Snapshot from = opened.snapshot(new Target.Branch(request.source()));
        Schema target = view.of(into).schema();
        Schema source = view.of(from).schema();
        Set<String> nodes = new TreeSet<>(GraphOperation.nodes(target));
        nodes.addAll(GraphOperation.nodes(source));
        Set<String> edges = new TreeSet<>(GraphOperation.edges(target));
        edges.addAll(GraphOperation.edges(source));
        Set<String> all = new TreeSet<>(nodes);
        all.addAll(edges);
        return new Ready<>(
                TouchedTypes.of(nodes, edges, all, Map.of()),
                Ready.Mentions.SWEPT,
                List.of(request.source()),
                Optional.of(request.target()),
                "merge",
                body);
    }

    /** Those made on branches that the caller may read; a branch's history goes on in the one it was made from. */
    record Commits(GraphId graph, BranchName branch, Optional<CommitId> before, int limit)
            implements HistoryOperation<List<CommitInfo>> {
        private List<CommitInfo> readable(Graph opened, Admitted admitted) {
            List<CommitInfo> readable = new ArrayList<>();
            if (before.isPresent()) {
                Commit.readable(opened, before.get(), admitted);
            }
            Optional<CommitId> after = before;
            while (readable.size() < limit) {
                List<CommitInfo> page = opened.commits(branch, after, limit);
                page.stream()
                        .filter(commit -> admitted.reads(commit.branch()))
                        .limit(limit - readable.size())
                        .forEach(readable::add);
                if (page.size() < limit) {
                    break;
                }
                after = Optional.of(page.getLast().id());
            }
            return List.copyOf(readable);
        }

        @Override
        public OperationKind kind() {
            return OperationKind.COMMITS_LIST;
        }

        @Override
        public Ready<List<CommitInfo>> ready(Graph opened, SchemaView view) {
            return new Ready<>(
                    Ready.NO_TYPES,
                    Ready.Mentions.SWEPT,
                    List.of(branch),
                    Optional.empty(),
                    "read",
                    admitted -> readable(opened, admitted));
        }
    }

    /** A commit of a branch that the caller may not read is no commit. */
    record Commit(GraphId graph, CommitId id) implements HistoryOperation<CommitInfo> {
        private static CommitInfo readable(Graph opened, CommitId id, Admitted admitted) {
            CommitInfo found = opened.commit(id);
            if (!admitted.reads(found.branch())) {
                throw new EngineException(new EngineFailure.NotFound("commit", id.value()));
            }
            return found;
        }

        @Override
        public OperationKind kind() {
            return OperationKind.COMMITS_GET;
        }

        @Override
        public Ready<CommitInfo> ready(Graph opened, SchemaView view) {
            return Ready.withoutTypes(opened.branches(), admitted -> readable(opened, id, admitted));
        }
    }

    /** A page of what a commit changed, as the caller sees it. */
    record ChangesOf(GraphId graph, CommitId id, ChangesRequest request) implements HistoryOperation<CommitChanges> {
        @Override
        public OperationKind kind() {
            return OperationKind.COMMITS_CHANGES;
        }

        /**
         * Decided on the commit's branch alone, whose rules then hold. A caller who may not read that one and may read
         * another is told what it would be told of a commit that never was.
         */
        @Override
        public Ready<CommitChanges> ready(Graph opened, SchemaView view) {
            List<BranchName> branches = new ArrayList<>(opened.branches());
            Snapshot snapshot;
            try {
                snapshot = opened.snapshot(new Target.AtCommit(id));
            } catch (EngineException absent) {
                if (absent.failure() instanceof EngineFailure.NotFound) {
                    return Ready.withoutTypes(branches, admitted -> {
                        throw absent;
                    });
                }
                throw absent;
            }
            Schema schema = view.of(snapshot).schema();
            requireTypes(schema, request);
            branches.remove(snapshot.branch());
            EngineException absent = new EngineException(new EngineFailure.NotFound("commit", id.value()));
            return new Ready<>(
                    GraphOperation.everything(schema),
                    Ready.Mentions.SWEPT,
                    List.of(snapshot.branch()),
                    Optional.empty(),
                    "read",
                    Optional.of(new Ready.Absence(branches, absent)),
                    admitted ->
                            opened.changes(id, request.atMost(admitted.limits().maxRows()), admitted.gate()));
        }
    }

    /** Takes back what a commit did; for those who see and may write everything. */
    record Revert(GraphId graph, BranchName branch, CommitId id) implements HistoryOperation<WriteReceipt> {
        @Override
        public OperationKind kind() {
            return OperationKind.COMMITS_REVERT;
        }

        @Override
        public Ready<WriteReceipt> ready(Graph opened, SchemaView view) {
            Schema schema = view.of(opened.snapshot(new Target.Branch(branch))).schema();
            Set<String> nodes = new TreeSet<>(GraphOperation.nodes(schema));
            Set<String> edges = new TreeSet<>(GraphOperation.edges(schema));
            Set<String> all = new TreeSet<>(nodes);
            all.addAll(edges);
            return new Ready<>(
                    TouchedTypes.of(nodes, edges, all, Map.of()),
                    Ready.Mentions.SWEPT,
                    List.of(branch),
                    Optional.empty(),
                    "update",
                    admitted -> {
                        Commit.readable(opened, id, admitted);
                        return opened.revert(branch, id, admitted.gate(), admitted.by(opened, branch));
                    });
        }
    }

    /** A page of the branch's change feed. What was done on a branch that it came from is seen by the rules of that one. */
    record Feed(GraphId graph, BranchName branch, FeedRequest request) implements HistoryOperation<FeedPage> {
        @Override
        public OperationKind kind() {
            return OperationKind.CHANGES_POLL;
        }

        @Override
        public Ready<FeedPage> ready(Graph opened, SchemaView view) {
            Snapshot cut = opened.snapshot(new Target.Branch(branch));
            Schema schema = view.of(cut).schema();
            requireTypes(schema, request.filter());
            return new Ready<>(
                    GraphOperation.everything(schema),
                    Ready.Mentions.SWEPT,
                    List.of(branch),
                    Optional.empty(),
                    "read",
                    admitted -> opened.feed(
                            cut,
                            new FeedRequest(
                                    request.start(),
                                    request.filter().atMost(admitted.limits().maxRows()),
                                    request.commits(),
                                    request.bytes()),
                            admitted.gates()));
        }
    }

    /** All that the caller sees of a branch's head, and where the feed goes on from there. */
    record Baseline(GraphId graph, BranchName branch, ChangesRequest filter)
            implements HistoryOperation<GraphOperation.Export.Stream> {
        @Override
        public OperationKind kind() {
            return OperationKind.CHANGES_BASELINE;
        }

        @Override
        public Ready<GraphOperation.Export.Stream> ready(Graph opened, SchemaView view) {
            Snapshot cut = opened.snapshot(new Target.Branch(branch));
            Schema schema = view.of(cut).schema();
            requireTypes(schema, filter);
            return new Ready<>(
                    GraphOperation.everything(schema),
                    Ready.Mentions.SWEPT,
                    List.of(branch),
                    Optional.empty(),
                    "export",
                    admitted -> {
                        GraphOperation.Export.requireWithin(opened, cut, filter.types(), admitted);
                        return out -> opened.baseline(cut, filter, admitted.gate(), out);
                    });
        }
    }

    private static void requireTypes(Schema schema, ChangesRequest filter) {
        for (String type : filter.types()) {
            if (!GraphOperation.names(schema).contains(type)) {
                throw GraphOperation.invalid("unknown_type", "the graph has no type '" + type + "'");
            }
        }
    }
}
