package io.precinct.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.precinct.engine.GraphId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class TenantRegistryTest {
    private static final TestIds IDS = new TestIds();

    private final TestClock clock = new TestClock(Instant.parse("2026-03-01T10:00:00Z"));
    private ControlDatabase database;
    private TenantRegistry registry;

    @BeforeEach
    void newRegistry(ControlDatabase control) {
        database = control;
        registry = new TenantRegistry(control, IDS, clock);
    }

    @Test
    void createdTenantIsFoundByIdAndSlug() {
        Tenant created = registry.create(request(slug(), Optional.empty()));
        assertThat(created.state()).isEqualTo(TenantState.REQUESTED);
        assertThat(registry.find(created.id())).contains(created);
        assertThat(registry.findBySlug(created.slug())).contains(created);
    }

    @Test
    void sameIdempotencyKeyLeadsToTheSameTenant() {
        CreateTenant request = request(slug(), Optional.of("key-" + UUID.randomUUID()));
        Tenant first = registry.create(request);
        assertThat(registry.create(request)).isEqualTo(first);
        CreateTenant other = request(slug(), request.idempotencyKey());
        refused(TenantException.Code.IDEMPOTENCY_MISMATCH, () -> registry.create(other));
    }

    @Test
    void racingCreatesWithOneKeyMakeOneTenant() throws Exception {
        CreateTenant request = request(slug(), Optional.of("key-" + UUID.randomUUID()));
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Tenant>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                calls.add(() -> registry.create(request));
            }
            List<TenantId> ids = new ArrayList<>();
            for (Future<Tenant> answer : threads.invokeAll(calls)) {
                ids.add(answer.get().id());
            }
            assertThat(ids).hasSize(12).containsOnly(ids.getFirst());
        }
    }

    @Test
    void slugStaysTakenUntilItsQuarantineIsOver() {
        TenantSlug slug = slug();
        Tenant first = active(slug);
        refused(TenantException.Code.SLUG_TAKEN, () -> registry.create(request(slug, Optional.empty())));
        Tenant gone = registry.move(first.id(), first.epoch(), new TenantMove.Delete());
        gone = registry.move(gone.id(), gone.epoch(), new TenantMove.Purge());
        registry.move(gone.id(), gone.epoch(), new TenantMove.Bury());
        clock.advance(TenantRegistry.SLUG_QUARANTINE.minusSeconds(1));
        refused(TenantException.Code.SLUG_TAKEN, () -> registry.create(request(slug, Optional.empty())));
        clock.advance(Duration.ofSeconds(2));
        Tenant second = registry.create(request(slug, Optional.empty()));
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(registry.findBySlug(slug)).contains(second);
        assertThat(registry.require(first.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void moveOnAnOldEpochIsRefused() {
        Tenant tenant = active(slug());
        Suspension why = new Suspension(Suspension.Reason.BILLING, Suspension.Mode.READ_ONLY);
        Tenant suspended = registry.suspend(tenant.id(), tenant.epoch(), why);
        assertThat(suspended.epoch()).isGreaterThan(tenant.epoch());
        assertThat(suspended.suspension()).contains(why);
        refused(TenantException.Code.STALE_EPOCH, () -> registry.suspend(tenant.id(), tenant.epoch(), why));
        Tenant resumed = registry.resume(suspended.id(), suspended.epoch());
        assertThat(resumed.state()).isEqualTo(TenantState.ACTIVE);
        assertThat(resumed.suspension()).isEmpty();
        refused(TenantException.Code.ILLEGAL_MOVE, () -> registry.resume(resumed.id(), resumed.epoch()));
    }

    @Test
    void racingMovesOnOneEpochHaveOneWinner() throws Exception {
        Tenant tenant = active(slug());
        AtomicLong winners = new AtomicLong();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                calls.add(() -> {
                    try {
                        registry.suspend(
                                tenant.id(),
                                tenant.epoch(),
                                new Suspension(Suspension.Reason.SECURITY, Suspension.Mode.BLOCKED));
                        return winners.incrementAndGet() > 0;
                    } catch (TenantException.Conflict e) {
                        assertThat(e.code()).isEqualTo(TenantException.Code.STALE_EPOCH);
                        return false;
                    }
                });
            }
            for (Future<Boolean> call : threads.invokeAll(calls)) {
                call.get();
            }
        }
        assertThat(winners).hasValue(1);
    }

    @Test
    void lifeCycleHasNoShortCuts() {
        Tenant tenant = registry.create(request(slug(), Optional.empty()));
        refused(
                TenantException.Code.ILLEGAL_MOVE,
                () -> registry.move(tenant.id(), tenant.epoch(), new TenantMove.Activate()));
        Tenant active = active(slug());
        refused(
                TenantException.Code.ILLEGAL_MOVE,
                () -> registry.move(active.id(), active.epoch(), new TenantMove.Purge()));
        refused(
                TenantException.Code.ILLEGAL_MOVE,
                () -> registry.move(active.id(), active.epoch(), new TenantMove.Restore()));
        Tenant deleting = registry.move(active.id(), active.epoch(), new TenantMove.Delete());
        refused(
                TenantException.Code.ILLEGAL_MOVE,
                () -> registry.suspend(
                        deleting.id(),
                        deleting.epoch(),
                        new Suspension(Suspension.Reason.BILLING, Suspension.Mode.READ_ONLY)));
        assertThat(registry.move(deleting.id(), deleting.epoch(), new TenantMove.Restore())
                        .state())
                .isEqualTo(TenantState.SUSPENDED);
    }

    @Test
    void listingComesInPagesWithoutGapsOrRepetition() {
        List<TenantId> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(registry.create(request(slug(), Optional.empty())).id());
        }
        List<TenantId> listed = new ArrayList<>();
        Optional<TenantId> after = Optional.empty();
        do {
            TenantPage page = registry.list(new TenantPage.Request(after, Optional.of(TenantState.REQUESTED), 2));
            page.tenants().forEach(tenant -> listed.add(tenant.id()));
            after = page.next();
        } while (after.isPresent());
        assertThat(listed).containsAll(made).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void graphsAndMembersBelongToOneTenant() {
        Tenant red = active(slug());
        Tenant blue = active(slug());
        GraphId graph = new GraphId("knowledge");
        TenantGraph entry = registry.registerGraph(red.id(), graph, "Knowledge", "ann");
        assertThat(registry.graphs(red.id())).containsExactly(entry);
        assertThat(registry.graphs(blue.id())).isEmpty();
        refused(TenantException.Code.GRAPH_EXISTS, () -> registry.registerGraph(red.id(), graph, "Knowledge", "ann"));
        refused(TenantException.Code.UNKNOWN_GRAPH, () -> registry.forgetGraph(blue.id(), graph));

        ObjectNode claims = JsonNodeFactory.instance.objectNode().put("department", "emea");
        registry.putMember(new Member(red.id(), "ann", "Ann", List.of("editor", "auditor", "editor"), claims));
        registry.putMember(new Member(blue.id(), "ann", "Ann", List.of("viewer"), claims));
        assertThat(registry.member(red.id(), "ann").orElseThrow().roles()).containsExactly("auditor", "editor");
        assertThat(registry.member(red.id(), "ann").orElseThrow().claims()).isEqualTo(claims);
        assertThat(registry.member(blue.id(), "ann").orElseThrow().roles()).containsExactly("viewer");
        registry.removeMember(red.id(), "ann");
        assertThat(registry.member(red.id(), "ann")).isEmpty();
        assertThat(registry.members(blue.id())).hasSize(1);
        refused(TenantException.Code.UNKNOWN_MEMBER, () -> registry.removeMember(red.id(), "ann"));
    }

    @Test
    void provisioningGoesOnWhereItWasCutShort() {
        for (int crashAt = 0; crashAt < 3; crashAt++) {
            List<String> ran = new ArrayList<>();
            int fatal = crashAt;
            CreateTenant request = request(slug(), Optional.of("key-" + UUID.randomUUID()));
            TenantProvisioning failing = provisioning(ran, fatal);
            refused(TenantException.Code.PROVISIONING_FAILED, () -> failing.create(request));
            Tenant halfway = registry.findBySlug(request.slug()).orElseThrow();
            assertThat(halfway.state()).isEqualTo(TenantState.PROVISIONING);
            refused(TenantException.Code.TENANT_NOT_ACTIVE, () -> halfway.require(TenantUse.READ));
            Tenant done = provisioning(ran, -1).create(request);
            assertThat(done.id()).isEqualTo(halfway.id());
            assertThat(done.state()).isEqualTo(TenantState.ACTIVE);
            assertThat(ran).as("crash at step %d", fatal).containsExactly("step0", "step1", "step2");
        }
    }

    @Test
    void interruptedProvisioningIsTakenUpWithoutBeingAsked() {
        List<String> ran = new ArrayList<>();
        Tenant tenant = registry.create(request(slug(), Optional.empty()));
        provisioning(ran, -1).resumeAll();
        assertThat(registry.require(tenant.id()).state()).isEqualTo(TenantState.ACTIVE);
    }

    @Test
    void suspensionMadeElsewhereBindsWithinTheBound() {
        AtomicLong ticks = new AtomicLong();
        TenantDirectory here = new TenantDirectory(registry, TenantDirectory.DEFAULT_STALENESS, ticks::get);
        Tenant tenant = active(slug());
        assertThat(here.find(tenant.slug().value())).contains(tenant);
        TenantRegistry elsewhere = new TenantRegistry(database, IDS, clock);
        Tenant suspended = elsewhere.suspend(
                tenant.id(), tenant.epoch(), new Suspension(Suspension.Reason.SECURITY, Suspension.Mode.BLOCKED));
        assertThat(here.find(tenant.slug().value())).contains(tenant);
        ticks.addAndGet(TenantDirectory.DEFAULT_STALENESS.toNanos() + 1);
        assertThat(here.find(tenant.slug().value())).contains(suspended);
        Tenant resumed = registry.resume(suspended.id(), suspended.epoch());
        assertThat(here.find(tenant.slug().value())).as("a move made here").contains(resumed);
    }

    @Test
    void whatIsNoNameIsUnknown() {
        TenantDirectory directory = new TenantDirectory(registry, TenantDirectory.DEFAULT_STALENESS, System::nanoTime);
        for (String name : List.of("", "..", "A", "0", "a--b", "x' or true", "nobody")) {
            assertThat(directory.find(name)).as(name).isEmpty();
        }
    }

    private TenantProvisioning provisioning(List<String> ran, int fatal) {
        List<ProvisioningStep> steps = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            steps.add(new ProvisioningStep() {
                @Override
                public String name() {
                    return "step" + number;
                }

                @Override
                public void run(Tenant tenant) {
                    if (number == fatal) {
                        throw new IllegalStateException("the process dies here");
                    }
                    ran.add(name());
                }
            });
        }
        return new TenantProvisioning(registry, database, steps, clock);
    }

    private Tenant active(TenantSlug slug) {
        return new TenantProvisioning(registry, database, List.of(), clock).create(request(slug, Optional.empty()));
    }

    private static void refused(TenantException.Code code, ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TenantException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static TenantSlug slug() {
        return new TenantSlug("t" + UUID.randomUUID().toString().replace("-", ""));
    }

    private static CreateTenant request(TenantSlug slug, Optional<String> key) {
        return new CreateTenant(slug, "A tenant", "team", "local", key);
    }
}
