package io.precinct.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestPostgres.class)
class TenantEnginesTest {
    private static final TestIds IDS = new TestIds();
    private static final Duration WAIT = Duration.ofSeconds(20);

    private TenantRegistry registry;
    private TenantDirectory directory;
    private ControlDatabase database;

    @BeforeEach
    void newDirectory(ControlDatabase control) {
        database = control;
        registry = new TenantRegistry(control, IDS, InstantSource.system());
        directory = new TenantDirectory(registry, Duration.ofMinutes(10), System::nanoTime);
    }

    /** Knows how many instances live, notices every use after closing and every second instance of a tenant. */
    private static final class Engines implements TenantEngineFactory<Engine> {
        private final Map<TenantId, Engine> living = new ConcurrentHashMap<>();
        private final List<String> violations = java.util.Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger opened = new AtomicInteger();
        private volatile int failEvery = Integer.MAX_VALUE;
        private volatile int most = Integer.MAX_VALUE;
        private volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public Engine open(Tenant tenant) throws Exception {
            gate.await();
            int number = opened.incrementAndGet();
            if (number % failEvery == 0) {
                throw new IllegalStateException("planned failure");
            }
            Engine engine = new Engine(this, tenant.id());
            if (living.putIfAbsent(tenant.id(), engine) != null) {
                violations.add("second instance of " + tenant.id());
            }
            if (living.size() > most) {
                violations.add(living.size() + " instances");
            }
            Thread.yield();
            return engine;
        }

        @Override
        public long memoryBytes(Engine engine) {
            return engine.bytes;
        }
    }

    private static final class Engine implements AutoCloseable {
        private final Engines all;
        private final TenantId tenant;
        private final AtomicInteger users = new AtomicInteger();
        private volatile boolean closed;
        private volatile long bytes = 1;

        private Engine(Engines all, TenantId tenant) {
            this.all = all;
            this.tenant = tenant;
        }

        private void use(Runnable during) {
            users.incrementAndGet();
            during.run();
            if (closed) {
                all.violations.add("closed under a request: " + tenant);
            }
            users.decrementAndGet();
        }

