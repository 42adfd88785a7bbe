package io.precinct.platform.run;

import io.precinct.engine.Blob;
import io.precinct.engine.CommitId;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.Graph;
import io.precinct.engine.GraphId;
import io.precinct.engine.Target;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import java.util.Optional;
import java.util.Set;

/** The Blob of one entity. A masked or hidden one is none, and the content is read after the decision allowed it. */
public record BlobRead(GraphId graph, Target target, boolean edge, String type, String id, String property)
        implements GraphOperation<BlobRead.Found> {
    @Override
    public OperationKind kind() {
        return OperationKind.BLOB_GET;
    }

    @Override
    public Ready<Found> ready(Graph opened, SchemaView view) {
        Snapshot snapshot = opened.snapshot(target);
        Schema schema = view.of(snapshot).schema();
        if (schema.types().stream()
                .noneMatch(one -> one.name().equals(type) && one instanceof EntityType.Edge == edge)) {
            throw new EngineException(new EngineFailure.NotFound("type", type));
        }
        return GraphOperation.reading(
                GraphOperation.closure(schema, Set.of(type)),
                Ready.Mentions.NAMED,
                snapshot,
                "read",
                admitted ->
                        new Found(snapshot.head().id(), opened.blob(snapshot, type, id, property, admitted.gate())));
    }

    /** @param commit that was read */
    public record Found(CommitId commit, Optional<Blob> blob) {}
}
