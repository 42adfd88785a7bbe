package io.precinct.engine.feed;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitChanges;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.FeedPage;
import io.precinct.engine.FeedRequest;
import io.precinct.engine.GraphId;
import io.precinct.engine.manifest.Authored;
import io.precinct.engine.manifest.GraphLog;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.StreamId;
import io.precinct.engine.merge.Boundary;
import io.precinct.engine.merge.CommitDiff;
import io.precinct.engine.merge.DiffPlace;
import io.precinct.engine.spi.AccessGate;
import io.precinct.engine.write.WriteTools;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Pages of the change feed. Each poll ends at its cut, the newest state when its first page was asked for; a cursor stands
 * after a whole commit. A position is bound to graph, life of the branch, filter and to what its bearer sees, because what
 * an earlier reader was shown under other rules is no beginning for what follows. Nothing of a reader is kept here. Holds
 * one page and one commit's change set at a time. One thread uses it.
 */
public final class Feed {
    private final GraphLog log;
    private final WriteTools tools;
    private final Request request;
    private final AccessGate gate;

    /**
     * @param cut the branch's newest state
     * @param gates what the caller sees by branch; empty for a branch that it may not read
     * @param cancelled asked between blocks of rows
     */
    public record Request(
            GraphId graph,
            Snapshot cut,
            FeedRequest feed,
            Function<BranchName, Optional<AccessGate>> gates,
            CommitDiff.Digest digest,
            BooleanSupplier cancelled) {}

    private Feed(GraphLog log, WriteTools tools, Request request) {
        this.log = log;
        this.tools = tools;
        this.request = request;
        this.gate = request.gates().apply(request.cut().branch()).orElseThrow(() -> absent(request));
    }

    private static EngineException absent(Request request) {
        return new EngineException(
                new EngineFailure.NotFound("branch", request.cut().branch().value()));
    }

    /**
     * @throws EngineException {@code ChangeCursorRejected}, {@code ChangeFeedGap}, {@code ChangeSchemaBoundary}; {@code
     *     NotFound} for a commit that is not before the branch's head
     */
    public static FeedPage page(GraphLog log, WriteTools tools, Request request) {
        return new Feed(log, tools, request).page();
    }

    /** Begins a poll after the state, for whoever was given all of that. */
    public static String cursor(Request request) {
        Snapshot cut = request.cut();
        AccessGate gate = request.gates().apply(cut.branch()).orElseThrow(() -> absent(request));
        return new FeedToken(
                        FeedBinding.of(request.graph(), cut, request.feed().filter()),
                        FeedBinding.access(cut, cut.schema(), gate),
                        FeedPosition.after(cut),
                        Optional.empty())
                .text();
    }

    /** What of a poll is still to be told. */
    private record Rest(FeedPosition at, long through, int left, Optional<DiffPlace> place) {}

    private FeedPage page() {
        try {
            return switch (request.feed().start()) {
                case FeedRequest.Start.Now now ->
                    new FeedPage(List.of(), Optional.empty(), Optional.of(cursor(request)), true);
                case FeedRequest.Start.Beginning beginning -> told(whole(beginning()));
                case FeedRequest.Start.After after -> told(whole(after(after.commit())));
                case FeedRequest.Start.Cursor cursor -> {
                    FeedToken token = bound(FeedToken.cursor(cursor.text()));
                    // Upkeep may have moved the head's record on; the commit says whether anything followed.
                    if (token.at().whole()
                            && token.at().commit().equals(request.cut().head().id())) {
                        requireAccess(token, request.cut());
                        yield new FeedPage(List.of(), Optional.empty(), Optional.of(cursor(request)), true);
                    }
                    requireAccess(token, state(token.at()));
                    yield told(whole(token.at()));
                }
                case FeedRequest.Start.Page page -> {
                    FeedToken token = bound(FeedToken.page(page.token()));
                    requireAccess(token, state(token.at()));
                    yield told(rest(token));
                }
            };
        } catch (EngineException gone) {
            if (!(gone.failure() instanceof EngineFailure.HistoryReclaimed)) {
                throw gone;
            }
            throw new EngineException(
                    new EngineFailure.ChangeFeedGap(
                            request.feed().start() instanceof FeedRequest.Start.Cursor cursor
                                    ? Optional.of(cursor.text())
                                    : Optional.empty(),
                            FeedWalk.firstUnreadable(
                                    log, request.cut().stream(), request.cut().sequence())),
                    gone);
        }
    }

    private Rest whole(FeedPosition at) {
        return new Rest(at, request.cut().sequence(), request.feed().commits(), Optional.empty());
    }

    private Rest rest(FeedToken token) {
        FeedToken.Page page = token.page().orElseThrow();
        if (page.through() < 1
                || page.through() > request.cut().sequence()
                || page.left() < 1
                || page.left() > FeedRequest.MOST_COMMITS) {
            throw FeedToken.rejected("it is of no poll of this branch");
        }
        return new Rest(token.at(), page.through(), page.left(), page.place());
    }

