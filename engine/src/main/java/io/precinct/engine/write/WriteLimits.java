package io.precinct.engine.write;

/**
 * How much one mutation may write into one type. Beyond either, {@code ResourceLimit} before any effect; a load is the
 * way for more and has no such bound. Deleted entities don't count.
 *
 * @param records most entities inserted or updated
 * @param bytes most bytes of their values, about as a commit record holds them
 */
public record WriteLimits(long records, long bytes) {
    public static final WriteLimits DEFAULT = new WriteLimits(8_192, 32L << 20);

    public WriteLimits {
        if (records < 1 || bytes < 1) {
            throw new IllegalArgumentException("a mutation may write at least one record of one byte");
        }
    }
}
