package io.precinct.engine.write;

import io.precinct.engine.schema.EntityType;
import io.precinct.engine.schema.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** How the id of a node follows from the values of its key. */
public final class NodeKeys {
    private final List<Property> members;
    private final int[] positions;

    public NodeKeys(EntityType.Node type) {
        members = type.keyMembers();
        positions =
                members.stream().mapToInt(m -> RowValues.position(type, m.id())).toArray();
    }

    public boolean keyed() {
        return positions.length > 0;
    }

    /**
     * The id of a row of a keyed type; empty when a member of the key is null.
     *
     * @param values by position among the type's properties, null for null
     */
    public Optional<String> id(IntFunction<Object> values) {
        if (positions.length == 1) {
            return Optional.ofNullable(values.apply(positions[0]))
                    .map(v -> CanonicalText.of(v, members.getFirst().type().scalar()));
        }
        List<String> texts = new ArrayList<>(positions.length);
        for (int i = 0; i < positions.length; i++) {
            Object value = values.apply(positions[i]);
            if (value == null) {
                return Optional.empty();
            }
            texts.add(CanonicalText.of(value, members.get(i).type().scalar()));
        }
        return Optional.of(CanonicalText.ofTuple(texts));
    }

    /** The property, if it is the whole key. */
    boolean isWholeKey(Property property) {
        return members.size() == 1 && members.getFirst().id().equals(property.id());
    }
}
