package io.precinct.engine.write;

import io.precinct.engine.manifest.EntityNumbers;
import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Schema;
import io.precinct.engine.schema.TypeId;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one write leaves behind, by type. */
final class Deltas {
    private final Schema schema;
    private final EntityNumbers numbers;
    private final boolean replace;
    private final IdBudget budget;
    private final SortedMap<TypeId, TypeDelta> types = new TreeMap<>();

    /** {@code replace}: every type that is mentioned is replaced as a whole. */
    Deltas(Schema schema, EntityNumbers numbers, boolean replace, IdBudget budget) {
        this.budget = budget;
        this.schema = schema;
        this.numbers = numbers;
        this.replace = replace;
    }

    IdBudget budget() {
        return budget;
    }

    Schema schema() {
        return schema;
    }

    EntityNumbers numbers() {
        return numbers;
    }

    /** The type as mentioned by the write. */
    TypeDelta of(EntityType type) {
        TypeDelta known = types.get(type.id());
        if (known != null) {
            return known;
        }
        TypeDelta made = new TypeDelta(
                type,
                numbers,
                type instanceof EntityType.Edge edge ? Optional.ofNullable(types.get(edge.source())) : Optional.empty(),
                type instanceof EntityType.Edge edge
                        ? Optional.ofNullable(types.get(edge.destination()))
                        : Optional.empty(),
                replace,
                budget);
        types.put(type.id(), made);
        return made;
    }

    /** Forgets what was gathered of the type and starts again. */
    TypeDelta renew(EntityType type) {
        Optional.ofNullable(types.remove(type.id())).ifPresent(gone -> budget.giveBack(gone.heldBytes()));
        return of(type);
    }

    Optional<TypeDelta> find(TypeId type) {
        return Optional.ofNullable(types.get(type));
    }

    Collection<TypeDelta> all() {
        return types.values();
    }
}
