package io.precinct.engine.manifest;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.Provenance;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import java.util.Map;
import java.util.Optional;

/**
 * A write that has been validated against {@code base} and staged, ready to be admitted and published.
 *
 * @param changes what it changes, by type; empty maps mean nothing to publish
 * @param mergedParent second parent of a merge commit; with it, a commit is published even when nothing changes
 * @param schema the schema from this commit on, when it changes. A type that is new, or has new columns, needs a
 *     {@link TypeWrite.Repin} to a dataset that has them; where columns are of another type, the dataset holds the inline
 *     rows too, and the footprint relies on the whole type
 */
public record Prepared(
        Snapshot base,
        CommitInfo.Kind kind,
        Provenance provenance,
        Map<TypeId, TypeWrite> writes,
        Map<TypeId, ChangeSet> changes,
        Footprint footprint,
        Optional<Authored> mergedParent,
        Optional<Schema> schema) {
    public Prepared {
        writes = Map.copyOf(writes);
        changes = Map.copyOf(changes);
    }

    /** A write with one parent under the schema of its base. */
    public Prepared(
            Snapshot base,
            CommitInfo.Kind kind,
            Provenance provenance,
            Map<TypeId, TypeWrite> writes,
            Map<TypeId, ChangeSet> changes,
            Footprint footprint) {
        this(base, kind, provenance, writes, changes, footprint, Optional.empty(), Optional.empty());
    }

    /** Whether publishing this would leave no trace. */
    public boolean isEmpty() {
        return writes.isEmpty()
                && changes.values().stream().allMatch(ChangeSet::isEmpty)
                && mergedParent.isEmpty()
                && schema.isEmpty();
    }
}
