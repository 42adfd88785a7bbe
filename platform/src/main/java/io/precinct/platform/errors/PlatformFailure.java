package io.precinct.platform.errors;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Why the platform did not do what was asked, as a value. {@link #problem()} is the contract, {@link #text()} is not. */
public sealed interface PlatformFailure {
    Problem problem();

    /** One sentence for a person; holds no data values and no names the caller may not know. */
    String text();

    default Optional<ErrorDetail> detail() {
        return Optional.empty();
    }

    /** No credential, or one that does not verify. Which check failed is logged, never told. */
    record Unauthenticated(Problem problem) implements PlatformFailure {
        @Override
        public String text() {
            return problem.text();
        }
    }

    /**
     * The policy said no. {@code hidden} answers exactly as if the thing did not exist, without decision id and
     * reasons; {@code reasons} are codes, empty when the caller may not see them.
     */
    record Denied(Optional<String> decisionId, List<String> reasons, boolean hidden) implements PlatformFailure {
        public Denied {
            reasons = hidden ? List.of() : List.copyOf(reasons);
            decisionId = hidden ? Optional.empty() : decisionId;
        }

        @Override
        public Problem problem() {
            return hidden ? Problem.NOT_FOUND : Problem.DENIED;
        }

        @Override
        public String text() {
            return problem().text();
        }
    }

    /** The policy allows it once something else has happened; {@code problem} says what. Nothing ran. */
    record Owed(Problem problem, String decisionId) implements PlatformFailure {
        @Override
        public String text() {
            return problem.text();
        }
    }

    /** Tenant unknown, foreign, or not in the credential: one answer for all of them. */
    record TenantHidden() implements PlatformFailure {
        @Override
        public Problem problem() {
            return Problem.NOT_FOUND;
        }

        @Override
        public String text() {
            return Problem.NOT_FOUND.text();
        }
    }

    record BodyTooLarge(long limitBytes, long actualBytes) implements PlatformFailure {
        @Override
        public Problem problem() {
            return Problem.BODY_TOO_LARGE;
        }

        @Override
        public String text() {
            return "the request body is limited to " + limitBytes + " bytes on this route";
        }

        @Override
        public Optional<ErrorDetail> detail() {
            return Optional.of(new ErrorDetail.ResourceLimit("request_body_bytes", limitBytes, actualBytes));
        }
    }

    /** Refused for now; {@code retryAfter} becomes the header of that name, in whole seconds, rounded up. */
    record Throttled(String text, Duration retryAfter, Optional<ErrorDetail> detail) implements PlatformFailure {
        @Override
        public Problem problem() {
            return Problem.THROTTLED;
        }
    }

    /** Everything that needs no more than its problem, a sentence and perhaps a detail. */
    record Plain(Problem problem, String text, Optional<ErrorDetail> detail) implements PlatformFailure {
        public Plain(Problem problem, String text) {
            this(problem, text, Optional.empty());
        }

        public Plain(Problem problem) {
            this(problem, problem.text(), Optional.empty());
        }
    }
}
