package io.precinct.engine.schema;

import java.util.List;
import java.util.Optional;

/** A constraint of a node or edge type. Members are sorted by property id and distinct. */
public sealed interface Constraint {
    record Key(List<PropertyId> members) implements Constraint {
        public Key {
            members = List.copyOf(members);
        }
    }

    /** {@code source}/{@code destination}: the edge's ends take part in the tuple. */
    record Unique(List<PropertyId> members, boolean source, boolean destination) implements Constraint {
        public Unique {
            members = List.copyOf(members);
        }
    }

    record Index(List<PropertyId> members, boolean source, boolean destination) implements Constraint {
        public Index {
            members = List.copyOf(members);
        }
    }

    /** Inclusive bounds; numeric properties. */
    record Range(PropertyId member, Optional<java.math.BigDecimal> least, Optional<java.math.BigDecimal> most)
            implements Constraint {}

    /** The value contains a match of the RE2-style pattern. */
    record Check(PropertyId member, String pattern) implements Constraint {}
}
