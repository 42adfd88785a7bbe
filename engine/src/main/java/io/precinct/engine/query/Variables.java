package io.precinct.engine.query;

import io.precinct.engine.schema.EntityType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The variables of one block, with those of the blocks around it. */
final class Variables {
    sealed interface Variable {
        record OfNode(EntityType.Node type) implements Variable {}

        record OfEdge(EntityType.Edge type) implements Variable {}

        /** Its type couldn't be told, which was reported; uses of it aren't reported again. */
        record Unknown() implements Variable {}
    }

    private final Optional<Variables> around;
    private final Map<String, Variable> own = new HashMap<>();

    private Variables(Optional<Variables> around) {
        this.around = around;
    }

    static Variables outermost() {
        return new Variables(Optional.empty());
    }

    Variables inner() {
        return new Variables(Optional.of(this));
    }

    Optional<Variable> find(String name) {
        Variable found = own.get(name);
        return found != null ? Optional.of(found) : around.flatMap(a -> a.find(name));
    }

    /** Bound outside this block. */
    boolean outer(String name) {
        return around.flatMap(a -> a.find(name)).isPresent();
    }

    void bind(String name, Variable variable) {
        own.put(name, variable);
    }
}
