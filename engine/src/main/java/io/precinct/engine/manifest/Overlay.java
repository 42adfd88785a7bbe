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
    public static final Overlay EMPTY = new Overlay(Map.of(), 0);

    private final Map<String, Entry> entries;
    private final long rowsAdded;

    /** {@code inBase}: the pin holds a row with this id. */
    public record Entry(Optional<EntityRow> row, boolean inBase) {}

    private Overlay(Map<String, Entry> entries, long rowsAdded) {
        this.entries = entries;
        this.rowsAdded = rowsAdded;
    }

    private static long rowsAdded(Entry entry) {
        return (entry.row().isPresent() ? 1 : 0) - (entry.inBase() ? 1 : 0);
    }

    public static Overlay of(Map<String, Entry> entries) {
        return owning(
                new LinkedHashMap<>(entries),
                entries.values().stream().mapToLong(Overlay::rowsAdded).sum());
    }

    private static Overlay owning(Map<String, Entry> entries, long rowsAdded) {
        return entries.isEmpty() ? EMPTY : new Overlay(Collections.unmodifiableMap(entries), rowsAdded);
    }

    /** This overlay with later entries laid over it; {@code inBase} of an id that has an entry stays as it was. */
    public Overlay with(Map<String, Entry> later) {
        Map<String, Entry> merged = LinkedHashMap.newLinkedHashMap(entries.size() + later.size());
        merged.putAll(entries);
        long added = rowsAdded;
        for (Map.Entry<String, Entry> one : later.entrySet()) {
            Entry known = merged.get(one.getKey());
            Entry next =
                    known == null ? one.getValue() : new Entry(one.getValue().row(), known.inBase());
            added += rowsAdded(next) - (known == null ? 0 : rowsAdded(known));
            if (next.row().isEmpty() && !next.inBase()) {
                merged.remove(one.getKey());
            } else {
                merged.put(one.getKey(), next);
            }
        }
        return owning(merged, added);
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
