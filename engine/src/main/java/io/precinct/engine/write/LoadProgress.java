package io.precinct.engine.write;

/** Told how far a load is, every few thousand lines and at the end. Called by the loading thread; must be quick. */
@FunctionalInterface
public interface LoadProgress {
    LoadProgress SILENT = (lines, rows, bytes) -> {};

    /**
     * @param lines lines read, blank ones included
     * @param rows records accepted
     * @param bytes bytes of input read
     */
    void progress(long lines, long rows, long bytes);
}
