package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EmbeddedProperty;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import io.precinct.engine.schema.PropertyId;
import io.precinct.engine.search.Embeddings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The vectors that {@code @embed} promises, filled into rows before they are judged and long before anything is
 * published: either a write has all of them or it fails. What was made once is used again when the write is prepared
 * again. Used by one thread at a time.
 */
final class Embedding {
    private final Embeddings embeddings;
    private final Map<Wanted, float[]> made = new HashMap<>();

    private record Wanted(PropertyId vector, String text) {}

    /** A vector property of a type and the text it is made of, by their positions. */
    record Bound(Property property, int vector, int source) {}

    /**
     * A row on its way.
     *
     * @param values by position; the vector is filled in here
     * @param before the row that it takes the place of
     */
    record Row(Object[] values, Optional<EntityRow> before) {}

    Embedding(Embeddings embeddings) {
        this.embeddings = embeddings;
    }

    static List<Bound> of(EntityType type) {
        List<Bound> bound = new ArrayList<>();
        for (int position = 0; position < type.properties().size(); position++) {
            int vector = position;
            Property property = type.properties().get(position);
            EmbeddedProperty.of(property)
                    .flatMap(embedded -> type.property(embedded.source()))
                    .ifPresent(source -> bound.add(
                            new Bound(property, vector, type.properties().indexOf(source))));
        }
        return bound;
    }

    /** Fills the vector of each row that has a text: the one it had for the same text, else a new one. */
    void fill(EntityType type, Bound bound, List<Row> rows) {
        Set<String> texts = new LinkedHashSet<>();
        for (Row row : rows) {
            Optional<String> text = text(bound, row);
            if (text.isPresent()) {
                Optional<Object> kept = row.before()
                        .filter(before -> before.value(bound.source()).equals(text.map(t -> (Object) t)))
                        .flatMap(before -> before.value(bound.vector()));
                row.values()[bound.vector()] = kept.orElse(null);
                if (kept.isEmpty()
                        && !made.containsKey(new Wanted(bound.property().id(), text.get()))) {
                    texts.add(text.get());
                }
            }
        }
        if (!texts.isEmpty()) {
            List<String> asked = List.copyOf(texts);
            List<float[]> vectors = embeddings.of(asked, type, bound.property());
            for (int i = 0; i < asked.size(); i++) {
                made.put(new Wanted(bound.property().id(), asked.get(i)), vectors.get(i));
            }
        }
        for (Row row : rows) {
            text(bound, row)
                    .filter(text -> row.values()[bound.vector()] == null)
                    .ifPresent(text -> row.values()[bound.vector()] =
                            made.get(new Wanted(bound.property().id(), text)).clone());
        }
    }

    private static Optional<String> text(Bound bound, Row row) {
        return Optional.ofNullable((String) row.values()[bound.source()]).filter(text -> !text.isBlank());
    }

    /** The rows of a mutation that want vectors when all its statements ran. */
    final class Wants {
        private final Map<EntityType, Map<Bound, Set<String>>> wanted = new LinkedHashMap<>();

        /** An inserted row wants a vector unless one was assigned. */
        void inserted(EntityType type, String id, Set<Property> assigned) {
            for (Bound bound : of(type)) {
                note(type, bound, id, !assigned.contains(bound.property()));
            }
        }

        /** An updated row whose text changes loses its vector for a new one, unless one was assigned. */
        void updated(EntityType type, EntityRow old, Object[] values, Set<Property> assigned) {
            for (Bound bound : of(type)) {
                boolean changed = !Objects.equals(old.value(bound.source()).orElse(null), values[bound.source()]);
                if (assigned.contains(bound.property())) {
                    note(type, bound, old.id(), false);
                } else if (changed) {
                    values[bound.vector()] = null;
                    note(type, bound, old.id(), true);
                }
            }
        }

        private void note(EntityType type, Bound bound, String id, boolean wants) {
            Set<String> ids = wanted.computeIfAbsent(type, none -> new LinkedHashMap<>())
                    .computeIfAbsent(bound, none -> new LinkedHashSet<>());
            if (wants) {
                ids.add(id);
            } else {
                ids.remove(id);
            }
        }

        void fill(Workspace workspace) {
            wanted.forEach((type, bounds) -> bounds.forEach((bound, ids) -> fill(workspace, type, bound, ids)));
        }

        private void fill(Workspace workspace, EntityType type, Bound bound, Set<String> ids) {
            Workspace.Pending pending = workspace.of(type);
            List<EntityRow> images = ids.stream()
                    .flatMap(id -> pending.images().getOrDefault(id, Optional.empty()).stream())
                    .toList();
            List<Row> rows = images.stream()
                    .map(image -> new Row(values(image), pending.before(image.id())))
                    .toList();
            Embedding.this.fill(type, bound, rows);
            for (int i = 0; i < images.size(); i++) {
                EntityRow image = images.get(i);
                List<Optional<Object>> filled = new ArrayList<>();
                for (Object value : rows.get(i).values()) {
                    filled.add(Optional.ofNullable(value));
                }
                workspace.put(type, new EntityRow(image.id(), image.number(), image.ends(), filled));
            }
        }

        private static Object[] values(EntityRow row) {
            Object[] values = new Object[row.width()];
            for (int position = 0; position < values.length; position++) {
                values[position] = row.value(position).orElse(null);
            }
            return values;
        }
    }
}
