package io.precinct.platform.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.LoadMode;
import io.precinct.engine.SchemaOptions;
import io.precinct.engine.SchemaReceipt;
import io.precinct.engine.Target;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.exec.Explanation;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Lint;
import io.precinct.engine.query.LintReport;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.upkeep.UpkeepReport;
import io.precinct.policy.Decision;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An operation on one graph of the caller's tenant. */
public sealed interface GraphOperation<R> extends Operation<R> {
    GraphId graph();

    /** Resolves names and compiles statements against the graph; changes nothing. */
    Ready<R> ready(Graph graph);

    /** A read query. */
    record Query(GraphId graph, Target target, String text, Optional<String> name, JsonNode parameters)
            implements GraphOperation<QueryRun> {
        @Override
        public OperationKind kind() {
            return OperationKind.QUERY_RUN;
        }

        @Override
        public Ready<QueryRun> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(target);
            CheckedStatement.Read read = asRead(opened.compile(snapshot, text, name));
            return reading(
                    read.touched(),
                    snapshot,
                    "read",
                    admitted -> new QueryRun(
                            read.name(),
                            target,
                            snapshot.head().id(),
                            opened.query(snapshot, read, parameters, admitted.gate(), admitted.budget()),
                            admitted.maxRows(),
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
        public Ready<Explained> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(target);
            CheckedStatement.Read read = asRead(opened.compile(snapshot, text, name));
            return reading(
                    read.touched(),
                    snapshot,
                    "read",
                    admitted -> new Explained(
                            read.name(),
                            snapshot.head().id(),
                            opened.explain(snapshot, read, parameters, admitted.gate(), admitted.budget()),
                            admitted.decision()));
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
        public Ready<Mutated> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            CheckedStatement.Write write = switch (opened.compile(snapshot, text, name)) {
                case CheckedStatement.Write found -> found;
                case CheckedStatement.Read read ->
                    throw invalid("not_a_mutation", "'" + read.name() + "' only reads: send it to query");
            };
            return new Ready<>(
                    write.touched(),
                    Optional.of(branch),
                    Optional.empty(),
                    write.deletes() ? "delete" : "write",
                    admitted -> new Mutated(
                            write.name(), opened.mutate(branch, write, parameters, admitted.gate(), admitted.by())));
        }

        public record Mutated(String queryName, WriteReceipt receipt) {}
    }

    /** The body is read only after the decision allowed it. */
    record Load(GraphId graph, BranchName branch, LoadMode mode, InputStream body)
            implements GraphOperation<WriteReceipt> {
        @Override
        public OperationKind kind() {
            return OperationKind.LOAD_RUN;
        }

        @Override
        public Ready<WriteReceipt> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            Set<String> all = names(snapshot.schema());
            return new Ready<>(
                    TouchedTypes.of(nodes(snapshot.schema()), edges(snapshot.schema()), all, Map.of()),
                    Optional.of(branch),
                    Optional.empty(),
                    "load",
                    admitted -> opened.load(branch, mode, body, admitted.gate(), admitted.by()));
        }
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
        public Ready<Stream> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(target);
            Schema schema = snapshot.schema();
            for (String type : types) {
                if (!names(schema).contains(type)) {
                    throw invalid("unknown_type", "the graph has no type '" + type + "'");
                }
            }
            TouchedTypes touched = types.isEmpty() ? everything(schema) : closure(schema, types);
            return reading(
                    touched,
                    snapshot,
                    "export",
                    admitted -> out -> opened.export(snapshot, types, admitted.gate(), out));
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
        public Ready<Summary> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return reading(everything(snapshot.schema()), snapshot, "read", admitted -> {
                List<Dataset> datasets = snapshot.schema().types().stream()
                        .filter(type -> admitted.gate().access(type.name()).granted())
                        .map(type -> new Dataset(
                                type instanceof EntityType.Node ? "node" : "edge",
                                type.name(),
                                opened.count(snapshot, type.name(), admitted.gate())))
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
        public Ready<String> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(BranchName.MAIN));
            return reading(everything(snapshot.schema()), snapshot, "read", admitted -> {
                requireWhole(snapshot.schema(), admitted);
                return snapshot.schema().source();
            });
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
        public Ready<SchemaPlan> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return reading(everything(snapshot.schema()), snapshot, "none", admitted -> {
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
        public Ready<Applied> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return reading(everything(snapshot.schema()), snapshot, "none", admitted -> {
                requireWhole(snapshot.schema(), admitted);
                SchemaReceipt receipt = opened.applySchema(branch, source, options, admitted.gate(), admitted.by());
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
        public Ready<LintReport> ready(Graph opened) {
            Snapshot snapshot = opened.snapshot(new Target.Branch(branch));
            return reading(everything(snapshot.schema()), snapshot, "none", admitted -> {
                requireWhole(snapshot.schema(), admitted);
                return Lint.check(text, snapshot.schema());
            });
        }
    }

    record Branches(GraphId graph) implements GraphOperation<List<BranchName>> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_LIST;
        }

        @Override
        public Ready<List<BranchName>> ready(Graph opened) {
            return Ready.withoutTypes(admitted -> opened.branches());
        }
    }

    record BranchCreate(GraphId graph, BranchName name, BranchName from) implements GraphOperation<Snapshot> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_CREATE;
        }

        @Override
        public Ready<Snapshot> ready(Graph opened) {
            return new Ready<>(
                    Ready.NO_TYPES,
                    Optional.of(from),
                    Optional.of(name),
                    "none",
                    admitted -> opened.createBranch(name, from, admitted.by()));
        }
    }

    record BranchDelete(GraphId graph, BranchName name) implements GraphOperation<BranchName> {
        @Override
        public OperationKind kind() {
            return OperationKind.BRANCHES_DELETE;
        }

        @Override
        public Ready<BranchName> ready(Graph opened) {
            return new Ready<>(Ready.NO_TYPES, Optional.empty(), Optional.of(name), "none", admitted -> {
                opened.deleteBranch(name, admitted.by());
                return name;
            });
        }
    }

    record Commits(GraphId graph, BranchName branch, Optional<CommitId> before, int limit)
            implements GraphOperation<List<CommitInfo>> {
        @Override
        public OperationKind kind() {
            return OperationKind.COMMITS_LIST;
        }

        @Override
        public Ready<List<CommitInfo>> ready(Graph opened) {
            return new Ready<>(
                    Ready.NO_TYPES,
                    Optional.of(branch),
                    Optional.empty(),
                    "read",
                    admitted -> opened.commits(branch, before, limit));
        }
    }

    record Commit(GraphId graph, CommitId id) implements GraphOperation<CommitInfo> {
        @Override
        public OperationKind kind() {
            return OperationKind.COMMITS_GET;
        }

        @Override
        public Ready<CommitInfo> ready(Graph opened) {
            return Ready.withoutTypes(admitted -> opened.commit(id));
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
        public Ready<UpkeepReport> ready(Graph opened) {
            return new Ready<>(
                    Ready.NO_TYPES,
                    Optional.of(branch),
                    Optional.empty(),
                    "none",
                    admitted -> opened.compact(branch, admitted.by(), cancelled));
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

    private static <R> Ready<R> reading(
            TouchedTypes touched, Snapshot snapshot, String statement, Function<Admitted, R> body) {
        return new Ready<>(touched, Optional.of(snapshot.branch()), Optional.empty(), statement, body);
    }

    private static CheckedStatement.Read asRead(CheckedStatement statement) {
        return switch (statement) {
            case CheckedStatement.Read read -> read;
            case CheckedStatement.Write write ->
                throw invalid("not_a_query", "'" + write.name() + "' changes the graph: send it to mutate");
        };
    }

    private static EngineException invalid(String code, String message) {
        return new EngineException(new EngineFailure.Invalid(
                List.of(new Diagnostic(code, Diagnostic.Severity.ERROR, message, Optional.empty(), 0))));
    }

    private static TouchedTypes everything(Schema schema) {
        return TouchedTypes.of(nodes(schema), edges(schema), Set.of(), Map.of());
    }

    /** The types and, for edges, the types at their ends: an edge is seen only with both ends. */
    private static TouchedTypes closure(Schema schema, Set<String> names) {
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

    private static Set<String> nodes(Schema schema) {
        return schema.nodes().stream().map(EntityType.Node::name).collect(Collectors.toSet());
    }

    private static Set<String> edges(Schema schema) {
        return schema.edges().stream().map(EntityType.Edge::name).collect(Collectors.toSet());
    }

    private static Set<String> names(Schema schema) {
        return schema.types().stream().map(EntityType::name).collect(Collectors.toSet());
    }
}
