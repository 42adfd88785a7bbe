package io.precinct.platform.errors;

import java.util.Locale;
import java.util.Optional;

/**
 * Every failure the platform itself answers with. The constant is the contract, its text is not: {@code docs/errors.md}
 * lists each of them with what the caller should do next.
 */
public enum Problem {
    MISSING_TOKEN(401, WireCode.UNAUTHORIZED, Retry.AFTER_REFRESH, "missing bearer token"),
    INVALID_TOKEN(401, WireCode.UNAUTHORIZED, Retry.AFTER_REFRESH, "invalid bearer token"),
    DENIED(403, WireCode.FORBIDDEN, Retry.NEVER, "policy denies this operation"),
    STEP_UP_REQUIRED(
            403,
            WireCode.FORBIDDEN,
            Retry.AFTER_REFRESH,
            "this operation needs a second factor; sign in again with one and repeat it"),
    APPROVAL_REQUIRED(
            403,
            WireCode.FORBIDDEN,
            Retry.LATER,
            "this operation needs a second person's approval; ask for it, then repeat it"),
    TENANT_SUSPENDED(403, WireCode.FORBIDDEN, Retry.LATER, "tenant_suspended"),
    NOT_FOUND(404, WireCode.NOT_FOUND, Retry.NEVER, "not found"),
    METHOD_NOT_ALLOWED(405, WireCode.METHOD_NOT_ALLOWED, Retry.NEVER, "method not allowed"),
    NOT_ACCEPTABLE(406, WireCode.BAD_REQUEST, Retry.NEVER, "none of the accepted media types can be produced"),
    INVALID_REQUEST(400, WireCode.BAD_REQUEST, Retry.NEVER, "the request is not valid"),
    INVALID_JSON(400, WireCode.BAD_REQUEST, Retry.NEVER, "the request body is not valid JSON for this route"),
    UNSUPPORTED_MEDIA_TYPE(415, WireCode.BAD_REQUEST, Retry.NEVER, "unsupported media type"),
    BODY_TOO_LARGE(413, WireCode.BAD_REQUEST, Retry.NEVER, "the request body is too large"),
    CONFLICT(409, WireCode.CONFLICT, Retry.AFTER_REFRESH, "the request conflicts with the present state"),
    IN_PROGRESS(
            409, WireCode.CONFLICT, Retry.LATER, "a request with this Idempotency-Key is being carried out; ask again"),
    KEY_REUSED(
            422,
            WireCode.BAD_REQUEST,
            Retry.NEVER,
            "this Idempotency-Key was sent before with another request; give every request a key of its own"),
    GONE(410, Optional.empty(), Retry.NEVER, "no longer available"),
    PRECONDITION_FAILED(412, Optional.empty(), Retry.AFTER_REFRESH, "the precondition does not hold"),
    RANGE_NOT_SATISFIABLE(416, WireCode.BAD_REQUEST, Retry.NEVER, "the range lies outside the content"),
    BODY_TOO_SLOW(408, WireCode.BAD_REQUEST, Retry.LATER, "the request body arrives too slowly"),
    RESOURCE_LIMIT(413, WireCode.BAD_REQUEST, Retry.NEVER, "the operation needs more than it may take"),
    THROTTLED(429, WireCode.TOO_MANY_REQUESTS, Retry.LATER, "too many requests"),
    DEADLINE_EXCEEDED(503, Optional.empty(), Retry.LATER, "the time for this operation ran out"),
    STORAGE_UNAVAILABLE(503, Optional.empty(), Retry.LATER, "the store does not answer"),
    EMBEDDING_UNAVAILABLE(503, Optional.empty(), Retry.LATER, "the provider of vectors does not answer"),
    TENANT_UNAVAILABLE(503, Optional.empty(), Retry.LATER, "tenant_unavailable"),
    POLICY_UNAVAILABLE(503, Optional.empty(), Retry.LATER, "policy_unavailable"),
    AUDIT_UNAVAILABLE(503, Optional.empty(), Retry.LATER, "the audit trail cannot be written, so nothing is done"),
    IDENTITY_UNAVAILABLE(503, Optional.empty(), Retry.LATER, "the identity provider's keys cannot be read"),
    DRAINING(503, Optional.empty(), Retry.LATER, "this node is shutting down"),
    OUTCOME_UNKNOWN(500, WireCode.INTERNAL, Retry.AFTER_REFRESH, "the outcome is unknown; read before writing again"),
    INTERNAL(500, WireCode.INTERNAL, Retry.NEVER, "internal error");

    private final int status;
    private final Optional<WireCode> wireCode;
    private final Retry retry;
    private final String text;

    Problem(int status, WireCode wireCode, Retry retry, String text) {
        this(status, Optional.of(wireCode), retry, text);
    }

    Problem(int status, Optional<WireCode> wireCode, Retry retry, String text) {
        this.status = status;
        this.wireCode = wireCode;
        this.retry = retry;
        this.text = text;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Absent where compatible clients expect none: 410, 412, 424 and 503. */
    public Optional<WireCode> wireCode() {
        return wireCode;
    }

    public Retry retry() {
        return retry;
    }

    /** What is said when nothing more exact is known. */
    public String text() {
        return text;
    }

    /** Name in audit records, logs and documents. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
