package io.precinct.engine.storage;

/**
 * Names one immutable version of one dataset.
 *
 * @param dataset path relative to the graph's root, '/'-separated
 * @param version detached version id as the library gives it (print unsigned), or 1 for the empty first version
 * @param rows live rows
 * @param fragments data fragments
 * @param manifestBytes size of the version's manifest file
 * @param manifestDigest {@code sha256:} and hex of the manifest file's bytes; size and digest are checked whenever
 *     the version is opened afresh
 */
public record Pin(String dataset, long version, long rows, int fragments, long manifestBytes, String manifestDigest) {}
