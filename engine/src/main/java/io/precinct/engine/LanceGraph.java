package io.precinct.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.precinct.engine.exec.ExecutionBudget;
import io.precinct.engine.exec.Explanation;
import io.precinct.engine.exec.Masking;
import io.precinct.engine.exec.QueryExecutor;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.export.BlobReading;
import io.precinct.engine.export.Exporter;
import io.precinct.engine.feed.Baseline;
import io.precinct.engine.feed.Feed;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.merge.CommitDiff;
import io.precinct.engine.merge.Merge;
import io.precinct.engine.merge.Revert;
import io.precinct.engine.query.AccessBinder;
import io.precinct.engine.query.ArgumentBinder;
import io.precinct.engine.query.Arguments;
import io.precinct.engine.query.CheckedStatement;
import io.precinct.engine.query.Expression;
import io.precinct.engine.query.LogicalPlan;
import io.precinct.engine.query.Pattern;
import io.precinct.engine.query.QueryCompiler;
import io.precinct.engine.query.RowRules;
import io.precinct.engine.query.TouchedTypes;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.Scalar;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.SchemaPlan;
import io.precinct.engine.schema.SchemaPlanner;
import io.precinct.engine.schema.SchemaStep;
import io.precinct.engine.search.EmbeddedQueries;
import io.precinct.engine.search.SearchTools;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.storage.BlobStore;
import io.precinct.engine.upkeep.UpkeepReport;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.Views;
import io.precinct.engine.write.Affected;
import io.precinct.engine.write.CallerAccess;
import io.precinct.engine.write.LoadProgress;
import io.precinct.engine.write.Loader;
import io.precinct.engine.write.Mutation;
import io.precinct.engine.write.SchemaChange;
import io.precinct.engine.write.WriteTools;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** A graph over its commit log, its Lance datasets and its decoded views. */
final class LanceGraph implements Graph {
    /** Characters of statement texts that are kept compiled. */
    private static final long COMPILED_CHARACTERS = 1 << 20;

    private final Cache<Compiled, CheckedStatement> statements = Caffeine.newBuilder()
            .maximumWeight(COMPILED_CHARACTERS)
            .weigher((Compiled key, CheckedStatement statement) ->
                    100 + key.text().length())
            .build();
    private final GraphId id;
    private final GraphLog log;
    private final WriteTools tools;
    private final Views views;
    private final SearchTools search;
    private final BlobStore blobs;
    private final UpkeepOfGraph upkeep;
    private final InstantSource clock;

    /** Content-preserving work, bound to the graph's log and tables. */
    @FunctionalInterface
    interface UpkeepOfGraph {
        UpkeepReport compact(BranchName branch, Provenance by, BooleanSupplier cancelled);
    }

    LanceGraph(
            GraphId id,
            GraphLog log,
            WriteTools tools,
            Views views,
            SearchTools search,
            BlobStore blobs,
            UpkeepOfGraph upkeep,
            InstantSource clock) {
        this.blobs = blobs;
        this.id = id;
        this.log = log;
        this.tools = tools;
        this.views = views;
        this.search = search;
        this.upkeep = upkeep;
        this.clock = clock;
    }

    @Override
    public GraphId id() {
        return id;
    }

    @Override
    public Snapshot snapshot(Target target) {
        return switch (target) {
            case Target.Branch branch -> log.head(branch.name());
            case Target.AtCommit commit -> log.at(commit.id());
            case Target.AtTag tag -> log.at(tag.name());
            case Target.AtTime time -> log.at(log.asOf(time.branch(), time.time()));
        };
    }

    /** What was compiled is right for every caller and for as long as the schema is the same. */
    @Override
    public CheckedStatement compile(Snapshot snapshot, String text, Optional<String> name) {
        Compiled key = new Compiled(snapshot.schema().hash(), name, text);
        CheckedStatement known = statements.getIfPresent(key);
        if (known == null) {
            known = QueryCompiler.compile(text, name, snapshot.schema());
            statements.put(key, known);
        }
        return known;
    }

    private record Compiled(String schemaHash, Optional<String> name, String text) {}

