package io.precinct.policy.opa;

import java.time.Duration;

/**
 * Bounds of evaluation in process.
 *
 * @param instances most evaluations of one revision at a time
 * @param revisionsKept revisions loaded at a time, the least recently used one goes first
 * @param dataPages most memory of a loaded policy, in pages of 64 KiB
 * @param scratchPages most memory an evaluation may take besides, in pages of 64 KiB
 * @param deadline longest evaluation; a few milliseconds more pass until it ends
 * @param patience longest wait for an instance
 */
public record WasmSettings(
        int instances, int revisionsKept, int dataPages, int scratchPages, Duration deadline, Duration patience) {
    public static final WasmSettings DEFAULT = new WasmSettings(
            Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4),
            256,
            1024,
            256,
            Duration.ofMillis(50),
            Duration.ofMillis(250));

    public WasmSettings {
        if (instances < 1 || revisionsKept < 1 || dataPages < 8 || scratchPages < 2) {
            throw new IllegalArgumentException("bounds are positive: instances " + instances + ", revisionsKept "
                    + revisionsKept + ", dataPages " + dataPages + ", scratchPages " + scratchPages);
        }
        if (deadline.isNegative() || deadline.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("deadline " + deadline + " and patience " + patience + " are positive");
        }
    }
}
