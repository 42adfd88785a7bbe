package io.precinct.engine.manifest;

import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.TypeId;
import java.util.Map;

/**
 * A commit as it stands in the log.
 *
 * @param stream of the record that holds it, at {@code sequence}
 * @param changes what it changes against its parent, by type; types that it doesn't change are absent
 * @param last it is the last commit of its record, so that the state after the record is the state after it
 */
public record Authored(
        CommitInfo commit, StreamId stream, long sequence, Map<TypeId, ChangeSet> changes, boolean last) {
    public Authored {
        changes = Map.copyOf(changes);
    }
}
