package io.precinct.engine.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The small writes of a type since its pin was folded: the last entry of an id wins, and a base row whose id has an
 * entry is hidden. Immutable; iteration is in order of first entry.
 */
public final class Overlay {
    public static final Overlay EMPTY = new Overlay(Map.of());

    private final Map<String, Entry> entries;
    private final long rowsAdded;

    /** {@code inBase}: the pin holds a row with this id. */
    public record Entry(Optional<EntityRow> row, boolean inBase) {}

    private Overlay(Map<String, Entry> entries) {
        this.entries = entries;
        this.rowsAdded = entries.values().stream()
                .mapToLong(e -> (e.row().isPresent() ? 1 : 0) - (e.inBase() ? 1 : 0))
                .sum();
    }

    public static Overlay of(Map<String, Entry> entries) {
        return entries.isEmpty() ? EMPTY : new Overlay(Collections.unmodifiableMap(new LinkedHashMap<>(entries)));
    }

    /** This overlay with later entries laid over it; {@code inBase} of an id that has an entry stays as it was. */
    public Overlay with(Map<String, Entry> later) {
        Map<String, Entry> merged = new LinkedHashMap<>(entries);
        later.forEach((id, entry) -> {
            Entry known = merged.get(id);
            Entry next = known == null ? entry : new Entry(entry.row(), known.inBase());
            if (next.row().isEmpty() && !next.inBase()) {
                merged.remove(id);
            } else {
                merged.put(id, next);
            }
        });
        return of(merged);
    }

    public Map<String, Entry> entries() {
        return entries;
    }

    /** Live rows of {@code pin ⊕ overlay} less the rows of the pin. */
    public long rowsAdded() {
        return rowsAdded;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }
}
