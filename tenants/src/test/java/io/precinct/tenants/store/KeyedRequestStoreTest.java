package io.precinct.tenants.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.precinct.engine.CommitId;
import io.precinct.tenants.CreateTenant;
import io.precinct.tenants.KeyedRequest;
import io.precinct.tenants.KeyedRequest.Claim;
import io.precinct.tenants.KeyedRequest.Place;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.TenantRegistry;
import io.precinct.tenants.TenantSlug;
import io.precinct.tenants.TestClock;
import io.precinct.tenants.TestIds;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class KeyedRequestStoreTest {
    private static final TestIds IDS = new TestIds();
    private static final Optional<String> DIGEST = Optional.of("digest");

    private final TestClock clock = new TestClock(Instant.parse("2026-03-01T10:00:00Z"));
    private ControlDatabase database;
    private KeyedRequestStore store;
    private KeyedRequest request;

    @BeforeEach
    void newTenant(ControlDatabase control) {
        database = control;
        store = new KeyedRequestStore(control);
        request = new KeyedRequest(tenant(), "ann", "key");
    }

    private TenantId tenant() {
        return new TenantRegistry(database, IDS, clock)
                .create(new CreateTenant(
                        new TenantSlug("t" + UUID.randomUUID().toString().substring(0, 12)),
                        "A tenant",
                        "team",
                        "local",
                        Optional.empty()))
                .id();
    }

    private Claim claim(KeyedRequest one, Optional<String> digest) {
        return store.claim(one, digest, new CommitId(IDS.next()), IDS.next(), clock.instant());
    }

    private Claim.Granted granted(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Granted.class);
        return (Claim.Granted) claim;
    }

    @Test
    void theFirstTryIsGrantedAndOthersWaitForIt() {
        granted(claim(request, DIGEST));
        clock.advance(KeyedRequestStore.HELD.minusSeconds(2));
        assertThat(claim(request, DIGEST)).isEqualTo(new Claim.Held(Duration.ofSeconds(2)));
        assertThat(claim(request, Optional.of("another"))).isInstanceOf(Claim.Different.class);
        granted(claim(new KeyedRequest(request.tenant(), "bob", "key"), DIGEST));
        granted(claim(new KeyedRequest(tenant(), "ann", "key"), DIGEST));
    }

    @Test
    void aTryThatSaysNothingIsTakenOverUnderTheSameNameAndPlace() {
        Claim.Granted first = granted(claim(request, DIGEST));
        assertThat(store.place(first, new Place("stream", 7))).isEqualTo(new Place("stream", 7));
        clock.advance(KeyedRequestStore.HELD);
        Claim.Granted second = granted(claim(request, DIGEST));
        assertThat(second.commit()).isEqualTo(first.commit());
        assertThat(store.place(second, new Place("other", 9))).isEqualTo(new Place("stream", 7));
        store.answered(first, 200, "{}");
        assertThat(claim(request, DIGEST)).isEqualTo(new Claim.Answered(DIGEST, 200, "{}"));
    }

    @Test
    void whatIsNotKnownIsFoundOutByTheNextTry() {
        Claim.Granted first = granted(claim(request, DIGEST));
        store.release(first, clock.instant());
        assertThat(granted(claim(request, DIGEST)).commit()).isEqualTo(first.commit());
    }

    @Test
    void aRefusalForgetsOnlyWhatNobodyElseTried() {
        Claim.Granted first = granted(claim(request, DIGEST));
        store.refused(first, clock.instant());
        Claim.Granted fresh = granted(claim(request, Optional.of("another")));
        assertThat(fresh.commit()).isNotEqualTo(first.commit());
        clock.advance(KeyedRequestStore.HELD);
        Claim.Granted second = granted(claim(request, Optional.of("another")));
        // The first try may still be under way.
        store.refused(second, clock.instant());
        assertThat(granted(claim(request, Optional.of("another"))).commit()).isEqualTo(fresh.commit());
        // Nor may whoever was overtaken forget what others hold.
        store.refused(fresh, clock.instant());
        assertThat(claim(request, Optional.of("another"))).isInstanceOf(Claim.Held.class);
    }

    @Test
    void aBodyThatWasReadSaysWhatWasAsked() {
        Claim.Granted first = granted(claim(request, Optional.empty()));
        assertThat(store.describe(first, "lines")).isTrue();
        clock.advance(KeyedRequestStore.HELD);
        Claim.Granted second = granted(claim(request, Optional.empty()));
        assertThat(store.describe(second, "other lines")).isFalse();
        assertThat(store.describe(second, "lines")).isTrue();
    }

    @Test
    void aKeyIsFreeAgainAfterADay() {
        store.answered(granted(claim(request, DIGEST)), 200, "{}");
        clock.advance(KeyedRequestStore.KEPT.minusSeconds(1));
        assertThat(claim(request, DIGEST)).isInstanceOf(Claim.Answered.class);
        clock.advance(Duration.ofSeconds(1));
        granted(claim(request, Optional.of("another")));
    }

    @Test
    void whatNobodyAsksForAnyMoreIsSwept() {
        for (int i = 0; i < 30; i++) {
            claim(new KeyedRequest(request.tenant(), "ann", "old" + i), DIGEST);
        }
        clock.advance(KeyedRequestStore.KEPT);
        claim(new KeyedRequest(request.tenant(), "ann", "new1"), DIGEST);
        claim(new KeyedRequest(request.tenant(), "ann", "new2"), DIGEST);
        assertThat(database.<Integer>inTenant(
                        request.tenant(),
                        handle -> handle.createQuery("select count(*) from keyed_requests")
                                .mapTo(Integer.class)
                                .one()))
                .isEqualTo(2);
    }
}
