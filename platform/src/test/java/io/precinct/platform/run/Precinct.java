package io.precinct.platform.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.github.benmanes.caffeine.cache.Ticker;
import io.precinct.engine.BranchName;
import io.precinct.engine.CommitId;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.EngineException;
import io.precinct.engine.GraphId;
import io.precinct.engine.GraphStore;
import io.precinct.engine.LanceGraphStore;
import io.precinct.engine.LoadMode;
import io.precinct.engine.Provenance;
import io.precinct.engine.ReaderKind;
import io.precinct.engine.Target;
import io.precinct.engine.WriteReceipt;
import io.precinct.engine.exec.RowCursor;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.platform.audit.AuditFilter;
import io.precinct.platform.audit.AuditPage;
import io.precinct.platform.audit.AuditTrail;
import io.precinct.platform.audit.ReadBuffer;
import io.precinct.platform.config.AuditSettings;
import io.precinct.platform.errors.ErrorBody;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.identity.AuthFacts;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.identity.SubjectType;
import io.precinct.platform.web.Ulids;
import io.precinct.policy.Decider;
import io.precinct.policy.Decision;
import io.precinct.policy.DecisionInput;
import io.precinct.policy.Obligations;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.PreparedPolicy;
import io.precinct.policy.TenantPolicy;
import io.precinct.policy.opa.CompiledPolicy;
import io.precinct.policy.opa.RememberingDecider;
import io.precinct.policy.opa.WasmDecider;
import io.precinct.policy.opa.WasmSettings;
import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantDirectory;
import io.precinct.tenants.TenantEngineFactory;
import io.precinct.tenants.TenantEngines;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantProvisioning;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantSlug;
import io.precinct.tenants.postgres.ControlDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A runner over one tenant with real parts: control database, trail, built-in policy and engine, without the HTTP edge. */
final class Precinct implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module());

    final Ulids ids = new Ulids(Clock.systemUTC());
    final Tenant tenant;
    final OperationRunner runner;
    final AuditTrail audit;
    private final ReadBuffer reads;
    private final TenantEngines<GraphStore> engines;
    private final WasmDecider wasm;
    private volatile boolean owing;
    private final NativePool pool = new NativePool(2, 2);
    private final BufferAllocator memory = new RootAllocator(1L << 30);

    /** @param policy the tenant's policy document; {@code nanos} is the clock that decisions are timed by */
    Precinct(ControlDatabase database, Path home, String policy, AtomicLong nanos) {
        Clock clock = Clock.systemUTC();
        TenantRegistry registry = new TenantRegistry(database, ids, clock);
        TenantProvisioning provisioning = new TenantProvisioning(registry, database, List.of(), clock);
        String slug = "t" + ids.next().substring(14).toLowerCase(java.util.Locale.ROOT);
        tenant = provisioning.create(
                new CreateTenant(new TenantSlug(slug), "Test", "standard", "local", Optional.of(slug)));
        TenantDirectory directory = new TenantDirectory(registry, Duration.ofSeconds(1), Ticker.systemTicker());
        engines = new TenantEngines<>(
                directory,
                new TenantEngineFactory<GraphStore>() {
                    @Override
                    public GraphStore open(Tenant opened) {
                        return LanceGraphStore.open(new LanceGraphStore.Settings(
                                new StoreLocation.Directory(
                                        home.resolve(opened.id().value()), false),
                                opened.id().value(),
                                memory,
                                pool,
                                NativeResources.Limits.DEFAULTS,
                                64 << 20,
                                ids,
                                clock));
                    }

                    @Override
                    public long memoryBytes(GraphStore engine) {
                        return engine.heldBytes();
                    }
                },
                new TenantEngines.Budget(2, 1L << 30, Duration.ofSeconds(30)));
        PreparedPolicy prepared = PreparedPolicy.of(TenantPolicy.parse(policy.getBytes(StandardCharsets.UTF_8)));
        Duration patient = Duration.ofSeconds(30);
        wasm = new WasmDecider(
                CompiledPolicy.builtIn(),
                asked -> Optional.of(prepared),
                new WasmSettings(2, 4, 1024, 256, patient, patient));
        audit = new AuditTrail(database, ids, clock);
        reads = new ReadBuffer(audit, AuditSettings.DEFAULTS);
        PolicyRef current = new PolicyRef(tenant.id().value(), prepared.revision());
        runner = new OperationRunner(
                id -> directory.find(id.value()),
                engines,
                id -> Optional.of(current),
                owing(new RememberingDecider(wasm, 1 << 20)),
                new Trail(audit, reads),
                io.precinct.engine.exec.QueryMemory.UNBOUNDED,
                clock,
                () -> nanos.getAndAdd(7_000));
    }

    /** From now on every allowance asks for a second person. */
    Precinct owingApproval() {
        owing = true;
        return this;
    }

    private Decider owing(Decider decider) {
        return new Decider() {
            @Override
            public Decision decide(PolicyRef policy, DecisionInput question) {
                return answer(policy, question).decision();
            }

            @Override
            public Answer answer(PolicyRef policy, DecisionInput question) {
                Answer answer = decider.answer(policy, question);
                return owing && answer.decision().allow()
                        ? new Answer(approvalFirst(answer.decision()), answer.remembered())
                        : answer;
            }
        };
    }

    private static Decision approvalFirst(Decision decision) {
        Obligations given = decision.obligations();
        return new Decision(
                decision.outcome(),
                decision.reasons(),
                new Obligations(
                        given.types(), given.writeTypes(), given.limits(), new Obligations.Require(true, false)),
                decision.denyAs(),
                decision.policyRevision(),
                decision.decisionId());
    }

    Caller caller(String role) {
        return caller(role, true);
    }

    Caller caller(String role, boolean mfa) {
        return new Caller(
                "usr_" + role,
                SubjectType.USER,
                tenant.id(),
                Set.of(role),
                Map.of(),
                new AuthFacts("oidc", "cred", Optional.empty(), mfa, Instant.MAX),
                false);
    }

    void create(GraphId graph, String schema) {
        try (var lease = engines.lease(tenant.id(), io.precinct.tenants.TenantUse.WRITE)) {
            lease.engine().create(graph, schema, new Provenance("test", "setup", Optional.empty()));
        }
    }

    TenantId id() {
        return tenant.id();
    }

    /** Everything that was recorded, oldest first. */
    List<JsonNode> records() {
        try {
            reads.stop();
            List<JsonNode> records = new ArrayList<>();
            Optional<String> after = Optional.empty();
            do {
                AuditPage page = audit.query(tenant.id(), AuditFilter.ALL, after, 500);
                for (AuditPage.Line line : page.records()) {
                    records.addFirst(JSON.readTree(line.record()));
                }
                after = page.nextCursor();
            } while (after.isPresent());
            return records;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What a caller is answered: the status and the whole body, but for ids of requests, decisions and commits. */
    record Answer(int status, String body) {}

    <R> Answer answer(Caller caller, GraphOperation<R> operation) {
        RequestContext request =
                new RequestContext(ids.next(), "127.0.0.1", DecisionInput.Channel.REST, () -> false, Conditions.NONE);
        try (Outcome<R> outcome = runner.start(caller, request, operation)) {
            return new Answer(200, text(outcome.value()));
        } catch (EngineException failed) {
            return refusal(EngineFailures.of(failed));
        } catch (PlatformException failed) {
            return refusal(failed.failure());
        }
    }

    private static Answer refusal(PlatformFailure failure) {
        ObjectNode body = JSON.valueToTree(ErrorBody.of(failure, "request"));
        body.remove("decision_id");
        return new Answer(failure.problem().status(), body.toPrettyString());
    }

    private static String text(Object value) {
        return switch (value) {
            case QueryRun run -> rows(run.cursor());
            case GraphOperation.Explain.Explained explained ->
                explained.plan().operators().stream()
                                .map(one -> one.name() + " " + one.detail() + " " + one.rowRule() + " " + one.actual())
                                .toList()
                        + " " + explained.decision().obligations().types();
            case GraphOperation.Mutate.Mutated mutated -> mutated.queryName() + receipt(mutated.receipt());
            case GraphOperation.Load.Loaded loaded -> receipt(loaded.receipt());
            case GraphOperation.Export.Stream stream -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try {
                    stream.writeTo(out);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
                yield out.toString(StandardCharsets.UTF_8);
            }
            case GraphOperation.SnapshotOf.Summary summary -> summary.datasets().toString();
            case List<?> items ->
                items.stream()
                        .map(item -> item instanceof CommitInfo commit
                                ? commit.branch() + "/" + commit.kind()
                                : item.toString())
                        .toList()
                        .toString();
            default -> value.toString();
        };
    }

    private static String receipt(WriteReceipt receipt) {
        return " " + new java.util.TreeMap<>(receipt.nodes()) + new java.util.TreeMap<>(receipt.edges());
    }

    private static String rows(RowCursor cursor) {
        List<String> rows = new ArrayList<>();
        for (Optional<RowCursor.ResultBatch> batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
            for (int row = 0; row < batch.get().rows(); row++) {
                List<Object> values = new ArrayList<>();
                for (int column = 0; column < cursor.columns().size(); column++) {
                    values.add(batch.get().value(row, column));
                }
                rows.add(values.toString());
            }
        }
        return cursor.columns() + " " + rows.stream().sorted().toList();
    }

    /** The operations of one graph, as a caller spells them. */
    record On(GraphId graph) {
        private static final Target MAIN = new Target.Branch(BranchName.MAIN);

        GraphOperation<?> query(String text) {
            return new GraphOperation.Query(graph, MAIN, text, Optional.empty(), NullNode.getInstance());
        }

        GraphOperation<?> explain(String text) {
            return new GraphOperation.Explain(graph, MAIN, text, Optional.empty(), NullNode.getInstance());
        }

        GraphOperation<?> mutate(String text) {
            return new GraphOperation.Mutate(graph, BranchName.MAIN, text, Optional.empty(), NullNode.getInstance());
        }

        GraphOperation<?> load(String lines) {
            return load("main", Optional.empty(), lines);
        }

        GraphOperation<GraphOperation.Load.Loaded> load(String branch, Optional<String> from, String lines) {
            return new GraphOperation.Load(
                    graph,
                    new BranchName(branch),
                    from.map(BranchName::new),
                    LoadMode.MERGE,
                    ReaderKind.STRICT,
                    new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        }

        GraphOperation<?> export(String... types) {
            return new GraphOperation.Export(graph, MAIN, Set.of(types));
        }

        GraphOperation<?> snapshot() {
            return new GraphOperation.SnapshotOf(graph, BranchName.MAIN);
        }

        GraphOperation<String> schema() {
            return new GraphOperation.SchemaOf(graph);
        }

        GraphOperation<List<BranchName>> branches() {
            return new HistoryOperation.Branches(graph);
        }

        GraphOperation<?> branch(String name) {
            return new HistoryOperation.BranchCreate(graph, new BranchName(name), BranchName.MAIN);
        }

        GraphOperation<List<CommitInfo>> commits(String branch, Optional<CommitId> before, int limit) {
            return new HistoryOperation.Commits(graph, new BranchName(branch), before, limit);
        }

        GraphOperation<CommitInfo> commit(CommitId id) {
            return new HistoryOperation.Commit(graph, id);
        }

        GraphOperation<?> mutate(String branch, String text) {
            return new GraphOperation.Mutate(
                    graph, new BranchName(branch), text, Optional.empty(), NullNode.getInstance());
        }

        /** The same operation spelled for each of several graphs. */
        interface Spelled extends Function<On, GraphOperation<?>> {}
    }

    @Override
    public void close() {
        engines.close();
        wasm.close();
        pool.close();
        memory.close();
    }
}
