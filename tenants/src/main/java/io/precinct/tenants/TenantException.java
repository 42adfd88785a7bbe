package io.precinct.tenants;

/**
 * Everything that can go wrong in the tenants module. The {@link Code} is a contract, the message is not. The subclass is the
 * kind of outcome that a caller treats differently; {@link Code#retry()} says whether asking again helps.
 */
public abstract sealed class TenantException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Whether repeating the same call can succeed. */
    public enum Retry {
        NEVER,
        /** After reading the current state again and deciding anew. */
        AFTER_REFRESH,
        /** The same call, some time later. */
        LATER
    }

    public enum Code {
        UNKNOWN_TENANT(Retry.NEVER),
        UNKNOWN_GRAPH(Retry.NEVER),
        UNKNOWN_MEMBER(Retry.NEVER),
        UNKNOWN_RUN(Retry.NEVER),
        SLUG_TAKEN(Retry.NEVER),
        GRAPH_EXISTS(Retry.NEVER),
        /** The idempotency key was used before, for another request. */
        IDEMPOTENCY_MISMATCH(Retry.NEVER),
        /** The tenant changed since the caller read it. */
        STALE_EPOCH(Retry.AFTER_REFRESH),
        /** The life cycle has no such move from the tenant's present state. */
        ILLEGAL_MOVE(Retry.AFTER_REFRESH),
        TENANT_SUSPENDED(Retry.LATER),
        /** Still being provisioned, being deleted, or gone. */
        TENANT_NOT_ACTIVE(Retry.AFTER_REFRESH),
        /** A maintenance run of this tenant is already pending or running. */
        RUN_IN_PROGRESS(Retry.LATER),
        /** The run already ended. */
        RUN_OVER(Retry.NEVER),
        INVALID_NAME(Retry.NEVER),
        INVALID_CALENDAR(Retry.NEVER),
        INVALID_SETTINGS(Retry.NEVER),
        /** A step of provisioning failed; what was done is recorded and the next attempt goes on from there. */
        PROVISIONING_FAILED(Retry.LATER),
        ENGINE_OPEN_FAILED(Retry.LATER),
        /** Every open engine is in use and the budget admits no further one. */
        ENGINES_EXHAUSTED(Retry.LATER),
        /** The node is shutting down. */
        CLOSED(Retry.LATER),
        DATABASE_UNAVAILABLE(Retry.LATER),
        DATABASE_START_FAILED(Retry.NEVER),
        /** The database was migrated by a newer program; running this one on it could destroy data. */
        SCHEMA_MISMATCH(Retry.NEVER),
        /** The application's role could read past row level security. */
        ROLE_UNSAFE(Retry.NEVER);

        private final Retry retry;

        Code(Retry retry) {
            this.retry = retry;
        }

        public Retry retry() {
            return retry;
        }
    }

    private final Code code;

    private TenantException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    public Retry retry() {
        return code.retry();
    }

    /** What was named does not exist, or not for this tenant. */
    public static final class Absent extends TenantException {
        private static final long serialVersionUID = 1L;

        public Absent(Code code, String message) {
            super(code, message, null);
        }
    }

    /** The present state contradicts the request. */
    public static final class Conflict extends TenantException {
        private static final long serialVersionUID = 1L;

        public Conflict(Code code, String message) {
            super(code, message, null);
        }
    }

    /** The tenant's state forbids the operation. */
    public static final class Refused extends TenantException {
        private static final long serialVersionUID = 1L;

        public Refused(Code code, String message) {
            super(code, message, null);
        }
    }

    /** The request or the configuration is malformed. */
    public static final class Invalid extends TenantException {
        private static final long serialVersionUID = 1L;

        public Invalid(Code code, String message) {
            super(code, message, null);
        }
    }

    /** Something that this node needs did not answer or failed. */
    public static final class Unavailable extends TenantException {
        private static final long serialVersionUID = 1L;

        public Unavailable(Code code, String message, Throwable cause) {
            super(code, message, cause);
        }

        public Unavailable(Code code, String message) {
            super(code, message, null);
        }
    }
}
