package io.precinct.policy;

import java.time.Duration;

/**
 * The most that one operation may take; all positive, or all zero for a denial.
 *
 * @param maxRows rows of the result
 * @param timeoutMillis milliseconds of run time
 * @param maxHops edges of a path
 * @param maxBytes encoded bytes of the result
 */
public record Limits(long maxRows, long timeoutMillis, long maxHops, long maxBytes) {
    public static final Limits ZERO = new Limits(0, 0, 0, 0);

    public Limits {
        boolean positive = maxRows > 0 && timeoutMillis > 0 && maxHops > 0 && maxBytes > 0;
        boolean zero = maxRows == 0 && timeoutMillis == 0 && maxHops == 0 && maxBytes == 0;
        if (!positive && !zero) {
            throw new IllegalArgumentException("limits are positive: " + maxRows + " rows, " + timeoutMillis + " ms, "
                    + maxHops + " hops, " + maxBytes + " bytes");
        }
    }

    public Duration timeout() {
        return Duration.ofMillis(timeoutMillis);
    }
}