    private FeedToken bound(FeedToken token) {
        if (!token.binding()
                .equals(FeedBinding.of(
                        request.graph(), request.cut(), request.feed().filter()))) {
            throw FeedToken.rejected(
                    "it is of another graph, another life of the branch or another filter; begin anew with a baseline");
        }
        return token;
    }

    /** By the types that there were then: one that was added since is no reason to begin anew. */
    private void requireAccess(FeedToken token, Snapshot then) {
        Boundary.require(then.schema(), request.cut().schema(), then.head().id());
        if (!token.access().equals(FeedBinding.access(request.cut(), then.schema(), gate))) {
            throw FeedToken.rejected("what you may see has changed since; begin anew with a baseline");
        }
    }

    private Snapshot state(FeedPosition at) {
        if (walk(at, request.cut().sequence()).isEmpty()) {
            throw FeedToken.rejected("it is not on this branch");
        }
        return log.at(at.stream(), at.sequence(), at.commit());
    }

    private Optional<FeedWalk> walk(FeedPosition at, long through) {
        return FeedWalk.from(log, at, request.cut().stream(), through);
    }

    /** After the graph's first commit, which holds nothing; or after the last that was made where the caller may not read. */
    private FeedPosition beginning() {
        StreamId stream = request.cut().stream();
        while (true) {
            GraphLog.Origin origin = log.origin(stream);
            boolean root = origin.from().isEmpty();
            if (root || !readableOrigin(origin)) {
                CommitId head = root
                        ? log.commits(stream, 1).getLast().commit().id()
                        : origin.head().orElseThrow();
                return new FeedPosition(stream, 1, head, true);
            }
            stream = origin.from().get();
        }
    }

    private boolean readableOrigin(GraphLog.Origin origin) {
        BranchName branch = log.origin(origin.from().orElseThrow()).branch();
        return request.gates().apply(branch).isPresent();
    }

    private FeedPosition after(CommitId id) {
        EngineException absent = new EngineException(new EngineFailure.NotFound("commit", id.value()));
        Authored commit = log.authored(id);
        if (request.gates().apply(commit.commit().branch()).isEmpty()) {
            throw absent;
        }
        FeedPosition at = FeedPosition.after(commit);
        if (walk(at, request.cut().sequence()).isEmpty()) {
            throw absent;
        }
        return at;
    }

    private FeedPage told(Rest rest) {
        FeedWalk walk = walk(rest.at(), rest.through())
                .orElseThrow(() -> FeedToken.rejected("it is not on this branch any more"));
        List<CommitChanges> blocks = new ArrayList<>();
        FeedPosition done = rest.at();
        Optional<DiffPlace> place = rest.place();
        int left = rest.left();
        int changes = request.feed().filter().limit();
        long bytes = request.feed().bytes();
        while (left > 0 && walk.peek().isPresent()) {
            if (changes <= 0 || bytes <= 0) {
                return new FeedPage(blocks, Optional.of(token(done, rest, left, place)), Optional.empty(), false);
            }
            Authored commit = walk.peek().get();
            CommitDiff.Part part = part(commit, new CommitDiff.Extent(place, changes, bytes));
            blocks.add(new CommitChanges(commit.commit(), part.changes(), Optional.empty()));
            if (part.next().isPresent()) {
                return new FeedPage(blocks, Optional.of(token(done, rest, left, part.next())), Optional.empty(), false);
            }
            walk.take();
            place = Optional.empty();
            done = FeedPosition.after(commit);
            left--;
            changes -= part.changes().size();
            bytes -= part.characters();
        }
        return new FeedPage(
                blocks, Optional.empty(), Optional.of(cursor(done)), walk.peek().isEmpty());
    }

    private CommitDiff.Part part(Authored commit, CommitDiff.Extent extent) {
        AccessGate on = request.gates()
                .apply(commit.commit().branch())
                .orElseThrow(() -> FeedToken.rejected("a commit follows that was made where you may not read"));
        Boundary.require(
                log.before(commit).schema(),
                request.cut().schema(),
                commit.commit().id());
        Boundary.require(
                log.at(commit).schema(), request.cut().schema(), commit.commit().id());
        return CommitDiff.part(
                log,
                tools,
                new CommitDiff.Request(commit, request.feed().filter(), on, request.digest(), request.cancelled()),
                extent);
    }

    private String cursor(FeedPosition done) {
        return new FeedToken(binding(), access(done), done, Optional.empty()).text();
    }

    private String token(FeedPosition done, Rest rest, int left, Optional<DiffPlace> place) {
        return new FeedToken(
                        binding(), access(done), done, Optional.of(new FeedToken.Page(rest.through(), left, place)))
                .text();
    }

    private String binding() {
        return FeedBinding.of(request.graph(), request.cut(), request.feed().filter());
    }

    private String access(FeedPosition done) {
        boolean newest = done.commit().equals(request.cut().head().id());
        Snapshot state = newest ? request.cut() : log.at(done.stream(), done.sequence(), done.commit());
        return FeedBinding.access(request.cut(), state.schema(), gate);
    }
}
