package io.precinct.engine.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A constraint by names, as plans show it. */
public sealed interface ConstraintShape {
    /** {@code word} is Key, Unique or Index; {@code src} and {@code dst} are members too. */
    record OfMembers(String word, List<String> members) implements ConstraintShape {
        public OfMembers {
            members = List.copyOf(members);
        }
    }

    record Range(String property, Optional<BigDecimal> least, Optional<BigDecimal> most) implements ConstraintShape {}

    record Check(String property, String pattern) implements ConstraintShape {}

    static ConstraintShape of(EntityType type, Constraint constraint) {
        return switch (constraint) {
            case Constraint.Key key -> new OfMembers("Key", members(type, key.members(), false, false));
            case Constraint.Unique unique ->
                new OfMembers("Unique", members(type, unique.members(), unique.source(), unique.destination()));
            case Constraint.Index index ->
                new OfMembers("Index", members(type, index.members(), index.source(), index.destination()));
            case Constraint.Range range ->
                new Range(type.property(range.member()).name(), range.least(), range.most());
            case Constraint.Check check ->
                new Check(type.property(check.member()).name(), check.pattern());
        };
    }

    private static List<String> members(EntityType type, List<PropertyId> ids, boolean source, boolean destination) {
        List<String> names = new ArrayList<>();
        ids.forEach(id -> names.add(type.property(id).name()));
        if (source) {
            names.add("src");
        }
        if (destination) {
            names.add("dst");
        }
        return names.stream().sorted().toList();
    }
}
