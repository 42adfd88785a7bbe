package io.precinct.policy.opa;

/** Why there is no trustworthy answer. Never leaves this package: deciders turn it into a denial. */
final class PolicyFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String cause;

    /** @param cause a code: {@code undefined}, {@code late}, {@code aborted}, {@code unreachable}, … */
    PolicyFailure(String cause, String message) {
        super(message);
        this.cause = cause;
    }

    PolicyFailure(String cause, String message, Throwable origin) {
        super(message, origin);
        this.cause = cause;
    }

    String causeCode() {
        return cause;
    }
}
