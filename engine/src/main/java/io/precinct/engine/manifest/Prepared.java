package io.precinct.engine.manifest;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.Provenance;
import io.precinct.engine.schema.TypeId;
import java.util.Map;

/**
 * A write that has been validated against {@code base} and staged, ready to be admitted and published.
 *
 * @param changes what it changes, by type; empty maps mean nothing to publish
 */
public record Prepared(
        Snapshot base,
        CommitInfo.Kind kind,
        Provenance provenance,
        Map<TypeId, TypeWrite> writes,
        Map<TypeId, ChangeSet> changes,
        Footprint footprint) {
    public Prepared {
        writes = Map.copyOf(writes);
        changes = Map.copyOf(changes);
    }
}