    @Override
    public RowCursor query(
            Snapshot snapshot,
            CheckedStatement.Read statement,
            JsonNode parameters,
            AccessGate gate,
            ExecutionBudget budget) {
        Arguments arguments = arguments(statement, parameters);
        LogicalPlan plan = EmbeddedQueries.resolve(
                AccessBinder.bind(statement, snapshot.schema(), gate), arguments, search.embeddings());
        return QueryExecutor.open(plan, views.of(snapshot), arguments, budget, search.texts());
    }

    @Override
    public Explanation explain(
            Snapshot snapshot,
            CheckedStatement.Read statement,
            JsonNode parameters,
            AccessGate gate,
            ExecutionBudget budget) {
        Arguments arguments = arguments(statement, parameters);
        LogicalPlan plan = EmbeddedQueries.resolve(
                AccessBinder.bind(statement, snapshot.schema(), gate), arguments, search.embeddings());
        return QueryExecutor.explain(plan, views.of(snapshot), arguments, budget, search.texts());
    }

    @Override
    public WriteReceipt mutate(
            BranchName branch, CheckedStatement.Write statement, JsonNode parameters, AccessGate gate, Provenance by) {
        Mutation mutation =
                new Mutation(tools, new Mutation.Request(statement, arguments(statement, parameters), gate, by));
        Optional<GraphLog.Committed> committed = log.commit(branch, mutation, gate);
        return receipt(branch, committed, mutation::affected);
    }

    @Override
    public WriteReceipt load(
            BranchName branch, LoadMode mode, ReaderKind reader, InputStream body, AccessGate gate, Provenance by) {
        Loader.Request request = new Loader.Request(
                body, mode, reader, gate, by, LoadProgress.SILENT, Thread.currentThread()::isInterrupted);
        try (Loader loader = new Loader(tools, request)) {
            Optional<GraphLog.Committed> committed = log.commit(branch, loader, gate);
            return receipt(branch, committed, loader::affected);
        }
    }

    @Override
    public SchemaPlan planSchema(BranchName branch, String source, SchemaOptions options) {
        return SchemaPlanner.plan(log.head(branch).schema(), source, drops(options));
    }

    @Override
    public SchemaReceipt applySchema(
            BranchName branch, String source, SchemaOptions options, AccessGate gate, Provenance by) {
        SchemaChange change = new SchemaChange(
                tools,
                new SchemaChange.Request(source, drops(options), gate, by, Thread.currentThread()::isInterrupted));
        Optional<GraphLog.Committed> committed = log.commit(branch, change, gate);
        // An earlier try met the schema before its commit.
        SchemaPlan plan = committed
                .filter(GraphLog.Committed::repeated)
                .map(earlier -> log.before(log.authored(earlier.commit().id())))
                .map(before -> SchemaPlanner.plan(before.schema(), source, drops(options)))
                .orElseGet(change::plan);
        return new SchemaReceipt(branch, committed.map(GraphLog.Committed::commit), plan);
    }

    private static SchemaStep.DropMode drops(SchemaOptions options) {
        return options.allowDataLoss() ? SchemaStep.DropMode.HARD : SchemaStep.DropMode.SOFT;
    }

    private WriteReceipt receipt(
            BranchName branch, Optional<GraphLog.Committed> committed, Supplier<Affected> affected) {
        Affected counts = committed
                .filter(GraphLog.Committed::repeated)
                .map(this::affectedBy)
                .orElseGet(affected);
        return new WriteReceipt(
                branch,
                committed.map(GraphLog.Committed::commit),
                counts.nodeCount(),
                counts.edgeCount(),
                counts.nodes(),
                counts.edges());
    }

    /** What the commit says that an earlier try did. */
    private Affected affectedBy(GraphLog.Committed earlier) {
        return Affected.of(
                earlier.snapshot().schema(), log.authored(earlier.commit().id()).changes());
    }

    @Override
    public void export(Snapshot snapshot, Set<String> types, AccessGate gate, OutputStream out) throws IOException {
        try (GraphView view = views.of(snapshot)) {
            exporter(snapshot)
                    .export(new Exporter.Request(view, types, gate, Thread.currentThread()::isInterrupted), out);
        }
    }

