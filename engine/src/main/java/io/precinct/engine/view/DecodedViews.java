package io.precinct.engine.view;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.precinct.engine.EngineException;
import io.precinct.engine.EngineFailure;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.manifest.Snapshot;
import io.precinct.engine.manifest.TypeSnapshot;
import io.precinct.engine.schema.PropertyType;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.storage.RowBatches;
import io.precinct.engine.storage.TableStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Views whose columns, dictionaries and topology are decoded once per dataset version and kept off heap, in one
 * bounded cache. An overlay is indexed once and shared by every snapshot that has the same pin and overlay. Thread-safe.
 */
public final class DecodedViews implements Views {
    private static final int BATCH_ROWS = 65_536;
    /** On the heap, over all states of all types of a graph. */
    private static final long DERIVED_BYTES = 8 << 20;

    private final TableStore store;
    private final Memory memory;
    private final PartCache cache = new PartCache();
    private final Cache<Overlay, OverlayRows> overlays =
            Caffeine.newBuilder().weakKeys().build();

    private final Cache<State, Derived> derived = Caffeine.newBuilder()
            .maximumWeight(DERIVED_BYTES)
            .weigher((State state, Derived one) -> (int) Math.min(Integer.MAX_VALUE, one.bytes()))
            .build();

    /** @param limitBytes of memory off heap, over all views; charged to the store's allocator */
    public DecodedViews(TableStore store, long limitBytes) {
        this.store = store;
        this.memory = new Memory(store.allocator(), limitBytes, cache::evictOne);
    }

    @Override
    public GraphView of(Snapshot snapshot) {
        return new SnapshotView(snapshot, this);
    }

    @Override
    public long heldBytes() {
        return memory.held();
    }

    /** Every view must be closed before. */
    @Override
    public void close() {
        cache.close();
        memory.close();
    }

    /** One state of a type: overlays are the same only if they are one object. */
    private record State(Pin pin, int overlay, Object what) {}

    private record Derived(Overlay overlay, Object value, long bytes) {}

    @SuppressWarnings("unchecked") // what was made for a key is what its caller asks for by that key
    <T> T derived(TypeSnapshot type, Object what, ToLongFunction<T> bytes, Supplier<T> make) {
        State state = new State(type.pin(), System.identityHashCode(type.overlay()), what);
        Derived known = derived.getIfPresent(state);
        if (known != null && known.overlay() == type.overlay()) {
            return (T) known.value();
        }
        T made = make.get();
        derived.put(state, new Derived(type.overlay(), made, bytes.applyAsLong(made)));
        return made;
    }

    PartCache cache() {
        return cache;
    }

    BaseColumn decode(Pin pin, String column, PropertyType type) {
        try (ColumnBuilder builder = ColumnBuilder.of(type, pin.rows(), memory)) {
            if (pin.rows() > 0) {
                var scan = new TableStore.Scan(List.of(column), Optional.empty(), false, BATCH_ROWS);
                try (RowBatches batches = store.scan(pin, scan)) {
                    for (Optional<VectorSchemaRoot> batch = batches.next(); batch.isPresent(); batch = batches.next()) {
                        builder.append(batch.get().getVector(column));
                    }
                }
            }
            if (builder.rows != pin.rows()) {
                throw corrupt(pin, "its manifest promises " + pin.rows() + " rows and it holds " + builder.rows);
            }
            return builder.finish();
        }
    }

    NumberIndex index(Pin pin, BaseColumn.OfNumbers numbers) {
        try {
            return NumberIndex.of(numbers, memory);
        } catch (IllegalStateException duplicate) {
            throw corrupt(pin, duplicate.getMessage());
        }
    }

    EdgeIndex topology(LaidTypeView edges, LaidTypeView sources, LaidTypeView destinations) {
        return EdgeIndex.of(
                edges.sources(), sources.baseNodes(), edges.destinations(), destinations.baseNodes(), memory);
    }

    OverlayRows overlay(TypeSnapshot type, ToIntFunction<String> baseRowOf) {
        if (type.overlay().isEmpty()) {
            return OverlayRows.of(type.pin(), type.overlay(), baseRowOf);
        }
        OverlayRows known = overlays.getIfPresent(type.overlay());
        if (known == null || !known.pin().equals(type.pin())) {
            known = OverlayRows.of(type.pin(), type.overlay(), baseRowOf);
            overlays.put(type.overlay(), known);
        }
        return known;
    }

    private static EngineException corrupt(Pin pin, String detail) {
        return new EngineException(
                new EngineFailure.Corrupt(pin.dataset() + "@" + Long.toUnsignedString(pin.version()), detail));
    }
}
