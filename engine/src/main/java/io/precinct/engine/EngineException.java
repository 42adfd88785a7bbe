package io.precinct.engine;

/** The engine's one exception: carries a typed {@link EngineFailure}. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient EngineFailure failure;

    public EngineException(EngineFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public EngineException(EngineFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public EngineFailure failure() {
        return failure;
    }
}