    private Exporter exporter(Snapshot snapshot) {
        return new Exporter(
                (type, rule) -> RowRules.bind(rule, type),
                text -> Masking.digest(snapshot.numbers().seed(), text),
                blobs::read);
    }

    @Override
    public FeedPage feed(Snapshot cut, FeedRequest request, Function<BranchName, Optional<AccessGate>> gates) {
        return Feed.page(log, tools, reading(cut, request, gates));
    }

    @Override
    public void baseline(Snapshot cut, ChangesRequest filter, AccessGate gate, OutputStream out) throws IOException {
        FeedRequest from = new FeedRequest(new FeedRequest.Start.Now(), filter, FeedRequest.COMMITS, FeedRequest.BYTES);
        try (GraphView view = views.of(cut)) {
            Baseline.write(exporter(cut), tools, view, reading(cut, from, branch -> Optional.of(gate)), out);
        }
    }

    private Feed.Request reading(Snapshot cut, FeedRequest request, Function<BranchName, Optional<AccessGate>> gates) {
        return new Feed.Request(id, cut, request, gates, Masking::digest, Thread.currentThread()::isInterrupted);
    }

    @Override
    public Optional<Blob> blob(Snapshot snapshot, String typeName, String id, String property, AccessGate gate) {
        try (GraphView view = views.of(snapshot)) {
            return BlobReading.cell(view, typeName, id, property, new CallerAccess(gate, tools.rules()))
                    .map(cell -> BlobReading.opened(cell, blobs));
        }
    }

    @Override
    public long count(Snapshot snapshot, String typeName, AccessGate gate, ExecutionBudget budget) {
        Schema schema = snapshot.schema();
        Optional<EntityType.Node> node = schema.node(typeName);
        Pattern pattern;
        String counted;
        if (node.isPresent()) {
            counted = "n";
            pattern = new Pattern(List.of(new Pattern.NodeVariable("n", node.get())), List.of(), List.of(), List.of());
        } else {
            EntityType.Edge edge = schema.edge(typeName)
                    .orElseThrow(() -> new EngineException(new EngineFailure.NotFound("type", typeName)));
            EntityType.Node source = schema.node(edge.source());
            EntityType.Node destination = schema.node(edge.destination());
            if (!gate.access(source.name()).granted()
                    || !gate.access(destination.name()).granted()) {
                return 0;
            }
            counted = "a";
            pattern = new Pattern(
                    List.of(new Pattern.NodeVariable("a", source), new Pattern.NodeVariable("b", destination)),
                    List.of(new Pattern.Step("a", "b", edge, Pattern.Direction.OUT, 1, 1, Optional.of("e"))),
                    List.of(),
                    List.of());
        }
        EntityType.Node owner = pattern.nodes().getFirst().type();
        CheckedStatement.Read statement = new CheckedStatement.Read(
                "count",
                List.of(),
                pattern,
                List.of(new CheckedStatement.Projection(
                        "n",
                        new Expression.Aggregate(
                                Expression.Aggregate.Function.COUNT,
                                new Expression.NodeOf(counted, owner),
                                PropertyType.of(Scalar.I64)))),
                List.of(),
                OptionalLong.empty(),
                touched(schema, typeName),
                schema.hash());
        LogicalPlan plan = AccessBinder.bind(statement, schema, gate);
        try (RowCursor cursor =
                QueryExecutor.open(plan, views.of(snapshot), new Arguments(Map.of(), clock.instant()), budget)) {
            return (Long) cursor.next().orElseThrow().value(0, 0).orElseThrow();
        }
    }

    private static TouchedTypes touched(Schema schema, String typeName) {
        return schema.node(typeName)
                .map(node -> TouchedTypes.of(Set.of(node.name()), Set.of(), Set.of(), Map.of()))
                .orElseGet(() -> {
                    EntityType.Edge edge = schema.edge(typeName).orElseThrow();
                    return TouchedTypes.of(
                            new java.util.TreeSet<>(List.of(
                                    schema.node(edge.source()).name(),
                                    schema.node(edge.destination()).name())),
                            Set.of(edge.name()),
                            Set.of(),
                            Map.of());
                });
    }

