package io.precinct.engine.spi;

/** A failure of an {@link ObjectStore}. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** Nothing happened; trying again later may help. */
        UNAVAILABLE,
        /** The effect of a put is unknown. The caller keeps everything it staged and reports the outcome as unknown. */
        IN_DOUBT,
        /** Nothing happened and trying again does not help: credentials, configuration, bad key, full disk. */
        REFUSED
    }

    private final Kind kind;

    public StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
