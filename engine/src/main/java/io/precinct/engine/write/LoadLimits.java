package io.precinct.engine.write;

/**
 * How much one load may ask for at once; what it may write in all has no bound. Beyond any, {@code ResourceLimit} before
 * any effect.
 *
 * @param lineBytes most bytes of one record
 * @param lineStructure most of the characters that give JSON its structure, in one line
 * @param aliases most ids of one permissive load that differ from their canonical form
 * @param openBytes most bytes of rows that wait in memory to be staged; not an error, the largest batch is staged then
 * @param idBytes most heap bytes of the ids that one write remembers in order to judge them: some 40 for each record, and
 *     as much again and its text for each end of an edge that is read before its node
 */
public record LoadLimits(int lineBytes, int lineStructure, int aliases, long openBytes, long idBytes) {
    /** {@code idBytes} is a quarter of the heap that the process may have. */
    public static final LoadLimits DEFAULT = new LoadLimits(
            32 << 20, 131_072, 1_000_000, 128L << 20, Runtime.getRuntime().maxMemory() / 4);

    public LoadLimits {
        if (lineBytes < 1 || lineStructure < 1 || aliases < 0 || openBytes < 1 || idBytes < 1) {
            throw new IllegalArgumentException("a load may hold at least one line of one byte");
        }
    }
}
