package io.precinct.platform.run;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.EntityImage;
import io.precinct.engine.MergeConflict;
import io.precinct.engine.schema.Diagnostic;
import io.precinct.platform.errors.ErrorDetail;
import io.precinct.platform.errors.PlatformFailure;
import io.precinct.platform.errors.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What each failure of the engine is to a caller of the platform. */
public final class EngineFailures {
    private EngineFailures() {}

    public static PlatformFailure of(EngineException thrown) {
        EngineFailure failure = thrown.failure();
        return switch (failure) {
            case EngineFailure.Invalid invalid ->
                new PlatformFailure.Plain(
                        Problem.INVALID_REQUEST,
                        summary(invalid.diagnostics()),
                        Optional.of(new ErrorDetail.Diagnostics(invalid.diagnostics().stream()
                                .map(EngineFailures::finding)
                                .toList())));
            case EngineFailure.NotSupportedYet unsupported ->
                new PlatformFailure.Plain(
                        Problem.INVALID_REQUEST,
                        unsupported.message(),
                        Optional.of(new ErrorDetail.Diagnostics(List.of(new ErrorDetail.Finding(
                                unsupported.code(),
                                unsupported.message(),
                                unsupported.span().map(Diagnostic.Span::line),
                                unsupported.span().map(Diagnostic.Span::column),
                                unsupported.span().map(Diagnostic.Span::start),
                                unsupported.span().map(Diagnostic.Span::end))))));
            case EngineFailure.NotFound absent -> new PlatformFailure.Plain(Problem.NOT_FOUND, absent.message());
            case EngineFailure.AlreadyExists exists -> new PlatformFailure.Plain(Problem.CONFLICT, exists.message());
            case EngineFailure.KeyConflict conflict ->
                new PlatformFailure.Plain(
                        Problem.CONFLICT,
                        conflict.message(),
                        Optional.of(new ErrorDetail.KeyConflict("entity", conflict.typeName(), conflict.entityId())));
            case EngineFailure.PreconditionFailed moved ->
                new PlatformFailure.Plain(
                        Problem.PRECONDITION_FAILED,
                        moved.message(),
                        Optional.of(new ErrorDetail.PreconditionFailure(
                                moved.expected().value(),
                                Optional.of(moved.actual().value()))));
            case EngineFailure.ReadSetChanged changed ->
                new PlatformFailure.Plain(
                        Problem.CONFLICT,
                        changed.message(),
                        Optional.of(new ErrorDetail.ReadSetConflict(
                                changed.member(),
                                Optional.empty(),
                                changed.actual().map(Object::toString))));
            case EngineFailure.MergeConflicts conflicts ->
                new PlatformFailure.Plain(
                        Problem.CONFLICT,
                        conflicts.message(),
                        Optional.of(new ErrorDetail.MergeConflicts(conflicts.first().stream()
                                .map(EngineFailures::conflict)
                                .toList())));
            case EngineFailure.Refused refused -> new PlatformFailure.Plain(Problem.CONFLICT, refused.message());
            case EngineFailure.Denied denied -> new PlatformFailure.Denied(Optional.empty(), denied.reasons(), false);
            case EngineFailure.ResourceLimit limit ->
                new PlatformFailure.Plain(
                        Problem.RESOURCE_LIMIT,
                        limit.message(),
                        Optional.of(new ErrorDetail.ResourceLimit(limit.resource(), limit.limit(), limit.actual())));
            case EngineFailure.Busy busy ->
                new PlatformFailure.Throttled(busy.message(), Duration.ofSeconds(1), Optional.empty());
            case EngineFailure.Interrupted interrupted ->
                new PlatformFailure.Plain(Problem.DEADLINE_EXCEEDED, interrupted.message());
            case EngineFailure.CommitInDoubt doubt ->
                new PlatformFailure.Plain(Problem.OUTCOME_UNKNOWN, doubt.message());
            case EngineFailure.EmbeddingFailed embedding ->
                embedding.retry() == EngineFailure.Retry.LATER
                        ? new PlatformFailure.Plain(Problem.EMBEDDING_UNAVAILABLE, embedding.message())
                        : new PlatformFailure.Plain(Problem.INVALID_REQUEST, embedding.message());
            case EngineFailure.HistoryReclaimed reclaimed ->
                new PlatformFailure.Plain(Problem.GONE, reclaimed.message());
            case EngineFailure.ChangeCursorRejected rejected ->
                new PlatformFailure.Plain(Problem.INVALID_REQUEST, rejected.message());
            case EngineFailure.ChangeFeedGap gap ->
                new PlatformFailure.Plain(
                        Problem.GONE,
                        gap.message(),
                        Optional.of(new ErrorDetail.ChangeFeedGap(
                                gap.cursor(), gap.firstUnreadable().value())));
            case EngineFailure.ChangeSchemaBoundary boundary ->
                new PlatformFailure.Plain(
                        Problem.CONFLICT,
                        boundary.message(),
                        Optional.of(new ErrorDetail.ChangeDiffRefusal(
                                boundary.reason(), boundary.commit().value(), Optional.empty())));
            // Names of stored objects stay inside; the log has them.
            case EngineFailure.Corrupt corrupt -> new PlatformFailure.Plain(Problem.INTERNAL);
            case EngineFailure.StorageUnavailable unavailable -> new PlatformFailure.Plain(Problem.STORAGE_UNAVAILABLE);
        };
    }

    /** With its three images, which only those who see everything are given. */
    public static ErrorDetail.MergeConflict conflict(MergeConflict conflict) {
        return new ErrorDetail.MergeConflict(
                conflict.ours().or(conflict::theirs).map(image -> image.ends().isPresent() ? "edge" : "node"),
                conflict.typeName(),
                conflict.entityId(),
                conflict.kind().name().toLowerCase(Locale.ROOT),
                conflict.message(),
                conflict.base().map(EngineFailures::image),
                conflict.ours().map(EngineFailures::image),
                conflict.theirs().map(EngineFailures::image));
    }

    public static ErrorDetail.Image image(EntityImage image) {
        return new ErrorDetail.Image(
                image.properties(), image.ends().map(ends -> new ErrorDetail.Endpoints(ends.from(), ends.to())));
    }

    private static String summary(List<Diagnostic> diagnostics) {
        Diagnostic first = diagnostics.getFirst();
        String place = first.span()
                .map(span -> "line " + span.line() + ", column " + span.column() + ": ")
                .orElse(first.line() > 0 ? "line " + first.line() + ": " : "");
        return place + first.message() + (diagnostics.size() > 1 ? " (and " + (diagnostics.size() - 1) + " more)" : "");
    }

    private static ErrorDetail.Finding finding(Diagnostic diagnostic) {
        return new ErrorDetail.Finding(
                diagnostic.code(),
                diagnostic.message(),
                diagnostic
                        .span()
                        .map(Diagnostic.Span::line)
                        .or(() -> diagnostic.line() > 0
                                ? Optional.of((int) Math.min(Integer.MAX_VALUE, diagnostic.line()))
                                : Optional.empty()),
                diagnostic.span().map(Diagnostic.Span::column),
                diagnostic.span().map(Diagnostic.Span::start),
                diagnostic.span().map(Diagnostic.Span::end));
    }
}
