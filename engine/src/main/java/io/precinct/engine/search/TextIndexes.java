package io.precinct.engine.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.precinct.engine.manifest.Overlay;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.search.TextAnalysis.Form;
import io.precinct.engine.storage.Pin;
import io.precinct.engine.view.Column;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Analysed text columns by dataset version: analysed once, shared by every view that pins the version, and kept on the
 * heap within a bound; what an overlay lays over is analysed once and goes with the overlay. Thread-safe.
 */
public final class TextIndexes {
    private record Key(String dataset, long version, PropertyId property, Form form) {}

    private final Cache<Key, TextIndex> indexes;
    /** By identity; an overlay's go with it. */
    private final Cache<Overlay, Map<Key, TextIndex>> laid =
            Caffeine.newBuilder().weakKeys().build();

    /** @param mostBytes about what all indexes together may take; one that is larger alone is used and not kept */
    public TextIndexes(long mostBytes) {
        this.indexes = Caffeine.newBuilder()
                .maximumWeight(mostBytes)
                .weigher((Key key, TextIndex index) -> (int) Math.min(Integer.MAX_VALUE, index.bytes()))
                .executor(Runnable::run)
                .build();
    }

    /** Keeps nothing. */
    public static TextIndexes none() {
        return new TextIndexes(0);
    }

    /**
     * The column, analysed.
     *
     * @param check called now and then while analysing; may throw to give up
     */
    public TextColumn column(GraphView view, TypeId type, Property property, Form form, Runnable check) {
        TypeView rows = view.type(type);
        Column column = rows.column(property.id());
        Pin pin = view.snapshot().type(type).pin();
        int base = Math.toIntExact(pin.rows());
        List<TextIndex> parts = new ArrayList<>();
        if (base > 0) {
            parts.add(indexes.get(key(pin, property, form), none -> TextIndex.of(column, 0, base, form, check)));
        }
        if (rows.rows() > base) {
            parts.add(laid.get(view.snapshot().type(type).overlay(), none -> new ConcurrentHashMap<>())
                    .computeIfAbsent(
                            key(pin, property, form), none -> TextIndex.of(column, base, rows.rows(), form, check)));
        }
        return new TextColumn(parts);
    }

    /** The column if little work is left to analyse it. */
    public Optional<TextColumn> ready(GraphView view, TypeId type, Property property, Form form) {
        Pin pin = view.snapshot().type(type).pin();
        boolean known = pin.rows() == 0 || indexes.getIfPresent(key(pin, property, form)) != null;
        return known ? Optional.of(column(view, type, property, form, () -> {})) : Optional.empty();
    }

    private static Key key(Pin pin, Property property, Form form) {
        return new Key(pin.dataset(), pin.version(), property.id(), form);
    }

    /** About what is held now. */
    public long heldBytes() {
        return indexes.asMap().values().stream().mapToLong(TextIndex::bytes).sum();
    }
}
