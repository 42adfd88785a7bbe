package io.precinct.platform.errors;

import java.io.IOException;

/** Thrown by a request body's stream once more came than the route takes, or too little for too long. An I/O error, so that parsers let it pass. */
public final class BodyRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient PlatformFailure failure;

    public BodyRefusedException(PlatformFailure failure) {
        super(failure.text());
        this.failure = failure;
    }

    public PlatformFailure failure() {
        return failure;
    }
}