    @Override
    public List<BranchName> branches() {
        return log.branches();
    }

    @Override
    public Snapshot createBranch(BranchName name, BranchName from, Provenance by) {
        return log.createBranch(name, from, by);
    }

    @Override
    public void deleteBranch(BranchName name, Provenance by) {
        log.deleteBranch(name, by);
    }

    @Override
    public boolean withdrawBranch(Snapshot made, Provenance by) {
        return log.withdrawBranch(made, by);
    }

    @Override
    public List<Tag> tags() {
        return log.tags();
    }

    @Override
    public Tag tag(TagName name) {
        return log.tag(name);
    }

    @Override
    public Tag createTag(TagName name, CommitId commit, Provenance by) {
        return log.createTag(name, commit, by);
    }

    @Override
    public void deleteTag(TagName name, Provenance by) {
        log.deleteTag(name, by);
    }

    @Override
    public MergeReceipt merge(MergeRequest request, AccessGate gate, Provenance by) {
        Merge merge = merging(request, gate, by);
        Optional<GraphLog.Committed> committed = log.commit(request.target(), merge, gate);
        MergeReceipt.Outcome outcome = committed
                .filter(GraphLog.Committed::repeated)
                .map(earlier ->
                        Merge.outcomeOf(log, log.authored(earlier.commit().id())))
                .orElseGet(merge::outcome);
        return new MergeReceipt(request.source(), request.target(), outcome, committed.map(GraphLog.Committed::commit));
    }

    @Override
    public WriteReceipt revert(BranchName branch, CommitId commit, AccessGate gate, Provenance by) {
        Revert revert = new Revert(
                log,
                tools,
                new Revert.Request(branch, log.authored(commit), gate, by, Thread.currentThread()::isInterrupted));
        Optional<GraphLog.Committed> committed = log.commit(branch, revert, gate);
        return receipt(
                branch,
                committed,
                () -> committed
                        .map(one -> Affected.of(one.snapshot().schema(), revert.changes()))
                        .orElseGet(() -> new Affected(Map.of(), Map.of())));
    }

    @Override
    public MergePreview previewMerge(MergeRequest request, AccessGate gate) {
        return merging(request, gate, new Provenance("", "", Optional.empty())).preview(log.head(request.target()));
    }

    private Merge merging(MergeRequest request, AccessGate gate, Provenance by) {
        if (request.source().equals(request.target())) {
            throw new EngineException(
                    new EngineFailure.Refused("merge_into_itself", "a branch can't be merged into itself"));
        }
        return new Merge(
                log,
                tools,
                new Merge.Request(
                        request, () -> log.head(request.source()), gate, by, Thread.currentThread()::isInterrupted));
    }

    @Override
    public List<CommitInfo> commits(BranchName branch, Optional<CommitId> before, int limit) {
        return log.commits(branch, before, limit);
    }

    @Override
    public CommitInfo commit(CommitId commit) {
        return log.commit(commit);
    }

    @Override
    public CommitChanges changes(CommitId commit, ChangesRequest request, AccessGate gate) {
        return CommitDiff.page(
                log,
                tools,
                new CommitDiff.Request(
                        log.authored(commit), request, gate, Masking::digest, Thread.currentThread()::isInterrupted));
    }

    @Override
    public VerifyReport verify(BooleanSupplier cancelled) {
        return log.verify(cancelled);
    }

    @Override
    public CollectReport collect(CollectRequest request, Provenance by, BooleanSupplier cancelled) {
        return log.collect(request, by, cancelled);
    }

    @Override
    public UpkeepReport compact(BranchName branch, Provenance by, BooleanSupplier cancelled) {
        return upkeep.compact(branch, by, cancelled);
    }

    private Arguments arguments(CheckedStatement statement, JsonNode parameters) {
        return ArgumentBinder.bind(statement.parameters(), parameters, clock.instant());
    }
}
