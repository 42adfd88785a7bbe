package io.precinct.engine.view;

import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import java.util.HashMap;
import java.util.Map;

/** One snapshot over shared images; retains each image it opened until it is closed. */
final class SnapshotView implements GraphView {
    private final CachedViews views;
    private final Snapshot snapshot;
    private final Map<TypeId, DatasetImage> images = new HashMap<>();
    private final Map<TypeId, ImageTypeView> types = new HashMap<>();
    private boolean closed;

    SnapshotView(CachedViews views, Snapshot snapshot) {
        this.views = views;
        this.snapshot = snapshot;
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    @Override
    public TypeView type(TypeId type) {
        return layered(type);
    }

    @Override
    public Topology topology(TypeId edgeType) {
        if (!(snapshot.schema().type(edgeType) instanceof EntityType.Edge)) {
            throw new IllegalArgumentException("only an edge type has a topology");
        }
        return new LayeredTopology(layered(edgeType));
    }

    private synchronized ImageTypeView layered(TypeId id) {
        if (closed) {
            throw new IllegalStateException("this view is closed");
        }
        ImageTypeView known = types.get(id);
        if (known != null) {
            return known;
        }
        TypeSnapshot type = snapshot.type(id);
        DatasetImage image = views.image(type);
        images.put(id, image);
        ImageTypeView view =
                new ImageTypeView(type, image, views.part(type, image, snapshot.numbers()), snapshot.numbers());
        types.put(id, view);
        return view;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            views.release(images);
        }
    }
}