        @Override
        public void close() {
            if (users.get() != 0 || closed) {
                all.violations.add("closed twice or in use: " + tenant);
            }
            closed = true;
            all.living.remove(tenant, this);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void neverClosesUnderALeaseNorOpensTwice(long seed) throws Exception {
        List<TenantId> tenants = tenants(7);
        Engines factory = new Engines();
        factory.failEvery = 11;
        factory.most = 3;
        AtomicInteger served = new AtomicInteger();
        try (TenantEngines<Engine> engines =
                        new TenantEngines<>(directory, factory, new TenantEngines.Budget(3, 40, WAIT));
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Void>> workers = new ArrayList<>();
            for (int worker = 0; worker < 8; worker++) {
                Random random = new Random(seed * 1000 + worker);
                workers.add(() -> {
                    for (int i = 0; i < 1500; i++) {
                        TenantId tenant = tenants.get(random.nextInt(tenants.size()));
                        if (random.nextInt(20) == 0) {
                            engines.retire(tenant);
                        }
                        try (Lease<Engine> lease = engines.lease(tenant, TenantUse.READ)) {
                            Engine engine = lease.engine();
                            engine.bytes = random.nextInt(30);
                            engine.use(Thread::yield);
                            served.incrementAndGet();
                        } catch (TenantException.Unavailable e) {
                            assertThat(e.code())
                                    .isIn(
                                            TenantException.Code.ENGINES_EXHAUSTED,
                                            TenantException.Code.ENGINE_OPEN_FAILED);
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> worker : threads.invokeAll(workers)) {
                worker.get();
            }
        }
        assertThat(factory.violations).as("seed %d", seed).isEmpty();
        assertThat(factory.living).as("open after close, seed %d", seed).isEmpty();
        assertThat(served).as("seed %d", seed).hasPositiveValue();
    }

    @Test
    void concurrentFirstUsesOpenOnce() throws Exception {
        TenantId tenant = tenants(1).getFirst();
        Engines factory = new Engines();
        factory.gate = new CountDownLatch(1);
        try (TenantEngines<Engine> engines =
                        new TenantEngines<>(directory, factory, new TenantEngines.Budget(2, 9, WAIT));
                ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<Engine>> users = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                users.add(threads.submit(() -> {
                    try (Lease<Engine> lease = engines.lease(tenant, TenantUse.WRITE)) {
                        return lease.engine();
                    }
                }));
            }
            factory.gate.countDown();
            Map<Engine, Integer> seen = new HashMap<>();
            for (Future<Engine> user : users) {
                seen.merge(user.get(), 1, Integer::sum);
            }
            assertThat(seen).hasSize(1).containsValue(5);
            assertThat(factory.opened).hasValue(1);
        }
    }

    @Test
    void failedOpeningIsTriedAgain() {
        TenantId tenant = tenants(1).getFirst();
        Engines factory = new Engines();
        factory.failEvery = 1;
        try (TenantEngines<Engine> engines =
                new TenantEngines<>(directory, factory, new TenantEngines.Budget(1, 9, WAIT))) {
            refused(TenantException.Code.ENGINE_OPEN_FAILED, engines, tenant);
            assertThat(engines.instances()).isZero();
            factory.failEvery = Integer.MAX_VALUE;
            try (Lease<Engine> lease = engines.lease(tenant, TenantUse.READ)) {
                assertThat(lease.engine().closed).isFalse();
            }
        }
    }

    @Test
    void leastRecentlyUsedGivesWay() {
        List<TenantId> tenants = tenants(3);
        Engines factory = new Engines();
        try (TenantEngines<Engine> engines =
                new TenantEngines<>(directory, factory, new TenantEngines.Budget(2, 99, WAIT))) {
            touch(engines, tenants.get(0));
            touch(engines, tenants.get(1));
            touch(engines, tenants.get(0));
            touch(engines, tenants.get(2));
            assertThat(factory.living).containsOnlyKeys(tenants.get(0), tenants.get(2));
        }
    }

    @Test
    void memoryOverTheBudgetClosesWhatIsIdle() {
        List<TenantId> tenants = tenants(2);
        Engines factory = new Engines();
        try (TenantEngines<Engine> engines =
                new TenantEngines<>(directory, factory, new TenantEngines.Budget(9, 100, WAIT))) {
            touch(engines, tenants.get(0));
            try (Lease<Engine> lease = engines.lease(tenants.get(1), TenantUse.READ)) {
                lease.engine().bytes = 100;
            }
            assertThat(factory.living).containsOnlyKeys(tenants.get(1));
            assertThat(engines.memoryBytes()).isEqualTo(100);
        }
    }

    @Test
    void budgetSpentOnRunningRequestsRefusesAnother() {
        List<TenantId> tenants = tenants(2);
        Engines factory = new Engines();
        try (TenantEngines<Engine> engines =
                new TenantEngines<>(directory, factory, new TenantEngines.Budget(1, 100, WAIT))) {
            try (Lease<Engine> held = engines.lease(tenants.get(0), TenantUse.READ)) {
                refused(TenantException.Code.ENGINES_EXHAUSTED, engines, tenants.get(1));
                assertThat(held.engine().closed).isFalse();
            }
            touch(engines, tenants.get(1));
        }
    }

    @Test
    void retiredInstanceClosesWithItsLastLease() {
        TenantId tenant = tenants(1).getFirst();
        Engines factory = new Engines();
        try (TenantEngines<Engine> engines =
                new TenantEngines<>(directory, factory, new TenantEngines.Budget(1, 100, WAIT))) {
            Lease<Engine> held = engines.lease(tenant, TenantUse.READ);
            Engine engine = held.engine();
            engines.retire(tenant);
            assertThat(engine.closed).isFalse();
            held.close();
            held.close();
            assertThat(engine.closed).isTrue();
            assertThatThrownBy(held::engine).isInstanceOf(IllegalStateException.class);
            touch(engines, tenant);
            assertThat(factory.opened).hasValue(2);
        }
    }

    @Test
    void suspendedTenantIsRefusedWhatItsModeForbids() {
        TenantId id = tenants(1).getFirst();
        Engines factory = new Engines();
        try (TenantEngines<Engine> engines =
                new TenantEngines<>(directory, factory, new TenantEngines.Budget(1, 100, WAIT))) {
            touch(engines, id);
            Tenant tenant = registry.require(id);
            Tenant readOnly = registry.suspend(
                    id, tenant.epoch(), new Suspension(Suspension.Reason.BILLING, Suspension.Mode.READ_ONLY));
            touch(engines, id);
            assertThatThrownBy(() -> engines.lease(id, TenantUse.WRITE)).isInstanceOf(TenantException.Refused.class);
            assertThatThrownBy(() -> engines.lease(id, TenantUse.MAINTENANCE))
                    .isInstanceOf(TenantException.Refused.class);
            registry.suspend(id, readOnly.epoch(), new Suspension(Suspension.Reason.SECURITY, Suspension.Mode.BLOCKED));
            refused(TenantException.Code.TENANT_SUSPENDED, engines, id);
            assertThatThrownBy(() -> engines.lease(id, TenantUse.EXPORT)).isInstanceOf(TenantException.Refused.class);
        }
    }

    @Test
    void nothingIsLentAfterClosing() {
        TenantId tenant = tenants(1).getFirst();
        TenantEngines<Engine> engines =
                new TenantEngines<>(directory, new Engines(), new TenantEngines.Budget(1, 100, WAIT));
        engines.close();
        refused(TenantException.Code.CLOSED, engines, tenant);
    }

    private static void touch(TenantEngines<Engine> engines, TenantId tenant) {
        try (Lease<Engine> lease = engines.lease(tenant, TenantUse.READ)) {
            lease.engine().use(() -> {});
        }
    }

    private static void refused(TenantException.Code code, TenantEngines<Engine> engines, TenantId tenant) {
        assertThatThrownBy(() -> engines.lease(tenant, TenantUse.READ))
                .isInstanceOfSatisfying(
                        TenantException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private List<TenantId> tenants(int count) {
        TenantProvisioning provisioning = new TenantProvisioning(registry, database, List.of(), InstantSource.system());
        List<TenantId> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TenantSlug slug = new TenantSlug("t" + UUID.randomUUID().toString().replace("-", ""));
            ids.add(provisioning
                    .create(new CreateTenant(slug, "A tenant", "team", "local", Optional.empty()))
                    .id());
        }
        return ids;
    }
}
