package io.precinct.platform.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.CollectReport;
import io.precinct.engine.CollectRequest;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.LoadMode;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.SchemaReceipt;
import io.precinct.engine.Target;
import io.precinct.engine.VerifyReport;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.exec.Explanation;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Lint;
import io.precinct.engine.query.LintReport;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.schema.VisibleSchema;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.spi.RowAccess;
import io.precinct.engine.upkeep.UpkeepReport;
import io.precinct.policy.Decision;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An operation on one graph of the caller's tenant. */
public sealed interface GraphOperation<R> extends Operation<R>
        permits GraphOperation.Query,
                GraphOperation.Explain,
                GraphOperation.Mutate,
                GraphOperation.Load,
                GraphOperation.Export,
                GraphOperation.SnapshotOf,
                GraphOperation.SchemaOf,
                GraphOperation.PlanSchema,
                GraphOperation.ApplySchema,
                GraphOperation.LintQueries,
                GraphOperation.Compact,
                GraphOperation.Verify,
                GraphOperation.Cleanup,
                BlobRead,
                HistoryOperation,
                TagOperation {
    GraphId graph();

    /** Resolves names and compiles statements against what {@code view} shows of the graph; changes nothing. */
    Ready<R> ready(Graph graph, SchemaView view);

    /** The branch that the caller named, for a decision where it turned out not to exist. */
    default Optional<BranchName> branchAsked() {
        return switch (this) {
            case Query query -> named(query.target());
            case Explain explain -> named(explain.target());
            case Export export -> named(export.target());
            case PlanSchema plan -> Optional.of(plan.branch());
            case ApplySchema apply -> Optional.of(apply.branch());
            case LintQueries lint -> Optional.of(lint.branch());
            case Mutate mutate -> Optional.of(mutate.branch());
            case Load load -> Optional.of(load.branch());
            case SnapshotOf snapshot -> Optional.of(snapshot.branch());
            case SchemaOf schema -> Optional.of(BranchName.MAIN);
            case HistoryOperation.BranchCreate create -> Optional.of(create.from());
            case HistoryOperation.Commits commits -> Optional.of(commits.branch());
            case Compact compact -> Optional.of(compact.branch());
            case Verify verify -> Optional.empty();
            case Cleanup cleanup -> Optional.empty();
            case BlobRead blob -> named(blob.target());
            case HistoryOperation.Merge merge -> Optional.of(merge.request().source());
            case HistoryOperation.PreviewMerge merge ->
                Optional.of(merge.request().source());
            case HistoryOperation.BranchDelete delete -> Optional.empty();
            case HistoryOperation.Branches branches -> Optional.empty();
            case TagOperation.Tags tags -> Optional.empty();
            case TagOperation.TagCreate create -> named(create.target());
            case TagOperation.TagDelete delete -> Optional.of(BranchName.MAIN);
            case HistoryOperation.Commit commit -> Optional.empty();
            case HistoryOperation.ChangesOf changes -> Optional.empty();
            case HistoryOperation.Revert revert -> Optional.of(revert.branch());
            case HistoryOperation.Feed feed -> Optional.of(feed.branch());
            case HistoryOperation.Baseline baseline -> Optional.of(baseline.branch());
        };
    }

    /** The branch that the caller wants changed by another one, likewise. */
    default Optional<BranchName> targetAsked() {
        return switch (this) {
            case HistoryOperation.Merge merge -> Optional.of(merge.request().target());
            case HistoryOperation.PreviewMerge merge ->
                Optional.of(merge.request().target());
            default -> Optional.empty();
        };
    }

    private static Optional<BranchName> named(Target target) {
        return switch (target) {
            case Target.Branch(BranchName name) -> Optional.of(name);
            case Target.AtTime(BranchName name, Instant time) -> Optional.of(name);
            case Target.AtCommit commit -> Optional.empty();
            case Target.AtTag tag -> Optional.empty();
        };
    }

    /** A read query. */
    record Query(GraphId graph, Target target, String text, Optional<String> name, JsonNode parameters)
            implements GraphOperation<QueryRun> {
        @Override
        public OperationKind kind() {
            return OperationKind.QUERY_RUN;
        }

        @Override
        public Ready<QueryRun> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(target);
            CheckedStatement.Read read = asRead(compiled(opened, snapshot, view, text, name));
            return reading(
                    read.touched(),
                    Ready.Mentions.COMPILED,
                    snapshot,
                    "read",
                    admitted -> new QueryRun(
                            read.name(),
                            target,
                            snapshot.head().id(),
                            opened.query(snapshot, read, parameters, admitted.gate(), admitted.budget()),
                            admitted.limits(),
                            admitted.decision()));
        }
    }

    /** What a read query would do for this caller, and the decision behind it. */
    record Explain(GraphId graph, Target target, String text, Optional<String> name, JsonNode parameters)
            implements GraphOperation<Explain.Explained> {
        @Override
        public OperationKind kind() {
            return OperationKind.QUERY_EXPLAIN;
        }

        @Override
        public Ready<Explained> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(target);
            CheckedStatement.Read read = asRead(compiled(opened, snapshot, view, text, name));
            return reading(
                    read.touched(),
                    Ready.Mentions.COMPILED,
                    snapshot,
                    "read",
                    admitted -> new Explained(
                            read.name(),
                            snapshot.head().id(),
                            Shown.plan(
                                    opened.explain(snapshot, read, parameters, admitted.gate(), admitted.budget()),
                                    admitted.decision()),
                            Shown.decision(admitted.decision())));
        }

        public record Explained(String queryName, CommitId commit, Explanation plan, Decision decision) {}
    }

    record Mutate(GraphId graph, BranchName branch, String text, Optional<String> name, JsonNode parameters)
            implements GraphOperation<Mutate.Mutated> {
        @Override
        public OperationKind kind() {
            return OperationKind.MUTATE_RUN;
        }

        @Override
        public Ready<Mutated> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            CheckedStatement.Write write = switch (compiled(opened, snapshot, view, text, name)) {
                case CheckedStatement.Write found -> found;
                case CheckedStatement.Read read ->
                    throw invalid("not_a_mutation", "'" + read.name() + "' only reads: send it to query");
            };
            return new Ready<>(
                    write.touched(),
                    Ready.Mentions.COMPILED,
                    List.of(branch),
                    Optional.empty(),
                    write.deletes() ? "delete" : "write",
                    admitted -> new Mutated(
                            write.name(),
                            opened.mutate(branch, write, parameters, admitted.gate(), admitted.by(opened, branch))));
        }

        public record Mutated(String queryName, WriteReceipt receipt) {}
    }

    /**
     * The body is read only after the decision allowed it.
     *
     * @param from the branch that {@code branch} is made from when there is none of its name
     */
    record Load(
            GraphId graph,
            BranchName branch,
            Optional<BranchName> from,
            LoadMode mode,
            ReaderKind reader,
            InputStream body)
            implements GraphOperation<Load.Loaded> {
        @Override
        public OperationKind kind() {
            return OperationKind.LOAD_RUN;
        }

        @Override
        public Ready<Loaded> ready(Graph opened, SchemaView view) {
            Optional<BranchName> fork = from.filter(source -> !opened.branches().contains(branch));
            Snapshot snapshot = opened.snapshot(new Target.Branch(fork.orElse(branch)));
            SchemaView.Seen seen = view.of(snapshot);
            Set<String> written = new TreeSet<>(names(seen.schema()));
            written.removeAll(seen.readOnly());
            return new Ready<>(
                    TouchedTypes.of(nodes(seen.schema()), edges(seen.schema()), written, Map.of()),
                    Ready.Mentions.SWEPT,
                    List.of(branch),
                    Optional.empty(),
                    "load",
                    admitted -> new Loaded(
                            fork.isPresent() ? forked(opened, fork.get(), admitted) : loaded(opened, admitted), fork));
        }

        private WriteReceipt loaded(Graph opened, Admitted admitted) {
            return opened.load(branch, mode, reader, body, admitted.gate(), admitted.by(opened, branch));
        }

        /** A load that fails takes the branch that was made for it along. */
        private WriteReceipt forked(Graph opened, BranchName source, Admitted admitted) {
            if (!admitted.forks(source, branch)) {
                if (!admitted.reads(source)) {
                    throw new EngineException(new EngineFailure.NotFound("branch", source.value()));
                }
                throw new EngineException(new EngineFailure.Denied(List.of("branch_create_not_granted")));
            }
            Snapshot made = opened.createBranch(branch, source, admitted.by());
            try {
                return loaded(opened, admitted);
            } catch (RuntimeException failed) {
                boolean inDoubt = failed instanceof EngineException engine
                        && engine.failure() instanceof EngineFailure.CommitInDoubt;
                if (!inDoubt) {
                    withdraw(opened, made, admitted, failed);
                }
                throw failed;
            }
        }

        private void withdraw(Graph opened, Snapshot made, Admitted admitted, RuntimeException failed) {
            try {
                opened.withdrawBranch(made, admitted.by());
            } catch (EngineException stays) {
                failed.addSuppressed(stays);
            }
        }

        /** {@code forkedFrom} is empty when the branch was there. */
        public record Loaded(WriteReceipt receipt, Optional<BranchName> forkedFrom) {}
    }

    /** Gives a writer of the stream; the cut is taken before the first byte. */
    record Export(GraphId graph, Target target, Set<String> types) implements GraphOperation<Export.Stream> {
        public Export {
            types = Set.copyOf(types);
        }

        @Override
        public OperationKind kind() {
            return OperationKind.EXPORT_RUN;
        }

        @Override
        public Ready<Stream> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(target);
            Schema schema = view.of(snapshot).schema();
            for (String type : types) {
                if (!names(schema).contains(type)) {
                    throw invalid("unknown_type", "the graph has no type '" + type + "'");
                }
            }
            TouchedTypes touched = types.isEmpty() ? everything(schema) : closure(schema, types);
            return reading(
                    touched,
                    types.isEmpty() ? Ready.Mentions.SWEPT : Ready.Mentions.NAMED,
                    snapshot,
                    "export",
                    admitted -> {
                        requireWithin(opened, snapshot, types, admitted);
                        return out -> opened.export(snapshot, types, admitted.gate(), out);
                    });
        }

        /** A part of an export would pass for the whole, so one that has too many rows is refused. */
        static void requireWithin(Graph opened, Snapshot snapshot, Set<String> types, Admitted admitted) {
            long most = admitted.limits().maxRows();
            long rows = 0;
            for (EntityType type : visible(snapshot.schema(), admitted.gate()).types()) {
                if (types.isEmpty() || types.contains(type.name())) {
                    rows += opened.count(snapshot, type.name(), admitted.gate(), admitted.budget());
                }
            }
            if (rows > most) {
                throw new EngineException(new EngineFailure.ResourceLimit("rows of an export", most, rows));
            }
        }

        @FunctionalInterface
        public interface Stream {
            void writeTo(java.io.OutputStream out) throws java.io.IOException;
        }
    }

    /** Head state and the number of visible entities of each granted type. */
    record SnapshotOf(GraphId graph, BranchName branch) implements GraphOperation<SnapshotOf.Summary> {
        @Override
        public OperationKind kind() {
            return OperationKind.SNAPSHOT_GET;
        }

        @Override
        public Ready<Summary> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return sweeping(view.of(snapshot).schema(), snapshot, admitted -> {
                List<Dataset> datasets = visible(snapshot.schema(), admitted.gate()).types().stream()
                        .map(type -> new Dataset(
                                type instanceof EntityType.Node ? "node" : "edge",
                                type.name(),
                                opened.count(snapshot, type.name(), admitted.gate(), admitted.budget())))
                        .toList();
                return new Summary(snapshot, datasets);
            });
        }

        public record Summary(Snapshot snapshot, List<Dataset> datasets) {}

        public record Dataset(String kind, String typeName, long entities) {}
    }

    record SchemaOf(GraphId graph) implements GraphOperation<String> {
        @Override
        public OperationKind kind() {
            return OperationKind.SCHEMA_GET;
        }

        @Override
        public Ready<String> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(BranchName.MAIN));
            return sweeping(
                    view.of(snapshot).schema(),
                    snapshot,
                    admitted -> visible(snapshot.schema(), admitted.gate()).source());
        }
    }

    /** What would change a branch's schema to the one of {@code source}. Changes nothing. */
    record PlanSchema(GraphId graph, BranchName branch, String source, SchemaOptions options)
            implements GraphOperation<SchemaPlan> {
        @Override
        public OperationKind kind() {
            return OperationKind.SCHEMA_PLAN;
        }

        @Override
        public Ready<SchemaPlan> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return whole(view, snapshot, admitted -> {
                requireWhole(snapshot.schema(), admitted);
                return opened.planSchema(branch, source, options);
            });
        }
    }

    /** Gives a branch the schema of {@code source} as one commit. */
    record ApplySchema(GraphId graph, BranchName branch, String source, SchemaOptions options)
            implements GraphOperation<ApplySchema.Applied> {
        @Override
        public OperationKind kind() {
            return OperationKind.SCHEMA_APPLY;
        }

        @Override
        public Ready<Applied> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return whole(view, snapshot, admitted -> {
                requireWhole(snapshot.schema(), admitted);
                SchemaReceipt receipt =
                        opened.applySchema(branch, source, options, admitted.gate(), admitted.by(opened, branch));
                return new Applied(
                        receipt, opened.snapshot(new Target.Branch(branch)).sequence());
            });
        }

        /** {@code sequence} of the branch's head afterwards. */
        public record Applied(SchemaReceipt receipt, long sequence) {}
    }

    /** Looks through a query text against a branch's schema. */
    record LintQueries(GraphId graph, BranchName branch, String text) implements GraphOperation<LintReport> {
        @Override
        public OperationKind kind() {
            return OperationKind.LINT_RUN;
        }

        @Override
        public Ready<LintReport> ready(Graph opened, SchemaView view) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return whole(view, snapshot, admitted -> {
                requireWhole(snapshot.schema(), admitted);
                return Lint.check(text, snapshot.schema());
            });
        }
    }

    /** Content-preserving, so it needs no view of any type. */
    record Compact(GraphId graph, BranchName branch, BooleanSupplier cancelled)
            implements GraphOperation<UpkeepReport> {
        @Override
        public OperationKind kind() {
            return OperationKind.UPKEEP_COMPACT;
        }

        @Override
        public Ready<UpkeepReport> ready(Graph opened, SchemaView view) {
            return new Ready<>(
                    Ready.NO_TYPES,
                    Ready.Mentions.SWEPT,
                    List.of(branch),
                    Optional.empty(),
                    "none",
                    admitted -> opened.compact(branch, admitted.by(), cancelled));
        }
    }

    /** Looks at everything that is stored of the graph, until the caller leaves; needs no view of any type either. */
    record Verify(GraphId graph) implements GraphOperation<VerifyReport> {
        @Override
        public OperationKind kind() {
            return OperationKind.UPKEEP_VERIFY;
        }

        @Override
        public Ready<VerifyReport> ready(Graph opened, SchemaView view) {
            return Ready.withoutTypes(
                    admitted -> opened.verify(admitted.budget().cancelled()));
        }
    }

    /** Takes what no kept state needs, of all branches, until the caller leaves. */
    record Cleanup(GraphId graph, CollectRequest request) implements GraphOperation<CollectReport> {
        @Override
        public OperationKind kind() {
            return OperationKind.UPKEEP_CLEANUP;
        }

        @Override
        public Ready<CollectReport> ready(Graph opened, SchemaView view) {
            return Ready.withoutTypes(admitted ->
                    opened.collect(request, admitted.by(), admitted.budget().cancelled()));
        }
    }

    /** What speaks of every type is for those who may see every one whole. */
    private static void requireWhole(Schema schema, Admitted admitted) {
        boolean hidden = schema.types().stream()
                .map(EntityType::name)
                .anyMatch(type -> !admitted.gate().access(type).granted()
                        || !admitted.gate().access(type).denied().isEmpty());
        if (hidden) {
            throw new EngineException(new EngineFailure.Denied(List.of("schema_not_visible_whole")));
        }
    }

    static <R> Ready<R> reading(
            TouchedTypes touched,
            Ready.Mentions mentions,
            Snapshot snapshot,
            String statement,
            Function<Admitted, R> body) {
        return new Ready<>(touched, mentions, List.of(snapshot.branch()), Optional.empty(), statement, body);
    }

    static <R> Ready<R> sweeping(Schema seen, Snapshot snapshot, Function<Admitted, R> body) {
        return reading(everything(seen), Ready.Mentions.SWEPT, snapshot, "read", body);
    }

    /** For what asks of every type without reading any. */
    private static <R> Ready<R> whole(SchemaView view, Snapshot snapshot, Function<Admitted, R> body) {
        return reading(everything(view.of(snapshot).schema()), Ready.Mentions.SWEPT, snapshot, "none", body);
    }

    private static CheckedStatement compiled(
            Graph opened, Snapshot snapshot, SchemaView view, String text, Optional<String> name) {
        Schema seen = view.of(snapshot).schema();
        return seen == snapshot.schema()
                ? opened.compile(snapshot, text, name)
                : QueryCompiler.compile(text, name, seen);
    }

    /** The schema without what the gate hides. */
    private static Schema visible(Schema schema, AccessGate gate) {
        Map<String, Set<String>> shown = new HashMap<>();
        for (EntityType type : schema.types()) {
            RowAccess access = gate.access(type.name());
            if (access.granted()) {
                shown.put(type.name(), access.denied());
            }
        }
        return VisibleSchema.of(schema, shown);
    }

    private static CheckedStatement.Read asRead(CheckedStatement statement) {
        return switch (statement) {
            case CheckedStatement.Read read -> read;
            case CheckedStatement.Write write ->
                throw invalid("not_a_query", "'" + write.name() + "' changes the graph: send it to mutate");
        };
    }

    static EngineException invalid(String code, String message) {
        return new EngineException(new EngineFailure.Invalid(
                List.of(new Diagnostic(code, Diagnostic.Severity.ERROR, message, Optional.empty(), 0))));
    }

    static TouchedTypes everything(Schema schema) {
        return TouchedTypes.of(nodes(schema), edges(schema), Set.of(), Map.of());
    }

    /** The types and, for edges, the types at their ends: an edge is seen only with both ends. */
    static TouchedTypes closure(Schema schema, Set<String> names) {
        Set<String> nodes = new TreeSet<>(nodes(schema));
        nodes.retainAll(names);
        Set<String> edges = new TreeSet<>(edges(schema));
        edges.retainAll(names);
        for (EntityType.Edge edge : schema.edges()) {
            if (edges.contains(edge.name())) {
                nodes.add(schema.node(edge.source()).name());
                nodes.add(schema.node(edge.destination()).name());
            }
        }
        return TouchedTypes.of(nodes, edges, Set.of(), Map.of());
    }

    static Set<String> nodes(Schema schema) {
        return schema.nodes().stream().map(EntityType.Node::name).collect(Collectors.toSet());
    }

    static Set<String> edges(Schema schema) {
        return schema.edges().stream().map(EntityType.Edge::name).collect(Collectors.toSet());
    }

    static Set<String> names(Schema schema) {
        return schema.types().stream().map(EntityType::name).collect(Collectors.toSet());
    }
}
