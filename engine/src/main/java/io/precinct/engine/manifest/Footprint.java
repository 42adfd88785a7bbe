package io.precinct.engine.manifest;

import io.precinct.engine.schema.TypeId;
import java.util.Map;
import java.util.Set;

/**
 * What a prepared write relied on, for backward validation against the records that were published since its base
 * (Kung, Robinson: "On Optimistic Methods for Concurrency Control", 1981). A type without an entry was not relied on.
 */
public record Footprint(Map<TypeId, OfType> types) {
    public static final Footprint NONE = new Footprint(Map.of());

    public Footprint {
        types = Map.copyOf(types);
    }

    /**
     * @param whole the write relied on the whole type (a scan, an overwrite): any change of it conflicts
     * @param written ids that the write inserts, updates or deletes: a change of one of them conflicts
     * @param absent ids relied on to be absent: their insertion conflicts
     * @param present ids relied on to exist (ends of edges): their deletion conflicts
     * @param incident for an edge type, ids of nodes whose incident edges were relied on (deletes that cascade):
     *     an edge inserted or deleted at one of them conflicts
     */
    public record OfType(
            boolean whole, Set<String> written, Set<String> absent, Set<String> present, Set<String> incident) {
        public OfType {
            written = Set.copyOf(written);
            absent = Set.copyOf(absent);
            present = Set.copyOf(present);
            incident = Set.copyOf(incident);
        }
    }
}
