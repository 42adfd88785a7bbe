package io.precinct.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.dropwizard.lifecycle.Managed;
import io.precinct.engine.BackgroundThreads;
import io.precinct.engine.EngineException;
import io.precinct.engine.GraphStore;
import io.precinct.engine.LanceGraphStore;
import io.precinct.engine.spi.Embedder;
import io.precinct.engine.spi.ObjectStore;
import io.precinct.engine.storage.LocalObjectStore;
import io.precinct.engine.storage.NativePool;
import io.precinct.engine.storage.NativeResources;
import io.precinct.engine.storage.PutIfAbsentProof;
import io.precinct.engine.storage.S3ObjectStore;
import io.precinct.engine.storage.StoreLocation;
import io.precinct.platform.api.BlobResource;
import io.precinct.platform.api.BranchResource;
import io.precinct.platform.api.CleanupResource;
import io.precinct.platform.api.GraphResource;
import io.precinct.platform.api.HistoryResource;
import io.precinct.platform.api.MaintenanceResource;
import io.precinct.platform.api.MergeResource;
import io.precinct.platform.api.ReadAnswers;
import io.precinct.platform.api.RegistryResource;
import io.precinct.platform.api.SchemaResource;
import io.precinct.platform.api.TagResource;
import io.precinct.platform.api.TenantResource;
import io.precinct.platform.api.VerifyResource;
import io.precinct.platform.config.EngineSettings;
import io.precinct.platform.config.IdentitySettings;
import io.precinct.platform.config.PrecinctConfiguration;
import io.precinct.platform.identity.Caller;
import io.precinct.platform.identity.Membership;
import io.precinct.platform.identity.TenantGuard;
import io.precinct.platform.run.EngineFailures;
import io.precinct.platform.run.OperationRunner;
import io.precinct.platform.run.PlatformTenant;
import io.precinct.platform.run.TenantFailures;
import io.precinct.platform.run.Trail;
import io.precinct.platform.run.UpkeepThroughRunner;
import io.precinct.platform.web.AuthenticationFilter;
import io.precinct.platform.web.KeyedRequestFilter;
import io.precinct.platform.web.Probes;
import io.precinct.policy.PolicyRef;
import io.precinct.policy.opa.CompiledPolicy;
import io.precinct.policy.opa.RememberingDecider;
import io.precinct.policy.opa.WarmUp;
import io.precinct.policy.opa.WasmDecider;
import io.precinct.policy.opa.WasmSettings;
import io.precinct.policy.store.PolicyStore;
import io.precinct.tenants.ProvisioningStep;
import io.precinct.tenants.Tenant;
import io.precinct.tenants.TenantDirectory;
import io.precinct.tenants.TenantEngineFactory;
import io.precinct.tenants.TenantEngines;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantProvisioning;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantUse;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.EmbeddedPostgres;
import io.precinct.tenants.store.KeyedRequestStore;
import io.precinct.tenants.upkeep.RunLog;
import io.precinct.tenants.upkeep.TenantMaintenance;
import io.precinct.tenants.upkeep.UpkeepJobs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** A whole node: its parts, opened in order and closed in reverse. */
final class Node implements AutoCloseable {
    private static final Duration POLICY_STALENESS = Duration.ofSeconds(2);
    private static final Duration PROOF_PAUSE = Duration.ofSeconds(5);
    private static final long REMEMBERED_BYTES = 16L << 20;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Wiring wiring;
    private final TenantRegistry registry;
    private final TenantProvisioning provisioning;
    private final PolicyStore policies;
    private final StoreProof proof;

