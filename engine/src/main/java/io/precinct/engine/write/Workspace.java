package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityRow;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.TypeId;
import io.precinct.engine.view.GraphView;
import io.precinct.engine.view.TypeView;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The base as the statements of one mutation see it: what they wrote so far shadows the view, by id. */
final class Workspace {
    private final GraphView view;
    private final CallerAccess access;
    private final SortedMap<TypeId, Pending> types = new TreeMap<>();

    /** Final images so far by id; an empty image is a deleted row. */
    record Pending(EntityType type, TypeView base, Map<String, Optional<EntityRow>> images) {
        Optional<EntityRow> before(String id) {
            int row = base.rowOf(id);
            return row < 0 ? Optional.empty() : Optional.of(base.row(row));
        }
    }

    Workspace(GraphView view, CallerAccess access) {
        this.view = view;
        this.access = access;
    }

    Pending of(EntityType type) {
        return types.computeIfAbsent(type.id(), id -> new Pending(type, view.type(type.id()), new LinkedHashMap<>()));
    }

    Iterable<Pending> touched() {
        return types.values().stream().filter(p -> !p.images().isEmpty()).toList();
    }

    GraphView view() {
        return view;
    }

    void put(EntityType type, EntityRow row) {
        of(type).images().put(row.id(), Optional.of(row));
    }

    /** Deletes a row of the base; false when it was deleted already. */
    boolean delete(EntityType type, String id) {
        return of(type).images().put(id, Optional.empty()) == null;
    }

    /** The current image, whoever may see it. */
    Optional<EntityRow> current(EntityType type, String id) {
        Pending pending = of(type);
        Optional<EntityRow> image = pending.images().get(id);
        return image == null ? pending.before(id) : image;
    }

    /** The current image, if the row exists for the caller before this mutation, if it did, and now. */
    Optional<EntityRow> visible(EntityType.Node type, String id) {
        Pending pending = of(type);
        int row = pending.base().rowOf(id);
        if (row >= 0 && !access.sees(view, type, row)) {
            return Optional.empty();
        }
        return current(type, id).filter(image -> access.passesRows(type, RowValues.of(type, image)));
    }

    /** Every visible row of a node type whose current image matches; what the consumer writes is not seen again. */
    void scan(EntityType.Node type, Predicate<RowValues> test, Consumer<EntityRow> found) {
        Pending pending = of(type);
        Map<String, Optional<EntityRow>> images = new LinkedHashMap<>(pending.images());
        TypeView base = pending.base();
        for (int row = 0; row < base.rows(); row++) {
            if (base.live(row)
                    && (images.isEmpty() || !images.containsKey(base.id(row)))
                    && test.test(RowValues.of(base, row))
                    && access.sees(view, type, row)) {
                found.accept(base.row(row));
            }
        }
        images.forEach((id, image) -> image.filter(r -> test.test(RowValues.of(type, r)))
                .flatMap(r -> visible(type, id))
                .ifPresent(found));
    }
}
