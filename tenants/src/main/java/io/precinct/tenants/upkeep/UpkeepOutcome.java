package io.precinct.tenants.upkeep;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a run did.
 *
 * @param complete false when it stopped at a safe point because it was asked to
 * @param figures counts by name, such as fragments removed
 */
public record UpkeepOutcome(boolean complete, String summary, Map<String, Long> figures) {
    public UpkeepOutcome {
        figures = java.util.Collections.unmodifiableMap(new TreeMap<>(figures));
    }
}