    private Node(Wiring wiring) throws IOException {
        this.wiring = wiring;
        PrecinctConfiguration configuration = wiring.configuration();
        CompiledPolicy module = CompiledPolicy.builtIn();
        // Beside the start of the database; nobody is served before both are done.
        CompletableFuture<Void> warm = CompletableFuture.runAsync(
                () -> WarmUp.exercise(module),
                work -> Thread.ofPlatform().daemon().name("policy-warm-up").start(work));
        wiring.addReadiness(
                "policy",
                Probes.ReadinessCheck.that(() -> warm.isDone() && !warm.isCompletedExceptionally(), "not_warm"));
        ControlDatabase database = database(configuration);
        this.registry = new TenantRegistry(database, wiring.ids(), wiring.clock());
        TenantDirectory directory =
                new TenantDirectory(registry, TenantDirectory.DEFAULT_STALENESS, Ticker.systemTicker());
        this.policies = new PolicyStore(database.jdbi());
        this.provisioning = new TenantProvisioning(registry, database, List.of(starterPolicy()), wiring.clock());

        StoreLocation root = configuration
                .store()
                .location(
                        configuration.home().toAbsolutePath(),
                        configuration.engines().durable().orElse(true),
                        name -> Optional.ofNullable(System.getenv(name)));
        this.proof = proof(root.below("proof"));
        wiring.addReadiness("store", proof::missing);
        TenantEngines<GraphStore> engines = engines(configuration, directory, root.below("tenants"));
        WasmDecider wasm = opened(new WasmDecider(module, policies, policyBounds()));
        Cache<TenantId, PolicyRef> current =
                Caffeine.newBuilder().expireAfterWrite(POLICY_STALENESS).build();
        Wiring.Trail audit = wiring.audit(database);
        Trail trail = new Trail(audit.trail(), audit.reads());
        OperationRunner runner = new OperationRunner(
                id -> directory.find(id.value()),
                engines,
                id -> Optional.of(current.get(
                        id, tenant -> policies.current(tenant.value()).policy())),
                new RememberingDecider(wasm, REMEMBERED_BYTES),
                trail,
                configuration.limits().queryMemory(),
                wiring.clock());

        RunLog runLog = new RunLog(database, wiring.ids(), wiring.clock());
        UpkeepJobs jobs = opened(new UpkeepJobs(
                database,
                registry,
                runLog,
                new UpkeepThroughRunner(runner, registry, wiring.ids()),
                wiring.clock(),
                UpkeepJobs.Settings.of(UUID.randomUUID().toString())));
        TenantMaintenance maintenance = new TenantMaintenance(database, registry, runLog, jobs, wiring.clock());

        Addresses addresses = new Addresses(directory);
        TenantGuard guard = new TenantGuard(addresses);
        wiring.addTranslator(thrown ->
                thrown instanceof EngineException engine ? Optional.of(EngineFailures.of(engine)) : Optional.empty());
        wiring.addTranslator(thrown -> thrown instanceof io.precinct.tenants.TenantException tenant
                ? Optional.of(TenantFailures.of(tenant))
                : Optional.empty());
        wiring.addResource(new GraphResource(runner, new ReadAnswers(wiring.json())));
        wiring.addFilter(
                new KeyedRequestFilter(new KeyedRequestStore(database), wiring.json(), wiring.ids(), wiring.clock()));
        wiring.addResource(new BlobResource(runner));
        wiring.addResource(new TagResource(runner));
        wiring.addResource(new VerifyResource(runner));
        wiring.addResource(new CleanupResource(runner));
        wiring.addResource(new SchemaResource(runner, wiring.json()));
        wiring.addResource(new BranchResource(runner));
        wiring.addResource(new MergeResource(runner));
        wiring.addResource(new HistoryResource(runner));
        wiring.addResource(new TenantResource(runner, registry, engines, audit.trail(), audit.reads(), wiring.json()));
        wiring.addResource(new MaintenanceResource(runner, maintenance));
        wiring.addResource(new RegistryResource(runner, guard, registry, provisioning));
        wiring.manage(new Managed() {
            @Override
            public void start() {
                proof.start();
                warm.join();
                provisioning.resumeAll();
                Tenant platform = provisioning.create(PlatformTenant.order());
                if (policies.current(platform.id().value()).sequence() == 1) {
                    policies.publish(platform.id().value(), platformPolicy(), 1, "precinct");
                }
                jobs.start();
            }

            @Override
            public void stop() throws Exception {
                close();
            }
        });
        this.addresses = addresses;
        this.mismatches = mismatch -> trail.mismatch(
                new Caller.Stranger(
                        mismatch.identity().subject(),
                        mismatch.identity().type().wireName(),
                        mismatch.requestId()),
                addresses.named(mismatch.pathTenant()),
                mismatch.identity().memberships().stream()
                        .map(Membership::organizationId)
                        .flatMap(organization ->
                                addresses.ofOrganization(mismatch.identity().issuer(), organization).stream())
                        .toList());
    }

    private final Addresses addresses;
    private final java.util.function.Consumer<AuthenticationFilter.Mismatch> mismatches;

    /** Opens the node's parts and registers what they serve. */
    static Node compose(Wiring wiring) throws IOException {
        return new Node(wiring);
    }

    Addresses addresses() {
        return addresses;
    }

    java.util.function.Consumer<AuthenticationFilter.Mismatch> mismatches() {
        return mismatches;
    }

    TenantProvisioning provisioning() {
        return provisioning;
    }

    PolicyStore policies() {
        return policies;
    }

    private ControlDatabase database(PrecinctConfiguration configuration) {
        return opened(ControlDatabase.open(configuration.database().external().orElseGet(() -> {
            EmbeddedPostgres postgres = opened(EmbeddedPostgres.start(EmbeddedPostgres.Settings.in(
                    configuration.home().toAbsolutePath().resolve("postgres"))));
            return postgres.databaseSettings();
        })));
    }

