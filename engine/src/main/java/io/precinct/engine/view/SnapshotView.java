package io.precinct.engine.view;

import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.storage.Pin;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** A snapshot's parts, leased on first use and let go together. */
final class SnapshotView implements GraphView {
    private final Snapshot snapshot;
    private final DecodedViews views;
    private final Map<PartCache.Key, PartCache.Held> leases = new ConcurrentHashMap<>();
    private final Map<TypeId, LaidTypeView> types = new ConcurrentHashMap<>();
    private final Map<TypeId, Topology> topologies = new ConcurrentHashMap<>();
    private boolean closed;

    SnapshotView(Snapshot snapshot, DecodedViews views) {
        this.snapshot = snapshot;
        this.views = views;
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    @Override
    public LaidTypeView type(TypeId type) {
        LaidTypeView known = types.get(type);
        if (known != null) {
            return known;
        }
        LaidTypeView made = new LaidTypeView(this, snapshot.type(type));
        LaidTypeView first = types.putIfAbsent(type, made);
        return first == null ? made : first;
    }

    @Override
    public Topology topology(TypeId edgeType) {
        Topology known = topologies.get(edgeType);
        if (known != null) {
            return known;
        }
        LaidTypeView edges = type(edgeType);
        if (!(edges.type() instanceof EntityType.Edge edge)) {
            throw new IllegalArgumentException(edges.type().name() + " is not an edge type");
        }
        LaidTypeView sources = type(edge.source());
        LaidTypeView destinations = type(edge.destination());
        Pin pin = snapshot.type(edgeType).pin();
        // The index is in rows of the nodes' datasets, so it belongs to their versions too.
        String name = "topology " + version(edge.source()) + " " + version(edge.destination());
        Optional<EdgeIndex> base = pin.rows() == 0
                ? Optional.empty()
                : Optional.of((EdgeIndex) part(pin, name, () -> views.topology(edges, sources, destinations)));
        Topology made = new LaidTopology(base, edges, sources, destinations);
        topologies.put(edgeType, made);
        return made;
    }

    private String version(TypeId type) {
        Pin pin = snapshot.type(type).pin();
        return pin.dataset() + "@" + Long.toUnsignedString(pin.version());
    }

    @Override
    public <T> T derived(TypeId type, Object what, ToLongFunction<T> bytes, Supplier<T> make) {
        return views.derived(snapshot.type(type), what, bytes, make);
    }

    BaseColumn column(Pin pin, String column, PropertyType type) {
        return (BaseColumn) part(pin, "column " + column, () -> views.decode(pin, column, type));
    }

    NumberIndex index(Pin pin, BaseColumn.OfNumbers numbers) {
        return (NumberIndex) part(pin, "numbers", () -> views.index(pin, numbers));
    }

    OverlayRows overlay(TypeSnapshot type, ToIntFunction<String> baseRowOf) {
        return views.overlay(type, baseRowOf);
    }

    private Part part(Pin pin, String part, Supplier<Part> loader) {
        PartCache.Key key = new PartCache.Key(pin.dataset(), pin.version(), part);
        PartCache.Held held = leases.get(key);
        if (held != null) {
            return held.part();
        }
        PartCache.Held leased = views.cache().lease(key, loader);
        return keep(key, leased).part();
    }

    /** Not one map operation around the loading: loading one part may need another. */
    private synchronized PartCache.Held keep(PartCache.Key key, PartCache.Held leased) {
        if (closed) {
            views.cache().release(leased);
            throw new EngineException(new EngineFailure.Interrupted(false));
        }
        PartCache.Held first = leases.putIfAbsent(key, leased);
        if (first != null) {
            views.cache().release(leased);
            return first;
        }
        return leased;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            leases.values().forEach(views.cache()::release);
            leases.clear();
        }
    }
}
