package io.precinct.platform.errors;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.precinct.platform.web.RequestId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.glassfish.jersey.server.ParamException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where a failure becomes HTTP. Exceptions of other modules are turned into a {@link PlatformFailure} by
 * translators, asked in order; what nobody knows is logged with its request id and answered with a fixed text, so that
 * no physical name, path or data value leaves the process.
 */
public final class ErrorResponses implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorResponses.class);
    private static final int DEEPEST_CAUSE = 16;

    private final List<Function<Throwable, Optional<PlatformFailure>>> translators;

    @Context
    private HttpServletRequest request;

    public ErrorResponses(List<Function<Throwable, Optional<PlatformFailure>>> translators) {
        this.translators = List.copyOf(translators);
    }

    @Override
    public Response toResponse(Throwable thrown) {
        String requestId = RequestId.of(request);
        PlatformFailure failure = failureOf(thrown);
        if (failure.problem().status() >= 500) {
            LOG.atError().setCause(thrown).addKeyValue("request_id", requestId).log("request failed");
        }
        Response.ResponseBuilder answer = response(failure, requestId);
        if (thrown instanceof NotAllowedException refused) {
            Optional.ofNullable(refused.getResponse().getHeaderString(HttpHeaders.ALLOW))
                    .ifPresent(allow -> answer.header(HttpHeaders.ALLOW, allow));
        }
        return answer.build();
    }

    /** The response of a failure, for filters that answer before a resource is reached. */
    public static Response.ResponseBuilder response(PlatformFailure failure, String requestId) {
        Response.ResponseBuilder answer = Response.status(failure.problem().status())
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(ErrorBody.of(failure, requestId));
        switch (failure) {
            case PlatformFailure.Unauthenticated unauthenticated ->
                answer.header(HttpHeaders.WWW_AUTHENTICATE, challenge(unauthenticated.problem()));
            case PlatformFailure.Throttled throttled ->
                answer.header(
                        HttpHeaders.RETRY_AFTER,
                        Math.ceilDiv(throttled.retryAfter().toMillis(), 1000));
            case PlatformFailure.BodyTooLarge tooLarge -> answer.header("Connection", "close");
            case PlatformFailure.Denied denied -> {}
            case PlatformFailure.Owed owed -> {}
            case PlatformFailure.TenantHidden hidden -> {}
            case PlatformFailure.Plain plain -> {}
        }
        return answer;
    }

    private static String challenge(Problem problem) {
        return problem == Problem.MISSING_TOKEN ? "Bearer" : "Bearer error=\"invalid_token\"";
    }

    private PlatformFailure failureOf(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            Optional<PlatformFailure> known = known(cause);
            if (known.isPresent()) {
                return known.get();
            }
        }
        return new PlatformFailure.Plain(Problem.INTERNAL);
    }

    private Optional<PlatformFailure> known(Throwable thrown) {
        for (Function<Throwable, Optional<PlatformFailure>> translator : translators) {
            Optional<PlatformFailure> translated = translator.apply(thrown);
            if (translated.isPresent()) {
                return translated;
            }
        }
        return switch (thrown) {
            case PlatformException ours -> Optional.of(ours.failure());
            case BodyRefusedException tooLarge -> Optional.of(tooLarge.failure());
            case JsonProcessingException json -> Optional.of(invalidJson(json));
            case ParamException.QueryParamException malformed ->
                Optional.of(new PlatformFailure.Plain(
                        Problem.INVALID_REQUEST,
                        "the parameter '" + malformed.getParameterName() + "' has a value of another form"));
            case NotAllowedException refused -> Optional.of(new PlatformFailure.Plain(Problem.METHOD_NOT_ALLOWED));
            case NotFoundException absent -> Optional.of(new PlatformFailure.Plain(Problem.NOT_FOUND));
            case NotSupportedException refused ->
                Optional.of(new PlatformFailure.Plain(Problem.UNSUPPORTED_MEDIA_TYPE));
            case NotAcceptableException refused -> Optional.of(new PlatformFailure.Plain(Problem.NOT_ACCEPTABLE));
            case WebApplicationException other
            when other.getCause() == null ->
                Optional.of(new PlatformFailure.Plain(
                        other.getResponse().getStatus() < 500 ? Problem.INVALID_REQUEST : Problem.INTERNAL));
            default -> Optional.empty();
        };
    }

    /** Line and column only: the parser's own message quotes the body, which may hold data. */
    private static PlatformFailure invalidJson(JsonProcessingException json) {
        String place = Optional.ofNullable(json.getLocation())
                .filter(location -> location.getLineNr() > 0)
                .map(location -> " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")")
                .orElse("");
        return new PlatformFailure.Plain(Problem.INVALID_JSON, Problem.INVALID_JSON.text() + place);
    }
}
