package io.precinct.platform.errors;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every failed request is answered with. The first two keys and the detail are those of the compatible API. */
@JsonPropertyOrder({"error", "code", "retry", "request_id", "decision_id", "reasons"})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ErrorBody(
        String error,
        Optional<WireCode> code,
        @JsonIgnore Optional<ErrorDetail> detail,
        Retry retry,
        @JsonProperty("request_id") String requestId,
        @JsonProperty("decision_id") Optional<String> decisionId,
        List<String> reasons) {
    public ErrorBody {
        reasons = List.copyOf(reasons);
    }

    /** Body for a failure; {@code requestId} may be empty outside a request. */
    public static ErrorBody of(PlatformFailure failure, String requestId) {
        Optional<String> decisionId = Optional.empty();
        List<String> reasons = List.of();
        if (failure instanceof PlatformFailure.Denied denied) {
            decisionId = denied.decisionId();
            reasons = denied.reasons();
        } else if (failure instanceof PlatformFailure.Owed owed) {
            decisionId = Optional.of(owed.decisionId());
            reasons = List.of(owed.problem().code());
        }
        Problem problem = failure.problem();
        // Whatever hides behind a bare "not found" is the same to the byte: a tenant of somebody else, a name that the
        // policy hides, a route that is none. The request's id is in its header.
        boolean bare = problem == Problem.NOT_FOUND && failure.text().equals(problem.text());
        return new ErrorBody(
                failure.text(),
                problem.wireCode(),
                failure.detail(),
                problem.retry(),
                bare ? "" : requestId,
                decisionId,
                reasons);
    }

    @JsonAnyGetter
    Map<String, ErrorDetail> detailUnderItsKey() {
        return detail.map(one -> Map.of(one.key(), one)).orElse(Map.of());
    }
}
