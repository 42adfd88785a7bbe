package io.precinct.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.util.Duration;
import io.precinct.platform.config.AuditSettings;
import io.precinct.platform.errors.PlatformException;
import io.precinct.platform.errors.Problem;
import io.precinct.platform.web.Ulids;
import io.precinct.tenants.TenantId;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.postgres.DatabaseSettings;
import io.precinct.tenants.postgres.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class AuditTrailTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Ulids ids = new Ulids(Clock.systemUTC());
    private final ControlDatabase database;
    private final DatabaseSettings settings;
    private final AuditTrail trail;
    private TenantId tenant;

    AuditTrailTest(ControlDatabase database, DatabaseSettings settings) {
        this.database = database;
        this.settings = settings;
        this.trail = new AuditTrail(database, ids, Clock.systemUTC());
    }

    @BeforeEach
    void freshTenant() throws SQLException {
        tenant = newTenant();
    }

    /** A row as the owner of the schema writes it, since only the registry may otherwise. */
    private TenantId newTenant() throws SQLException {
        TenantId id = new TenantId(ids.next());
        String slug = "t" + id.value().toLowerCase(java.util.Locale.ROOT);
        asOwner("""
                select set_config('precinct.scope', 'registry', false);
                insert into tenants select (jsonb_populate_record(null::tenants, jsonb_build_object(
                  'id', '%s', 'slug', '%s', 'display_name', 'T', 'plan', 'team', 'region', 'local', 'state', 'active',
                  'epoch', 1, 'created_at', now(), 'updated_at', now(), 'idempotency_key', '%s', 'request_digest', 'd',
                  'created_by', 'test', 'placement', 'local', 'isolation', 'pooled', 'attributes', '{}'::jsonb,
                  'changed_at', now(), 'quotas', '{}'::jsonb))).*
                """.formatted(id, slug, id));
        return id;
    }

    private void asOwner(String sql) throws SQLException {
        try (Connection owner =
                        DriverManager.getConnection(settings.url(), settings.ownerUser(), settings.ownerPassword());
                Statement statement = owner.createStatement()) {
            statement.execute("set row_security = on");
            statement.execute("select set_config('precinct.tenant', '" + tenant + "', false)");
            statement.execute(sql);
        }
    }

    private static AuditEntry decision(String request, String actor, boolean allow) {
        return entry(
                AuditEntry.Kind.DECISION,
                request,
                actor,
                Optional.of(new AuditEntry.DecisionFacts(
                        allow, List.of("tenant.acme/editors"), "plat@1+acme@2", Optional.empty(), false, 40)),
                Optional.empty());
    }

    private static AuditEntry outcome(String request, String actor, Optional<String> commit) {
        return entry(
                AuditEntry.Kind.OUTCOME,
                request,
                actor,
                Optional.empty(),
                Optional.of(new AuditEntry.OutcomeFacts(
                        200, Optional.empty(), commit, Optional.of(3L), Optional.of(911L), 42)));
    }

    private static AuditEntry entry(
            AuditEntry.Kind kind,
            String request,
            String actor,
            Optional<AuditEntry.DecisionFacts> decision,
            Optional<AuditEntry.OutcomeFacts> outcome) {
        return new AuditEntry(
                kind,
                AuditEntry.AuditClass.DATA_WRITE,
                request,
                Optional.of("d-" + request),
                new AuditEntry.Actor(actor, "user", Optional.empty(), Optional.of("jti")),
                "change",
                "mutate.run",
                new AuditEntry.Resource(
                        Optional.of("knowledge"),
                        Optional.of("main"),
                        Optional.empty(),
                        Optional.of(new AuditEntry.QueryFacts(Optional.empty(), "sha256:ab")),
                        List.of("Person")),
                decision,
                outcome,
                new AuditEntry.Origin(Optional.of("127.0.0.1"), "rest", Optional.of("quote \" \u0000 ü")),
                Optional.empty());
    }

    private void appendSome(int count) {
        for (int at = 0; at < count; at++) {
            trail.append(
                    tenant, List.of(decision("r" + at, "ann", true), outcome("r" + at, "ann", Optional.of("c" + at))));
        }
    }

    @Test
    void decisionAndOutcomeJoinByRequestAndVerify() throws Exception {
        appendSome(3);
        AuditPage page = trail.query(
                tenant,
                new AuditFilter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("r1")),
                Optional.empty(),
                10);
        assertThat(page.records()).hasSize(2);
        JsonNode outcome = JSON.readTree(page.records().getFirst().record());
        assertThat(outcome.path("class").asText()).isEqualTo("W");
        assertThat(outcome.path("tenant").asText()).isEqualTo(tenant.value());
        assertThat(outcome.path("outcome").path("graph_commit_id").asText()).isEqualTo("c1");
        assertThat(outcome.path("decision_id").asText()).isEqualTo("d-r1");
        assertThat(trail.verify(tenant))
                .isInstanceOfSatisfying(
                        AuditVerification.Intact.class,
                        intact -> assertThat(intact.records()).isEqualTo(6));
    }

    @Test
    void canonicalTextIsStable() {
        assertThat(CanonicalJson.write(CanonicalJson.members(decision("r", "ann", false))))
                .isEqualTo(
                        "{\"action\":\"change\",\"actor\":{\"credential_id\":\"jti\",\"id\":\"ann\",\"type\":\"user\"},"
                                + "\"class\":\"W\",\"context\":{\"channel\":\"rest\",\"ip\":\"127.0.0.1\","
                                + "\"user_agent\":\"quote \\\" \\u0000 ü\"},\"decision\":{\"allow\":false,\"cached\":false,"
                                + "\"latency_us\":40,\"policy_revision\":\"plat@1+acme@2\",\"rules\":[\"tenant.acme/editors\"]},"
                                + "\"decision_id\":\"d-r\",\"kind\":\"decision\",\"operation\":\"mutate.run\",\"request_id\":\"r\","
                                + "\"resource\":{\"branch\":\"main\",\"graph\":\"knowledge\",\"query\":{\"digest\":\"sha256:ab\"},"
                                + "\"types\":[\"Person\"]}}");
    }

    @Test
    void verifierNamesTheEditedRecord() throws Exception {
        appendSome(3);
        asOwner("update audit_records set body = replace(body, '\"ann\"', '\"bob\"') where sequence = 3");
        broken(3, "content");
    }

    @Test
    void verifierNamesTheRemovedRecord() throws Exception {
        appendSome(3);
        asOwner("delete from audit_records where sequence = 4");
        broken(4, "missing");
    }

    @Test
    void verifierMissesRecordsCutOffAtTheEnd() throws Exception {
        appendSome(3);
        asOwner("delete from audit_records where sequence >= 5");
        broken(5, "missing");
    }

    @Test
    void headMovesOnOnlyAndOneThatWasSetBackIsFound() throws Exception {
        appendSome(3);
        String back =
                "update audit_heads set sequence = 2, hash = (select hash from audit_records r where r.sequence = 2"
                        + " and r.tenant_id = audit_heads.tenant_id)";
        assertThatThrownBy(() -> database.inTenant(tenant, handle -> handle.execute(back)))
                .hasStackTraceContaining("only moves on");
        asOwner("alter table audit_heads disable trigger audit_head_moves_on; " + back
                + "; alter table audit_heads enable trigger audit_head_moves_on");
        broken(3, "beyond the head");
    }

    @Test
    void verifierNamesTheRecordWhoseSearchColumnLies() throws Exception {
        appendSome(2);
        asOwner("update audit_records set allow = false where sequence = 1");
        broken(1, "search column");
    }

    @Test
    void verifierNamesTheRecordThatWasReplacedTogetherWithItsHash() throws Exception {
        appendSome(2);
        String body = trail.query(tenant, AuditFilter.ALL, Optional.empty(), 10)
                .records()
                .get(2)
                .record();
        String changed = body.replace("\"main\"", "\"side\"");
        String previous = trail.query(tenant, AuditFilter.ALL, Optional.empty(), 10)
                .records()
                .get(2)
                .prevHash();
        asOwner("update audit_records set body = '" + changed + "', hash = '" + AuditTrail.hash(previous, changed)
                + "' where sequence = 2");
        broken(3, "does not follow");
    }

    private void broken(long sequence, String why) {
        assertThat(trail.verify(tenant)).isInstanceOfSatisfying(AuditVerification.Broken.class, broken -> {
            assertThat(broken.sequence()).isEqualTo(sequence);
            assertThat(broken.why()).contains(why);
        });
    }

    @Test
    void programCanNeitherChangeNorRemoveRecords() {
        appendSome(1);
        for (String sql : new String[] {
            "update audit_records set body = ''", "delete from audit_records", "truncate audit_records"
        }) {
            assertThatThrownBy(() -> database.inTenant(tenant, handle -> handle.execute(sql)))
                    .hasStackTraceContaining("permission denied");
        }
    }

    @Test
    void otherTenantSeesNothingAndItsCursorsAreNone() throws Exception {
        appendSome(2);
        String cursor = trail.query(tenant, AuditFilter.ALL, Optional.empty(), 1)
                .nextCursor()
                .orElseThrow();
        TenantId other = newTenant();
        assertThat(trail.query(other, AuditFilter.ALL, Optional.empty(), 10).records())
                .isEmpty();
        assertThat(trail.verify(other)).isEqualTo(new AuditVerification.Intact(0, AuditTrail.GENESIS));
        assertThatThrownBy(() -> trail.query(other, AuditFilter.ALL, Optional.of(cursor), 10))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        refused -> assertThat(refused.failure().problem()).isEqualTo(Problem.INVALID_REQUEST));
    }

    @Test
    void pagesJoinWithoutGapOrRepeat() {
        appendSome(5);
        List<Long> seen = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            AuditPage page = trail.query(tenant, AuditFilter.ALL, cursor, 3);
            page.records().forEach(line -> seen.add(line.sequence()));
            cursor = page.nextCursor();
            trail.append(tenant, List.of(decision("later", "bob", true)));
        } while (cursor.isPresent());
        assertThat(seen).containsExactly(10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
    }

    @Test
    void everyFilterNarrows() {
        trail.append(tenant, List.of(decision("r1", "ann", true), decision("r2", "bob", false)));
        trail.append(tenant, List.of(outcome("r1", "ann", Optional.of("c9"))));
        Optional<Instant> soon = Optional.of(Instant.now().plusSeconds(60));
        assertThat(count(filter(Optional.of("ann"), Optional.empty(), Optional.empty())))
                .isEqualTo(2);
        assertThat(count(filter(Optional.empty(), Optional.of(false), Optional.empty())))
                .isEqualTo(1);
        assertThat(count(filter(Optional.empty(), Optional.empty(), Optional.of("c9"))))
                .isEqualTo(1);
        assertThat(count(range(soon, Optional.empty(), Optional.empty(), Optional.empty())))
                .isZero();
        assertThat(count(range(Optional.empty(), soon, Optional.empty(), Optional.empty())))
                .isEqualTo(3);
        assertThat(count(range(Optional.empty(), Optional.empty(), Optional.of("read"), Optional.empty())))
                .isZero();
        assertThat(count(range(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("knowledge"))))
                .isEqualTo(3);
    }

    private int count(AuditFilter filter) {
        return trail.query(tenant, filter, Optional.empty(), 100).records().size();
    }

    private static AuditFilter filter(Optional<String> actor, Optional<Boolean> allow, Optional<String> commit) {
        return new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                actor,
                Optional.empty(),
                allow,
                Optional.empty(),
                commit,
                Optional.empty());
    }

    private static AuditFilter range(
            Optional<Instant> from, Optional<Instant> until, Optional<String> action, Optional<String> graph) {
        return new AuditFilter(
                from, until, Optional.empty(), action, Optional.empty(), graph, Optional.empty(), Optional.empty());
    }

    @Test
    void concurrentWritersMakeOneUnbrokenChain() throws Exception {
        int writers = 8;
        long each = 25;
        try (ExecutorService pool = Executors.newFixedThreadPool(writers)) {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                String actor = "w" + writer;
                running.add(pool.submit(() -> {
                    for (int at = 0; at < each; at++) {
                        trail.append(tenant, List.of(decision(actor + "-" + at, actor, true)));
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        assertThat(trail.verify(tenant))
                .isInstanceOfSatisfying(
                        AuditVerification.Intact.class,
                        intact -> assertThat(intact.records()).isEqualTo(writers * each));
    }

    @Test
    void readsThatDoNotFitAreToldByAGapRecord() throws Exception {
        ReadBuffer buffer = new ReadBuffer(trail, new AuditSettings(16, Duration.hours(1)));
        for (int at = 0; at < 7; at++) {
            buffer.add(tenant, decision("read" + at, "ann", true));
        }
        buffer.start();
        buffer.stop();
        List<AuditPage.Line> lines =
                trail.query(tenant, AuditFilter.ALL, Optional.empty(), 100).records();
        assertThat(lines).hasSize(5);
        JsonNode gap = JSON.readTree(lines.getLast().record());
        assertThat(gap.path("kind").asText()).isEqualTo("gap");
        assertThat(gap.path("outcome").path("rows").asLong()).isEqualTo(3);
    }

    @Test
    void oneTenantsBurstLosesItsOwnReadsOnly() throws Exception {
        ReadBuffer buffer = new ReadBuffer(trail, new AuditSettings(16, Duration.hours(1)));
        TenantId other = newTenant();
        for (int at = 0; at < 100; at++) {
            buffer.add(other, decision("burst" + at, "bob", true));
        }
        buffer.add(tenant, decision("read", "ann", true));
        buffer.start();
        buffer.stop();
        assertThat(trail.query(tenant, AuditFilter.ALL, Optional.empty(), 100).records())
                .hasSize(1);
        JsonNode gap = JSON.readTree(trail.query(other, AuditFilter.ALL, Optional.empty(), 100)
                .records()
                .getLast()
                .record());
        assertThat(gap.path("outcome").path("rows").asLong()).isEqualTo(96);
    }

    @Test
    void unwritableTrailIsReportedBeforeSuccessIs() throws Exception {
        TenantId unknown = new TenantId(ids.next());
        assertThatThrownBy(() -> trail.append(unknown, List.of(decision("r", "ann", true))))
                .isInstanceOfSatisfying(
                        PlatformException.class,
                        failed -> assertThat(failed.failure().problem()).isEqualTo(Problem.AUDIT_UNAVAILABLE));
    }
}
