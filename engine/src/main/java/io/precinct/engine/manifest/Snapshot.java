package io.precinct.engine.manifest;

import io.precinct.engine.BranchName;
import io.precinct.engine.CommitInfo;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import java.util.Map;

/**
 * One immutable state of a graph: everything that a read needs to know about what exists.
 *
 * @param sequence slot of the record in its stream that this is the state after
 * @param head the last commit of that record
 * @param types one entry for each type of {@code schema}
 */
public record Snapshot(
        StreamId stream,
        BranchName branch,
        long sequence,
        CommitInfo head,
        Schema schema,
        EntityNumbers numbers,
        Map<TypeId, TypeSnapshot> types) {
    public Snapshot {
        types = Map.copyOf(types);
    }

    public TypeSnapshot type(TypeId id) {
        TypeSnapshot type = types.get(id);
        if (type == null) {
            throw new IllegalArgumentException("no type " + id + " in " + stream + "/" + sequence);
        }
        return type;
    }
}
