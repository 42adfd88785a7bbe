package io.precinct.tenants;

import io.precinct.engine.GraphId;
import io.precinct.engine.spi.IdSource;
import io.precinct.tenants.postgres.ControlDatabase;
import io.precinct.tenants.store.MemberStore;
import io.precinct.tenants.store.TenantGraphStore;
import io.precinct.tenants.store.TenantStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The authority on tenants, their graphs and their members. Every call reads or writes the control database; the path of a
 * request goes through {@link TenantDirectory} instead. Thread-safe.
 *
 * <p>All methods throw {@link TenantException.Unavailable} when the database does not answer.
 */
public final class TenantRegistry {
    /** How long the slug of a deleted tenant stays out of circulation. */
    public static final Duration SLUG_QUARANTINE = Duration.ofDays(90);

    private final TenantStore tenants;
    private final TenantGraphStore graphs;
    private final MemberStore members;
    private final IdSource ids;
    private final InstantSource clock;
    private final List<Consumer<Tenant>> listeners = new CopyOnWriteArrayList<>();

    public TenantRegistry(ControlDatabase database, IdSource ids, InstantSource clock) {
        this.tenants = new TenantStore(database);
        this.graphs = new TenantGraphStore(database);
        this.members = new MemberStore(database);
        this.ids = ids;
        this.clock = clock;
    }

    /** Calls {@code listener} after each move made through this object, in the moving thread. */
    public void onMove(Consumer<Tenant> listener) {
        listeners.add(listener);
    }

    /**
     * Reserves the slug under a new id, in the state {@code REQUESTED}. {@link TenantProvisioning} takes it from there.
     *
     * @return the tenant; the same one for a repeated idempotency key, in whatever state it is by now
     * @throws TenantException.Conflict {@code SLUG_TAKEN}, {@code IDEMPOTENCY_MISMATCH}
     */
    public Tenant create(CreateTenant request) {
        return tenants.create(request, new TenantId(ids.next()), now());
    }

    public Optional<Tenant> find(TenantId id) {
        return tenants.find(id);
    }

    public Optional<Tenant> findBySlug(TenantSlug slug) {
        return tenants.findBySlug(slug);
    }

    /**
     * @throws TenantException.Absent {@code UNKNOWN_TENANT}
     */
    public Tenant require(TenantId id) {
        return find(id).orElseThrow(() ->
                new TenantException.Absent(TenantException.Code.UNKNOWN_TENANT, "there is no such tenant"));
    }

    public TenantPage list(TenantPage.Request request) {
        return tenants.list(request);
    }

    /**
     * Moves a tenant on if it still is at {@code epoch}. The move shows on this node at once and on every other as soon as its
     * directory reads again.
     *
     * @throws TenantException.Absent {@code UNKNOWN_TENANT}
     * @throws TenantException.Conflict {@code STALE_EPOCH} when somebody moved it since, {@code ILLEGAL_MOVE} when the life
     *     cycle has no such move
     */
    public Tenant move(TenantId id, long epoch, TenantMove move) {
        Tenant seen = require(id);
        if (seen.epoch() != epoch) {
            throw stale(seen);
        }
        if (!legal(seen, move)) {
            throw new TenantException.Conflict(
                    TenantException.Code.ILLEGAL_MOVE,
                    "a tenant that is " + seen.state().wireName() + " cannot become "
                            + move.target().wireName() + " this way");
        }
        Tenant moved = tenants.move(seen, move, now(), SLUG_QUARANTINE).orElseThrow(() -> stale(require(id)));
        listeners.forEach(listener -> listener.accept(moved));
        return moved;
    }

    /** {@link #move} to {@code SUSPENDED}; running writes finish, new operations are refused. */
    public Tenant suspend(TenantId id, long epoch, Suspension why) {
        return move(id, epoch, new TenantMove.Suspend(why));
    }

    /**
     * Ends a suspension.
     *
     * @throws TenantException.Conflict as {@link #move}; {@code ILLEGAL_MOVE} also for a tenant that is not suspended
     */
    public Tenant resume(TenantId id, long epoch) {
        if (require(id).state() != TenantState.SUSPENDED) {
            throw new TenantException.Conflict(
                    TenantException.Code.ILLEGAL_MOVE, "only a suspended tenant can be resumed");
        }
        return move(id, epoch, new TenantMove.Activate());
    }

    /**
     * @throws TenantException.Conflict {@code GRAPH_EXISTS}
     */
    public TenantGraph registerGraph(TenantId tenant, GraphId graph, String displayName, String createdBy) {
        TenantGraph entry = new TenantGraph(tenant, graph, displayName, now(), createdBy);
        if (!graphs.insert(entry)) {
            throw new TenantException.Conflict(
                    TenantException.Code.GRAPH_EXISTS, "the tenant has a graph " + graph + " already");
        }
        return entry;
    }

    /**
     * Forgets a graph; its files are the caller's affair.
     *
     * @throws TenantException.Absent {@code UNKNOWN_GRAPH}
     */
    public void forgetGraph(TenantId tenant, GraphId graph) {
        if (!graphs.delete(tenant, graph)) {
            throw new TenantException.Absent(TenantException.Code.UNKNOWN_GRAPH, "there is no such graph");
        }
    }

    public Optional<TenantGraph> graph(TenantId tenant, GraphId graph) {
        return graphs.find(tenant, graph);
    }

    /** Ordered by id. */
    public List<TenantGraph> graphs(TenantId tenant) {
        return graphs.list(tenant);
    }

    /** Inserts or replaces. */
    public void putMember(Member member) {
        members.put(member, now());
    }

    /**
     * @throws TenantException.Absent {@code UNKNOWN_MEMBER}
     */
    public void removeMember(TenantId tenant, String subject) {
        if (!members.delete(tenant, subject)) {
            throw new TenantException.Absent(TenantException.Code.UNKNOWN_MEMBER, "there is no such member");
        }
    }

    /** Roles and claims of a subject in this tenant; empty for a stranger. */
    public Optional<Member> member(TenantId tenant, String subject) {
        return members.find(tenant, subject);
    }

    /** Ordered by subject. */
    public List<Member> members(TenantId tenant) {
        return members.list(tenant);
    }

    private static boolean legal(Tenant seen, TenantMove move) {
        boolean asked = switch (move) {
            // Both lead to SUSPENDED, but taking a deletion back is an act of its own.
            case TenantMove.Restore restore -> seen.state() == TenantState.DELETING;
            case TenantMove.Suspend suspend -> seen.state() != TenantState.DELETING;
            case TenantMove.Provision provision -> true;
            case TenantMove.Activate activate -> true;
            case TenantMove.GiveUp giveUp -> true;
            case TenantMove.Delete delete -> true;
            case TenantMove.Purge purge -> true;
            case TenantMove.Bury bury -> true;
        };
        return asked && seen.state().mayMoveTo(move.target());
    }

    private static TenantException stale(Tenant current) {
        return new TenantException.Conflict(
                TenantException.Code.STALE_EPOCH,
                "the tenant changed since it was read; read it again, its epoch is now " + current.epoch());
    }

    /** In the precision of the database, so that what is returned equals what is read later. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