    /** A warm decision takes a thousandth of the deadline; what is left is for a machine that is busy with other work. */
    private static WasmSettings policyBounds() {
        WasmSettings usual = WasmSettings.DEFAULT;
        return new WasmSettings(
                usual.instances(),
                usual.revisionsKept(),
                usual.dataPages(),
                usual.scratchPages(),
                Duration.ofMillis(100),
                usual.patience());
    }

    StoreProof proof() {
        return proof;
    }

    private StoreProof proof(StoreLocation location) {
        ObjectStore store = switch (location) {
            case StoreLocation.Directory directory -> LocalObjectStore.open(directory.path(), directory.durable());
            case StoreLocation.S3 s3 -> opened(S3ObjectStore.open(s3));
        };
        return opened(new StoreProof(store, PutIfAbsentProof::prove, PROOF_PAUSE));
    }

    private TenantEngines<GraphStore> engines(
            PrecinctConfiguration configuration, TenantDirectory directory, StoreLocation tenants) {
        EngineSettings settings = configuration.engines();
        BufferAllocator memory = opened(new RootAllocator(4 * settings.memory().toBytes()));
        Embedder embedder = opened(configuration.embedding().settings().open(System::getenv));
        int cores = Runtime.getRuntime().availableProcessors();
        NativePool pool = opened(new NativePool(2 * cores, 2 * cores));
        BackgroundThreads behind = opened(new BackgroundThreads("graphs", 2 * cores));
        TenantEngines<GraphStore> engines = opened(new TenantEngines<>(
                directory,
                new TenantEngineFactory<GraphStore>() {
                    @Override
                    public GraphStore open(Tenant tenant) {
                        proof.require();
                        return LanceGraphStore.open(
                                new LanceGraphStore.Settings(
                                        tenants.below(tenant.id().value()),
                                        tenant.id().value(),
                                        memory,
                                        pool,
                                        NativeResources.Limits.DEFAULTS,
                                        settings.graphMemory().toBytes(),
                                        wiring.ids(),
                                        wiring.clock(),
                                        embedder,
                                        configuration.limits().write().engine()),
                                behind);
                    }

                    @Override
                    public long memoryBytes(GraphStore engine) {
                        return engine.heldBytes();
                    }
                },
                new TenantEngines.Budget(
                        settings.instances(),
                        settings.memory().toBytes(),
                        Duration.ofMillis(settings.openWait().toMilliseconds()))));
        registry.onMove(tenant -> {
            if (!tenant.allows(TenantUse.READ)) {
                engines.retire(tenant.id());
            }
        });
        return engines;
    }

    /** Operators need a second factor wherever there is one to ask for. */
    private String platformPolicy() {
        String policy = text("/io/precinct/policy/demonstration/platform.json");
        if (withoutSecondFactor()) {
            return policy;
        }
        try {
            ObjectNode document = (ObjectNode) wiring.json().readTree(policy);
            document.remove("step_up");
            return document.toString();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The embedded issuer has none. */
    private boolean withoutSecondFactor() {
        return wiring.configuration().identity() instanceof IdentitySettings.Embedded;
    }

    /** What a new tenant may do before somebody says more: its administrators everything, upkeep its work. */
    private ProvisioningStep starterPolicy() {
        String starter = withoutSecondFactor() ? "/policies/starter-embedded.json" : "/policies/starter.json";
        return new ProvisioningStep() {
            @Override
            public String name() {
                return "starter-policy";
            }

            @Override
            public void run(Tenant tenant) {
                // Moved means that this step ran before and was cut off before that was recorded.
                policies.publish(tenant.id().value(), text(starter), 0, "precinct");
            }
        };
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    @Override
    public void close() throws Exception {
        Exception failed = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception thrown) {
                if (failed == null) {
                    failed = thrown;
                } else {
                    failed.addSuppressed(thrown);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private static String text(String resource) {
        try (InputStream in = Node.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Tenants as identity asks for them. The embedded issuer's organization ids are tenant ids. */
    static final class Addresses implements io.precinct.platform.identity.TenantDirectory {
        private final TenantDirectory directory;

        Addresses(TenantDirectory directory) {
            this.directory = directory;
        }

        @Override
        public Optional<TenantId> named(String nameOrId) {
            return directory.find(nameOrId).map(Tenant::id);
        }

        @Override
        public Optional<TenantId> ofOrganization(String issuer, String organizationId) {
            return directory
                    .find(organizationId)
                    .map(Tenant::id)
                    .filter(id -> id.value().equals(organizationId));
        }
    }
}
