package io.precinct.tenants.upkeep;

/**
 * How much there is to tidy up in a tenant's graphs, summed over them.
 *
 * @param smallFragments fragments below the target size
 * @param deletedRows rows deleted and not yet rewritten away
 * @param unindexedRows rows that no index covers yet
 */
public record UpkeepMeasure(long smallFragments, long deletedRows, long unindexedRows) {}
