package io.precinct.platform.errors;

/** The platform's one exception: carries a typed {@link PlatformFailure}. */
public final class PlatformException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient PlatformFailure failure;

    public PlatformException(PlatformFailure failure) {
        super(failure.problem().code() + ": " + failure.text());
        this.failure = failure;
    }

    public PlatformException(PlatformFailure failure, Throwable cause) {
        super(failure.problem().code() + ": " + failure.text(), cause);
        this.failure = failure;
    }

    public PlatformFailure failure() {
        return failure;
    }
}
